import type { JobRepository } from '#db/repositories/jobs.ts';
import type { Logger } from '#log';
import type { Job, StartJob } from '../job.ts';
import type { ScheduleTrigger } from '../job-definition.ts';
import { toJob } from '../stored-jobs.ts';
import { inTimeMs, missedInstants } from './missed-instants.ts';
import { planNext } from './plan-next.ts';
import { readSchedule } from './read-schedule.ts';

export interface TickerDeps {
  readonly jobs: Pick<JobRepository, 'listDue' | 'listTriggered' | 'nextDue' | 'moveNext'>;
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
  readonly startJob: StartJob;
  /** Pauses a job whose schedule is not understood any more, with the reason in words for people. */
  readonly pause: (job: Job, reason: string) => Promise<void>;
  readonly log: Logger;
  readonly clock: () => Date;
  /** The longest it goes without looking: jobs of other processes and jumps of the clock are noticed within it. */
  readonly pollMs?: number;
}

export interface Ticker {
  start(): void;
  /** Looks now, and sees what is due next. Resolves once everything due was taken up; never rejects. */
  wake(): Promise<void>;
  /** Takes nothing more up and waits for what it is at, at most so long. */
  close(graceMs: number): Promise<void>;
}

const pollEveryMs = 30_000;
/** Timers can be a little early. */
const shortestWaitMs = 10;

/**
 * Starts jobs at the planned instants of their schedules. Each (job, instant) is claimed by one process: the next instant
 * is moved in the transaction that starts the run, whose cause is the instant, so that it is never started twice.
 */
export function createTicker(deps: TickerDeps): Ticker {
  const { clock, log, pollMs = pollEveryMs } = deps;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let isOpen = false;
  let seenAt: Date | null = null;

  /** How long it may sleep. */
  async function look(): Promise<number> {
    try {
      const now = clock();
      // Before the first look nobody knows what the clock has done.
      if (seenAt === null || now < seenAt) await planAgain(deps, now);
      seenAt = now;
      const isDone = await takeUpDue(deps, () => isOpen);
      const next = isDone ? await deps.jobs.nextDue() : null;
      return next === null ? pollMs : Math.min(pollMs, Math.max(shortestWaitMs, next.getTime() - clock().getTime()));
    } catch (error) {
      log.error({ err: error }, 'schedules could not be looked at; it is tried again');
      return pollMs;
    }
  }

  async function lookAndSleep(): Promise<void> {
    const sleepMs = await look();
    looking = null;
    if (!isOpen) return;
    timer = setTimeout(() => void wake(), sleepMs);
    timer.unref();
  }

  function wake(): Promise<void> {
    if (!isOpen) return Promise.resolve();
    clearTimeout(timer);
    looking ??= lookAndSleep();
    return looking;
  }

  return {
    start() {
      isOpen = true;
      void wake();
    },
    wake,
    async close(graceMs) {
      isOpen = false;
      clearTimeout(timer);
      const over = Promise.withResolvers<void>();
      const limit = setTimeout(over.resolve, graceMs);
      await Promise.race([looking, over.promise]);
      clearTimeout(limit);
    },
  };
}

const pageSize = 100;

/** False where one of them could not be taken up: it is left for later. */
async function takeUpDue(deps: TickerDeps, isOpen: () => boolean): Promise<boolean> {
  const failed = new Set<string>();
  while (isOpen()) {
    const due = (await deps.jobs.listDue(deps.clock(), pageSize + failed.size)).map(toJob);
    const open = due.filter((job) => !failed.has(keyOf(job)));
    if (open.length === 0) break;
    for (const job of open) if (isOpen() && !(await takeUpSafely(deps, job))) failed.add(keyOf(job));
  }
  return failed.size === 0;
}

function keyOf({ organizationId, id }: Job): string {
  return `${organizationId} ${id}`;
}

/** One job that cannot be started keeps no other one waiting. */
async function takeUpSafely(deps: TickerDeps, job: Job): Promise<boolean> {
  try {
    return await takeUp(deps, job);
  } catch (error) {
    const { organizationId, id: jobId } = job;
    deps.log.error({ err: error, organizationId, jobId }, 'a planned run could not be started; it is tried again');
    return false;
  }
}

/** False where it is not to be looked at again at once. */
async function takeUp(deps: TickerDeps, job: Job): Promise<boolean> {
  const { nextAt: due, definition, revision, organizationId, id } = job;
  if (due === null) return false;
  const key = { organizationId, id, revision, seen: due };
  const { trigger } = definition;
  // It has another trigger now, and nothing is planned any more.
  if (trigger.kind !== 'schedule') return deps.jobs.moveNext({ ...key, next: null });
  const read = readSchedule(trigger);
  if (!read.ok) {
    await deps.pause(job, `Its schedule is not understood. ${read.problem}`);
    return false;
  }
  const { missed, missedHours, timeZone } = trigger;
  const now = deps.clock();
  const owed = missedInstants({ schedule: { cron: read.cron, timeZone }, missed, missedHours, due, now });
  await deps.transaction(async () => {
    if (!(await deps.jobs.moveNext({ ...key, next: owed.next }))) return;
    const isLate = owed.instants.some((instant) => now.getTime() - instant.getTime() > inTimeMs);
    const started = isLate ? oneAfterAnother(job, trigger) : job;
    for (const plannedAt of owed.instants) {
      await deps.startJob(started, { cause: 'schedule', causeKey: plannedAt.toISOString(), plannedAt });
    }
  });
  return true;
}

/** Whoever wants all that was missed wants each of them, though they come at the same time. */
function oneAfterAnother(job: Job, { missed }: ScheduleTrigger): Job {
  if (missed !== 'all' || job.definition.overlap !== 'skip') return job;
  return { ...job, definition: { ...job.definition, overlap: 'queue' } };
}

const mostScheduled = 10_000;

/**
 * Pulls forward what was planned by a clock that was ahead. What was started then is known by its instant, and is not
 * started again.
 */
async function planAgain({ jobs }: TickerDeps, now: Date): Promise<void> {
  for (const job of (await jobs.listTriggered('schedule', mostScheduled)).map(toJob)) {
    const { nextAt: seen, organizationId, id, revision } = job;
    const next = planNext(job.definition, now);
    if (seen === null || next === null || seen <= next) continue;
    await jobs.moveNext({ organizationId, id, revision, seen, next });
  }
}
