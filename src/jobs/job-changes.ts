import { isDeepStrictEqual } from 'node:util';
import type { DirectAction } from '#audit/audit-event.ts';
import { directEvent } from '#audit/direct-event.ts';
import { AppError } from '#errors';
import type { Job } from './job.ts';
import type { JobDefinition } from './job-definition.ts';
import type { JobChange, JobDeps } from './job-ports.ts';
import type { Giver } from './mandates/sync-mandates.ts';

/** What happens to one job happens one after the other. */
export const jobLock = (id: string) => `job:${id}`;

/** The settings that decide what a run does: what was approved in advance was approved for them. */
const doing = ['persona', 'trigger', 'conditions', 'prompt', 'sync', 'model'] as const;

export function doesOther(before: JobDefinition, after: JobDefinition): boolean {
  return doing.some((name) => !isDeepStrictEqual(before[name], after[name]));
}

/** Of the settings that differ, what they were and what they are. */
export function differences(before: JobDefinition, after: JobDefinition) {
  const names = (Object.keys(after) as (keyof JobDefinition)[]).filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  );
  const of = (definition: JobDefinition) => Object.fromEntries(names.map((name) => [name, definition[name]]));
  return { changed: names, before: of(before), after: of(after) };
}

/** Stores a change of the revision that was read. Throws AppError JOB_CHANGED where there is a newer one. */
export async function storeChange({ jobs }: Pick<JobDeps, 'jobs'>, before: Job, to: JobChange): Promise<Job> {
  const job = await jobs.change(before, before.revision, to);
  if (job === null) throw changedMeanwhile();
  return job;
}

export function requireRevision({ revision, updatedAt }: Job, seen: number): void {
  if (revision === seen) return;
  const when = `${updatedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  throw new AppError(
    'JOB_CHANGED',
    `This job was changed on ${when}, after you had opened it. Nothing of yours was stored. Load it again and make your change there.`,
  );
}

function changedMeanwhile(): AppError {
  return new AppError('JOB_CHANGED', 'This job was changed while yours was being stored. Load it again.');
}

export interface Recorded {
  readonly actor: Giver;
  readonly action: DirectAction;
  readonly job: Job;
  readonly details?: Readonly<Record<string, unknown>>;
}

export async function recordJob(
  { audit }: Pick<JobDeps, 'audit'>,
  { actor, action, job, details = {} }: Recorded,
): Promise<void> {
  const { id: jobId, revision, ownerId } = job;
  const { name, persona: personaId } = job.definition;
  const about = { jobId, name, revision, ownerId, ...details };
  // What nobody has done on a page was not done on one.
  const channel = actor.kind === 'schedule' ? { channel: 'job' } : {};
  await audit.append(directEvent({ actor, action, personaId, ...channel, details: about }));
}
