import { directEvent } from '#audit/direct-event.ts';
import type { JobDeliveryRecord } from '#db/repositories/job-deliveries.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { checkDelivery } from '../checks/check-deliveries.ts';
import type { Job, JobRun } from '../job.ts';
import { type Delivery, deliverySchema } from '../job-definition.ts';
import type { HeldItem, Worker, WorkResult } from '../queue.ts';
import { contentOf, type DeliveryContent } from './delivery-content.ts';
import { type DeliveryDeps, DeliveryRefused } from './delivery-ports.ts';
import { sendDelivery } from './send-delivery.ts';

const done: WorkResult = { type: 'done' };
const atOnce = 4;
const longestProblem = 1_000;

/**
 * Sends what waits, each until it is sent once or given up. One that is sent is never sent again; one that is cut off in
 * between may come twice, with the same id.
 */
export function createDeliveryWorker(deps: DeliveryDeps): Worker {
  return {
    topic: 'delivery',
    atOnce,
    work: (item, signal) => work(deps, item, signal),
    async gaveUp(item, problem) {
      const row = await rowOf(deps, item);
      // What the queue was told is in the service's words; the row has the reason of its last attempt.
      if (row !== null) await bury(deps, row, row.problem ?? problem);
    },
  };
}

function rowOf({ rows }: DeliveryDeps, { organizationId, payload }: HeldItem): Promise<JobDeliveryRecord | null> {
  return rows.find({ organizationId, id: payload.deliveryId ?? '' });
}

async function work(deps: DeliveryDeps, item: HeldItem, signal: AbortSignal): Promise<WorkResult> {
  const row = await rowOf(deps, item);
  if (row === null || !(await deps.rows.begin(row))) return done;
  try {
    await deliver(deps, row, signal);
  } catch (error) {
    const problem = wordsOf(deps, error);
    if (isForGood(error)) {
      await bury(deps, row, problem);
      return done;
    }
    // Cut off by the end of the process: whoever takes it up next begins anew.
    if (!signal.aborted) await deps.rows.note(row, problem);
    throw new Error(problem, { cause: error });
  }
  return done;
}

/** What only a person can mend. */
function isForGood(error: unknown): boolean {
  if (error instanceof DeliveryRefused) return true;
  if (!(error instanceof UpstreamError)) return false;
  return ['UPSTREAM_UNAUTHORIZED', 'UPSTREAM_FORBIDDEN', 'UPSTREAM_NOT_FOUND', 'EGRESS_DENIED'].includes(error.code);
}

function wordsOf({ scrub }: DeliveryDeps, error: unknown): string {
  const words = error instanceof Error ? error.message : 'It could not be sent.';
  return scrub(words).slice(0, longestProblem);
}

async function deliver(deps: DeliveryDeps, row: JobDeliveryRecord, signal: AbortSignal): Promise<void> {
  const { organizationId, jobId, jobRunId } = row;
  const delivery = deliverySchema.parse(row.target);
  const run = await deps.runs.find({ organizationId, id: jobRunId });
  if (run === null) throw new DeliveryRefused('The run whose answer this is does not exist any more.');
  const job = await deps.jobs.find({ organizationId, id: jobId });
  if (job === null) throw new DeliveryRefused('The job was deleted before its answer was sent.');
  const content = scrubbed(deps, contentOf(run, await deps.answerOf(run)));
  const letter: Letter = { row, delivery, job, run, content };
  if (delivery.kind === 'inbox') return putIntoInbox(deps, letter);
  await requireAllowed(deps, job, delivery);
  const outgoing = { organizationId, id: row.id, jobId, delivery, content, run };
  await settle(deps, letter, await sendDelivery(deps, outgoing, signal));
}

interface Letter {
  readonly row: JobDeliveryRecord;
  readonly delivery: Delivery;
  readonly job: Job;
  readonly run: JobRun;
  readonly content: DeliveryContent;
}

function scrubbed({ scrub }: DeliveryDeps, content: DeliveryContent): DeliveryContent {
  return { ...content, title: scrub(content.title), text: scrub(content.text) };
}

