import type { Actor } from '#auth/actor.ts';
import { may } from '#auth/permissions.ts';
import { AppError } from '#errors';
import type { Job } from './job.ts';
import type { JobDeps } from './job-ports.ts';

/** Throws AppError FORBIDDEN for whoever has no jobs, and for what no person has begun: a job makes no jobs. */
export function requireJobs(actor: Actor): void {
  if (actor.kind !== 'user' && actor.kind !== 'key') {
    throw new AppError(
      'FORBIDDEN',
      'A job cannot see, make or change jobs. Only people do, themselves or with an API key.',
    );
  }
  if (may(actor, 'jobs:own') || may(actor, 'jobs:manage')) return;
  throw new AppError('FORBIDDEN', `Your role here, ${actor.role}, has no jobs. Ask an owner or admin.`);
}

export function isOwner(actor: Actor, job: Job): boolean {
  return job.ownerId === actor.id && may(actor, 'jobs:own');
}

/** Whether the actor sees the job, its runs and what started them, and may start, pause and delete it. */
export function isManageable(actor: Actor, job: Job): boolean {
  return job.organizationId === actor.organizationId && (isOwner(actor, job) || may(actor, 'jobs:manage'));
}

/** Throws AppError NOT_FOUND, the same for one that is not there and one that is somebody else's. */
export async function findJob({ jobs }: Pick<JobDeps, 'jobs'>, actor: Actor, id: string): Promise<Job> {
  requireJobs(actor);
  const job = await jobs.find({ organizationId: actor.organizationId, id });
  if (job === null || !isManageable(actor, job)) throw new AppError('NOT_FOUND', 'There is no such job.');
  return job;
}

/** Throws AppError FORBIDDEN for whoever may see the job and does not own it: it would act as somebody else. */
export function requireOwner(actor: Actor, job: Job): void {
  if (isOwner(actor, job)) return;
  throw new AppError(
    'FORBIDDEN',
    'This job acts for somebody else, so only that person decides what it does. You can start, pause and delete it, or duplicate it and change the copy.',
  );
}

/** Throws AppError CONFLICT for a job that is changed in its file. */
export function requireNoFile({ file, definition }: Job, how: string): void {
  if (file === null) return;
  throw new AppError('CONFLICT', `“${definition.name}” lives in the file ${file} where the service runs. ${how}`);
}
