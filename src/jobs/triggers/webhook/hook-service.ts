import { randomUUID } from 'node:crypto';
import type { AuditLog } from '#audit/audit-event.ts';
import { directEvent } from '#audit/direct-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { Database } from '#db/database.ts';
import type { HookEventPlace, HookEventRecord, HookEventRepository } from '#db/repositories/hook-events.ts';
import { AppError } from '#errors';
import type { Job, JobRun, StartJob } from '../../job.ts';
import type { WebhookTrigger } from '../../job-definition.ts';
import type { HookSecrets } from './hook-ports.ts';
import { fieldsInSchema, ninoxScript } from './ninox-script.ts';
import type { PayloadSchemas } from './payload-schema.ts';

export interface NewHookSecret {
  /** Shown this once. */
  readonly secret: string;
  readonly url: string;
  /** Null where the job wants signatures, which no script of Ninox can make. */
  readonly ninoxScript: string | null;
}

/** Who may do it is for the caller to have asked. */
export interface HookService {
  urlOf(job: Pick<Job, 'organizationId' | 'id'>): string;
  /** A new secret for the job’s hook; the one before counts a day longer. Throws AppError where it has no hook. */
  makeSecret(actor: Actor, job: Job): Promise<NewHookSecret>;
  /** A new secret that signs what the job sends out, shown this once; the one before is over. */
  makeOutboundSecret(actor: Actor, job: Job): Promise<{ readonly secret: string }>;
  /** Newest first. */
  listEvents(job: Pick<Job, 'organizationId' | 'id'>, page: EventPage): Promise<readonly HookEventRecord[]>;
  /** Starts the job with the event again, whatever its conditions say. Throws AppError where that cannot be. */
  replayEvent(actor: Actor, job: Job, eventId: string): Promise<JobRun>;
  /** Forgets the secrets and events of a job that is gone. Joins the caller's transaction. */
  forget(job: Pick<Job, 'organizationId' | 'id'>): Promise<void>;
  /** Forgets events that are long over. */
  prune(): Promise<void>;
}

export interface EventPage {
  readonly after: HookEventPlace | null;
  readonly limit: number;
}

export interface HookServiceDeps {
  readonly events: Pick<HookEventRepository, 'find' | 'list' | 'prune' | 'setHook' | 'removeOf'>;
  readonly secrets: Omit<HookSecrets, 'verify'>;
  /** What a run was started with; undefined where there is no such run. */
  readonly payloadOf: (organizationId: string, jobRunId: string) => Promise<unknown>;
  readonly startJob: StartJob;
  readonly schemas: PayloadSchemas;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly db: Pick<Database, 'transaction' | 'durable'>;
  /** Where others reach this service, without a slash at the end. */
  readonly publicUrl: () => string;
  readonly clock?: () => Date;
}

const overlapMs = 24 * 3600 * 1000;
const keptMs = 30 * 24 * 3600 * 1000;
const mostPerJob = 5_000;

export function createHookService(deps: HookServiceDeps): HookService {
  const { events, publicUrl, clock = () => new Date() } = deps;
  const urlOf = ({ organizationId, id }: Pick<Job, 'organizationId' | 'id'>) =>
    `${publicUrl()}/hooks/${organizationId}/${id}`;
  return {
    urlOf,
    async makeSecret(actor, job) {
      const trigger = requireHook(job);
      const secret = await replaceSecret(deps, { actor, job, auth: trigger.auth, now: clock() });
      const url = urlOf(job);
      const script = { url, secret, jobName: job.definition.name, fields: fieldsInSchema(trigger.schema) };
      return { secret, url, ninoxScript: trigger.auth === 'signature' ? null : ninoxScript(script) };
    },
    makeOutboundSecret: (actor, job) => replaceOutboundSecret(deps, actor, job),
    listEvents: ({ organizationId, id: jobId }, page) => events.list({ organizationId, jobId, ...page }),
    replayEvent: (actor, job, eventId) => replay(deps, { actor, job, eventId }),
    async forget({ organizationId, id: jobId }) {
      const place = { organizationId, jobId };
      await deps.secrets.forgetSecret(place);
      await deps.secrets.forgetOutboundSecret(place);
      await events.removeOf(place);
    },
    prune: () => events.prune(new Date(clock().getTime() - keptMs), mostPerJob),
  };
}