/** With the rights of this moment: the job acts as its owner, whose rights may have changed since it was set up. */
async function requireAllowed(deps: DeliveryDeps, job: Job, delivery: Delivery): Promise<void> {
  const { organizationId, ownerId, keyScopes } = job;
  const owner = await deps.people.find(organizationId, ownerId);
  if (owner === null)
    throw new DeliveryRefused('Whoever the job acts for does not belong to the organization any more.');
  const problems = await checkDelivery(deps, delivery, { organizationId, owner, keyScopes, path: 'delivery' });
  const refusal = problems.find(({ refuses }) => refuses);
  if (refusal !== undefined) throw new DeliveryRefused(refusal.message);
}

/** Entry and end are stored as one, so that it is there exactly once. */
async function putIntoInbox(deps: DeliveryDeps, { row, job, run, content, ...letter }: Letter): Promise<void> {
  const { organizationId, id, jobId, jobRunId } = row;
  const { title, text: body } = content;
  await deps.transaction(async () => {
    const isFirst = await endSent(deps, { row, job, run, content, ...letter }, null);
    if (!isFirst) return;
    const userId = job.ownerId;
    await deps.inbox.put({ organizationId, userId, id, kind: 'answer', title, body, jobId, jobRunId });
  });
  await deps.durable();
}

async function settle(deps: DeliveryDeps, letter: Letter, remark: string | null): Promise<void> {
  await deps.transaction(() => endSent(deps, letter, remark));
  await deps.durable();
}

async function endSent(deps: DeliveryDeps, { row, job, run, delivery }: Letter, remark: string | null) {
  const isFirst = await deps.rows.end(row, { status: 'sent', problem: remark, at: deps.clock() });
  if (isFirst) await record(deps, { row, ownerId: job.ownerId, personaId: run.definition.persona, delivery });
  return isFirst;
}

/** It is over until somebody sends it again: shown, recorded, and told to whoever the job acts for. */
async function bury(deps: DeliveryDeps, row: JobDeliveryRecord, problem: string): Promise<void> {
  const { organizationId, jobId, jobRunId, id } = row;
  const job = await deps.jobs.find({ organizationId, id: jobId });
  await deps.transaction(async () => {
    const at = deps.clock();
    if (!(await deps.rows.end(row, { status: 'dead', problem, at }))) return;
    const delivery = deliverySchema.safeParse(row.target).data ?? null;
    const ownerId = job?.ownerId ?? 'service';
    await record(deps, { row, ownerId, personaId: job?.definition.persona ?? null, delivery, problem });
    if (job === null) return;
    await deps.inbox.tellOwner(job, {
      // One for each time it was given up.
      id: `${id}-dead-${at.getTime()}`,
      title: `“${job.definition.name}”: an answer could not be delivered`,
      body: `It was to go by ${words[row.kind]}.\n\n**Why not:** ${problem}\n\nThe answer is not lost: it is on the page of the job, and can be sent once more from there.`,
      jobRunId,
    });
  });
  await deps.durable();
}

const words = { inbox: 'inbox', email: 'e-mail', slack: 'Slack', webhook: 'webhook' } as const;

interface Recorded {
  readonly row: JobDeliveryRecord;
  readonly ownerId: string;
  readonly personaId: string | null;
  readonly delivery: Delivery | null;
  /** Why it was given up; left out for what was sent. */
  readonly problem?: string;
}

async function record({ audit }: DeliveryDeps, { row, ownerId, personaId, delivery, problem }: Recorded) {
  const { organizationId, id, jobId, jobRunId, kind } = row;
  const connectionId = delivery !== null && 'connectionId' in delivery ? delivery.connectionId : null;
  const why = problem === undefined ? {} : { problem };
  await audit.append(
    directEvent({
      actor: { kind: 'schedule', id: ownerId, organizationId, apiKey: null },
      action: problem === undefined ? 'delivery.sent' : 'delivery.failed',
      channel: 'job',
      ...(connectionId === null ? {} : { connectionId }),
      ...(personaId === null ? {} : { personaId }),
      details: { deliveryId: id, jobId, jobRunId, kind, to: placeOf(delivery), ...why },
    }),
  );
}

/** Of an address its host alone: what stands behind it may be a secret. */
function placeOf(delivery: Delivery | null): string | readonly string[] | null {
  switch (delivery?.kind) {
    case 'email':
      return delivery.to;
    case 'slack':
      return delivery.channel;
    case 'webhook':
      return URL.parse(delivery.url)?.host ?? null;
    default:
      return null;
  }
}
