import { randomUUID } from 'node:crypto';
import { isWithin } from '#agent/compose-prompt.ts';
import type { Database } from '#db/database.ts';
import type { HookEventRecord, HookEventRepository } from '#db/repositories/hook-events.ts';
import { AppError } from '#errors';
import type { Job, StartJob } from '../../job.ts';
import type { WebhookTrigger } from '../../job-definition.ts';
import type { HookSecrets, MeetsConditions, TouchedLately } from './hook-ports.ts';
import { writtenRecordOf } from './ninox-payload.ts';
import type { PayloadSchemas } from './payload-schema.ts';
import { createRefusals } from './refusals.ts';

export interface IncomingEvent {
  readonly organizationId: string;
  readonly jobId: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As it came, for the signature is over the bytes. */
  readonly body: Buffer;
}

export interface HookReceiver {
  /**
   * Resolves once the event, and the run it starts, survive a loss of power; the run begins later. The same message
   * twice is answered alike and starts nothing. Throws AppError HOOK_REFUSED, INPUT_INVALID or PAYLOAD_INVALID.
   */
  receive(event: IncomingEvent): Promise<{ readonly id: string }>;
}

export interface HookReceiverDeps {
  /** Null where there is none. */
  readonly findJob: (organizationId: string, jobId: string) => Promise<Job | null>;
  readonly secrets: Pick<HookSecrets, 'verify'>;
  readonly events: Pick<HookEventRepository, 'insert' | 'insertRefused' | 'settle' | 'findByMessage'>;
  readonly db: Pick<Database, 'transaction' | 'durable'>;
  readonly startJob: StartJob;
  readonly schemas: PayloadSchemas;
  readonly meetsConditions: MeetsConditions;
  readonly touchedLately: TouchedLately;
  readonly clock?: () => Date;
}

type HookedJob = Job & { readonly hookVersion: number };

/** An event that was proved to come from the sender. */
interface ProvedEvent {
  readonly job: HookedJob;
  readonly trigger: WebhookTrigger;
  readonly messageId: string;
  readonly text: string;
  readonly receivedAt: Date;
}

/** Replaying needs the whole; of what is longer the run has a copy. */
const longestKeptBody = 64 * 1024;
const keptRefusals = 100;
const deepestPayload = 64;
const loopWindowMs = 2 * 60_000;

/** Takes in what is sent to the hooks of jobs. */
export function createHookReceiver(deps: HookReceiverDeps): HookReceiver {
  const { clock = () => new Date() } = deps;
  const refusals = createRefusals({ events: deps.events, clock });
  return {
    async receive(incoming) {
      const job = await findHooked(deps, incoming);
      // One answer for all of these, so that nobody learns by asking which jobs there are.
      if (job === null) throw refused();
      const { trigger } = job;
      const { hookVersion: version, hookOverlapUntil: overlapUntil } = job.job;
      const proof = await deps.secrets.verify({ ...incoming, auth: trigger.auth, version, overlapUntil });
      if (!proof.ok) {
        await refusals.note(job.job, proof.reason);
        throw refused();
      }
      const messageId = proof.messageId ?? randomUUID();
      const known = await deps.events.findByMessage({ ...placeOf(job.job), messageId });
      if (known !== null) return { id: known.id };
      const text = incoming.body.toString('utf8');
      return take(deps, { ...job, messageId, text, receivedAt: clock() });
    },
  };
}

async function findHooked(
  { findJob }: HookReceiverDeps,
  { organizationId, jobId }: IncomingEvent,
): Promise<Pick<ProvedEvent, 'job' | 'trigger'> | null> {
  const job = await findJob(organizationId, jobId);
  if (job === null || job.definition.trigger.kind !== 'webhook' || job.hookVersion === null) return null;
  return { job: { ...job, hookVersion: job.hookVersion }, trigger: job.definition.trigger };
}

async function take(deps: HookReceiverDeps, event: ProvedEvent): Promise<{ readonly id: string }> {
  const payload = await readPayload(deps, event);
  const filtered = await whyFiltered(deps, event, payload);
  const stored = await store(deps, event, { payload, filtered });
  await deps.db.durable();
  return stored;
}

async function readPayload(deps: HookReceiverDeps, event: ProvedEvent): Promise<unknown> {
  const { trigger, text } = event;
  const parsed = parse(text);
  if (parsed === null) {
    const problem = 'The body is not valid JSON.';
    await refuseProved(deps, event, problem);
    throw new AppError('INPUT_INVALID', problem);
  }
  const problem = isWithin(deepestPayload, parsed.value)
    ? deps.schemas.problemWith(trigger.schema, parsed.value)
    : `It is nested deeper than ${deepestPayload} levels.`;
  if (problem === null) return parsed.value;
  await refuseProved(deps, event, `The payload does not fit: ${problem}`);
  throw new AppError('PAYLOAD_INVALID', `The payload does not fit what this job expects: ${problem}`);
}

function parse(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}

/** Under an id of ours: once the sender has corrected it, its own id is not known yet. */
async function refuseProved({ events }: HookReceiverDeps, event: ProvedEvent, reason: string): Promise<void> {
  const id = randomUUID();
  await events.insertRefused({ ...rowOf(event, id), messageId: id, outcome: 'refused', reason }, keptRefusals);
}

async function whyFiltered(deps: HookReceiverDeps, event: ProvedEvent, payload: unknown): Promise<string | null> {
  const { job, receivedAt } = event;
  if (job.status === 'paused') return 'The job was paused.';
  if (!deps.meetsConditions(job.definition.conditions, payload)) return 'It does not meet the conditions of the job.';
  const record = writtenRecordOf(payload);
  if (record === null) return null;
  const since = new Date(receivedAt.getTime() - loopWindowMs);
  const isOwn = await deps.touchedLately({ organizationId: job.organizationId, ...record }, since);
  return isOwn
    ? 'The record was written by a job within the last two minutes: starting it again could go on forever.'
    : null;
}

interface Taken {
  readonly payload: unknown;
  readonly filtered: string | null;
}

/** The event and its run, or neither. Of the same message many times at once, one gets that far. */
async function store(
  { db, events, startJob }: HookReceiverDeps,
  event: ProvedEvent,
  { payload, filtered }: Taken,
): Promise<{ readonly id: string }> {
  const { job, messageId } = event;
  const row = rowOf(event, randomUUID());
  return db.transaction(async () => {
    const outcome = filtered === null ? ('accepted' as const) : ('filtered' as const);
    if (!(await events.insert({ ...row, outcome, reason: filtered }))) {
      const first = await events.findByMessage({ ...placeOf(job), messageId });
      return { id: first?.id ?? row.id };
    }
    if (filtered !== null) return { id: row.id };
    const run = await startJob(job, { cause: 'event', causeKey: `event:${messageId}`, payload });
    // The event was forgotten since; its run was not.
    if (run === null) await events.settle(row, { outcome: 'filtered', reason: 'This message was received before.' });
    else await events.settle(row, { jobRunId: run.id });
    return { id: row.id };
  });
}

function rowOf({ job, messageId, text, receivedAt }: ProvedEvent, id: string): Omit<HookEventRecord, 'outcome'> {
  const body = text.slice(0, longestKeptBody);
  return { ...placeOf(job), id, messageId, reason: null, body, jobRunId: null, receivedAt };
}

function placeOf({ organizationId, id }: Pick<Job, 'organizationId' | 'id'>) {
  return { organizationId, jobId: id };
}

function refused(): AppError {
  return new AppError(
    'HOOK_REFUSED',
    'This event was not taken. Check the address and the secret; whoever owns the job sees in its list of events why.',
  );
}
