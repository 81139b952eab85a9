import type { NinoxWatchMove, NinoxWatchRecord, NinoxWatchRepository } from '#db/repositories/ninox-watches.ts';
import type { Connection } from '#integrations/connection.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import type { Logger } from '#log';
import type { Job, StartJob } from '../../job.ts';
import type { ChangeTrigger } from '../../job-definition.ts';
import type { JobKey } from '../../job-ports.ts';
import type { ChangeSource, OwnWrites, SeenChanges, SeenTable } from './change-ports.ts';
import type { EarlierValues } from './earlier-values.ts';
import { isOwnOrWait } from './own-changes.ts';
import { type Batch, batchOf } from './record-changes.ts';
import { type Starting, startAll } from './start-changes.ts';
import { findWatchedConnection, type WatchedConnections } from './watched-connection.ts';
import { placeKeyOf } from './watched-place.ts';

export interface PollDeps extends WatchedConnections {
  readonly watches: Pick<NinoxWatchRepository, 'move' | 'remove'>;
  readonly findJob: (key: JobKey) => Promise<Job | null>;
  readonly source: ChangeSource;
  readonly ownWrites: OwnWrites;
  readonly startJob: StartJob;
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
  /** Reason: one or two sentences for people. */
  readonly pause: (job: JobKey, reason: string) => Promise<void>;
  /** The tables of a database that a job watches, as they are now. */
  readonly onTables?: (job: Job, database: string, tables: readonly SeenTable[]) => Promise<void>;
  readonly earlier: EarlierValues;
  readonly log: Pick<Logger, 'warn' | 'error'>;
  readonly clock: () => Date;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

interface Watching {
  readonly watch: NinoxWatchRecord;
  readonly job: Job;
  readonly trigger: ChangeTrigger;
}

const dayMs = 86_400_000;
const undecidedMs = 5_000;
/** Ninox tells its time in whole seconds. */
const secondMs = 1_000;

/**
 * Looks once at what one job watches, and starts it for what was changed. How far it was read moves in the transaction that
 * starts the runs, and only where no other process has looked meanwhile: no change is lost and none taken twice.
 */
export async function pollWatch(deps: PollDeps, watch: NinoxWatchRecord, signals: Signals): Promise<void> {
  const job = await deps.findJob({ organizationId: watch.organizationId, id: watch.jobId });
  const trigger = job?.definition.trigger;
  if (job === null || trigger?.kind !== 'ninox_change') return deps.watches.remove(watch);
  const watching = { watch, job, trigger };
  if (placeKeyOf(trigger) !== watch.place) return later(deps, watching, {});
  if (job.status === 'paused') return rest(deps, watching);
  const found = await findWatchedConnection(deps, job, trigger);
  if (found.ok) return look(deps, watching, { connection: found.connection, ...signals });
  if (!found.pauses) return fail(deps, watching, found.problem);
  await later(deps, watching, {});
  await deps.pause(job, found.problem);
}

/**
 * What changes while a person has it paused starts nothing later. Where the service has, it is no one's wish, and what was
 * missed is taken up once it goes on.
 */
async function rest({ watches, clock }: PollDeps, { watch, job }: Watching): Promise<void> {
  const nextAt = new Date(clock().getTime() + dayMs);
  await watches.move(watch, { nextAt, problem: null, ...(job.pausedReason === null ? { sequence: null } : {}) });
}

export interface Signals {
  /** The process is closing. */
  readonly closing: AbortSignal;
  /** The look is over, for that or another reason. */
  readonly signal: AbortSignal;
}

interface Looking extends Signals {
  readonly connection: Connection;
}

async function look(deps: PollDeps, watching: Watching, { connection, signal, closing }: Looking): Promise<void> {
  const followed = deps.connections.follow(connection, signal);
  try {
    await read(deps, watching, { connection, signal: followed.signal, closing });
  } catch (error) {
    if (closing.aborted) return store(deps, watching, { nextAt: deps.clock() });
    if (!(error instanceof UpstreamError))
      deps.log.error({ err: error, jobId: watching.job.id }, 'a look at Ninox failed');
    const why = error instanceof UpstreamError ? error.message : 'Something went wrong in this service.';
    await fail(deps, watching, `The last look at what changed in Ninox failed. ${why}`);
  } finally {
    followed.release();
  }
}

async function read(deps: PollDeps, watching: Watching, looking: Looking): Promise<void> {
  const { watch, trigger } = watching;
  const askedAt = performance.now();
  const seen = await deps.source.since(looking.connection, {
    place: trigger,
    sequence: watch.sequence,
    signal: looking.signal,
  });
  const tookMs = performance.now() - askedAt;
  const answeredAt = (seen.at ?? deps.clock()).getTime();
  // What Ninox created while it was answering may or may not be in the answer.
  const polledAt = new Date(Math.floor(answeredAt - tookMs - secondMs));
  // A sequence that went back: the database was put back to an earlier state, and what it holds now was not changed since.
  if (watch.sequence === null || seen.sequence < watch.sequence) {
    return later(deps, watching, { sequence: seen.sequence, polledAt });
  }
  await take(deps, { ...watching, ...looking, seen, polledAt });
}

interface Taking extends Watching, Looking {
  readonly seen: SeenChanges;
  readonly polledAt: Date;
}

async function take(deps: PollDeps, taking: Taking): Promise<void> {
  const { watch, job, trigger, seen } = taking;
  const isOwn = await isOwnOrWait(deps, taking);
  if (isOwn === null) return store(deps, taking, { nextAt: new Date(deps.clock().getTime() + undecidedMs) });
  const batch = batchOf({ seen, place: trigger, newSince: watch.polledAt, isOwn });
  const wanted = batch.changes.some(({ kinds }) => kinds.some(({ kind }) => trigger.on.includes(kind)));
  const { connection, signal } = taking;
  const tables = wanted ? await deps.source.tables(connection, trigger, signal) : [];
  await startAndMove(deps, taking, { batch, tables, job, trigger, place: watch.place });
  if (tables.length > 0) await deps.onTables?.(job, trigger.database, tables);
}

async function startAndMove(deps: PollDeps, taking: Taking, starting: Starting & { readonly batch: Batch }) {
  const { batch } = starting;
  // When it was read is kept as long as something of the answer is left: it decides what of that is new.
  const to: NinoxWatchMove = batch.more
    ? { sequence: batch.sequence, nextAt: deps.clock() }
    : { sequence: batch.sequence, polledAt: taking.polledAt, nextAt: nextLook(deps, taking) };
  const wasStored = await deps.transaction(async () => {
    if (!(await deps.watches.move(taking.watch, { ...to, problem: null, failures: 0 }))) return false;
    await startAll(deps, starting);
    return true;
  });
  if (!wasStored) return;
  for (const { table, record, values } of batch.changes) {
    deps.earlier.keep(starting.place, `${table}/${record}`, values);
  }
}

function nextLook({ clock }: PollDeps, { trigger }: Watching): Date {
  return new Date(clock().getTime() + trigger.everySeconds * 1000);
}

async function later(deps: PollDeps, watching: Watching, to: NinoxWatchMove): Promise<void> {
  await store(deps, watching, { nextAt: nextLook(deps, watching), problem: null, failures: 0, ...to });
}

async function store({ watches }: PollDeps, { watch }: Watching, to: NinoxWatchMove): Promise<void> {
  // Where another process has it meanwhile, what it stores counts.
  await watches.move(watch, to);
}

const longestPauseMs = 3_600_000;

/** Waits twice as long after each failure, an hour at most or as long as the job does. */
async function fail(deps: PollDeps, watching: Watching, problem: string): Promise<void> {
  const { watch, trigger, job } = watching;
  const failures = watch.failures + 1;
  const everyMs = trigger.everySeconds * 1000;
  const pauseMs = Math.max(everyMs, Math.min(everyMs * 2 ** Math.min(failures, 16), longestPauseMs));
  deps.log.warn({ jobId: job.id, failures }, 'what a job watches in Ninox could not be read');
  await store(deps, watching, { nextAt: new Date(deps.clock().getTime() + pauseMs), problem, failures });
}