function requireHook({ definition }: Job): WebhookTrigger {
  if (definition.trigger.kind === 'webhook') return definition.trigger;
  throw new AppError(
    'CONFLICT',
    'This job is not started by events from outside. Choose “Webhook” as what starts it, save it, and then make the secret.',
  );
}

interface Replacing {
  readonly actor: Actor;
  readonly job: Job;
  readonly auth: WebhookTrigger['auth'];
  readonly now: Date;
}

async function replaceSecret(
  { db, secrets, events, audit }: HookServiceDeps,
  { actor, job, auth, now }: Replacing,
): Promise<string> {
  const { organizationId, id: jobId, hookVersion: from } = job;
  const to = (from ?? 0) + 1;
  const overlapUntil = from === null ? null : new Date(now.getTime() + overlapMs);
  const secret = await db.transaction(async () => {
    // First: of two at the same time the later one finds that it is.
    if (!(await events.setHook({ organizationId, jobId }, { from, to, overlapUntil }))) {
      throw new AppError('JOB_CHANGED', 'Somebody else has changed this job’s secret just now. Reload and look again.');
    }
    const made = await secrets.makeSecret({ organizationId, jobId, auth, version: to });
    if (to > 2) await secrets.forgetSecret({ organizationId, jobId, version: to - 2 });
    const details = { job: jobId, name: job.definition.name, version: to };
    await audit.append(directEvent({ actor, action: 'job.hook_secret_made', details }), 'stored');
    return made.reveal();
  });
  await db.durable();
  return secret;
}

async function replaceOutboundSecret({ db, secrets, audit }: HookServiceDeps, actor: Actor, job: Job) {
  const { organizationId, id: jobId } = job;
  const secret = await db.transaction(async () => {
    const made = await secrets.outboundSecret({ organizationId, jobId });
    const details = { job: jobId, name: job.definition.name, direction: 'outbound' };
    await audit.append(directEvent({ actor, action: 'job.hook_secret_made', details }), 'stored');
    return made.reveal();
  });
  await db.durable();
  return { secret };
}

interface Replaying {
  readonly actor: Actor;
  readonly job: Job;
  readonly eventId: string;
}

async function replay(deps: HookServiceDeps, { actor, job, eventId }: Replaying): Promise<JobRun> {
  const { organizationId, id: jobId } = job;
  const event = await deps.events.find({ organizationId, jobId, id: eventId });
  if (event === null) throw new AppError('NOT_FOUND', 'There is no such event. It may have been forgotten since.');
  const trigger = requireHook(job);
  const payload = await payloadOf(deps, event);
  const problem = deps.schemas.problemWith(trigger.schema, payload);
  if (problem !== null) {
    throw new AppError('PAYLOAD_INVALID', `The event does not fit what the job expects now: ${problem}`);
  }
  const causeKey = `replay:${eventId}:${randomUUID()}`;
  const run = await deps.startJob(job, { cause: 'replay', causeKey, payload, startedBy: actor.id });
  if (run === null) throw new AppError('CONFLICT', 'The job could not be started. Try again.');
  await deps.db.durable();
  return run;
}

async function payloadOf(deps: HookServiceDeps, event: HookEventRecord): Promise<unknown> {
  const { organizationId, body, jobRunId } = event;
  if (jobRunId !== null) {
    const payload = await deps.payloadOf(organizationId, jobRunId);
    if (payload !== undefined) return payload;
  }
  if (body === null) {
    throw new AppError('CONFLICT', 'Nothing is kept of this event: it was not proved to come from the sender.');
  }
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new AppError(
      'CONFLICT',
      'This event is not kept as a whole, or was no JSON. Let its sender send it once more.',
    );
  }
}
