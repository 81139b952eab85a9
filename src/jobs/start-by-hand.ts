import { randomUUID } from 'node:crypto';
import type { Actor } from '#auth/actor.ts';
import { AppError } from '#errors';
import { checkDefinition } from './checks/check-definition.ts';
import { requireSound } from './checks/problem.ts';
import type { Job, JobRun, Start } from './job.ts';
import { findJob, isOwner, requireJobs } from './job-access.ts';
import type { JobDefinition } from './job-definition.ts';
import type { JobDeps, JobTrial } from './job-ports.ts';

/** Starts it now. `payload` stands for an event's. Throws AppError CONFLICT for one that is paused. */
export async function startByHand(
  deps: JobDeps,
  actor: Actor,
  { id, payload }: { readonly id: string; readonly payload: unknown },
): Promise<JobRun> {
  const job = await findJob(deps, actor, id);
  if (payload !== undefined && !isOwner(actor, job)) {
    throw new AppError(
      'FORBIDDEN',
      'This job acts for somebody else, so only that person starts it with a payload. Start it without one, or replay an event.',
    );
  }
  requirePayload(deps, job.definition, payload);
  const causeKey = `manual:${randomUUID()}`;
  return start(deps, job, {
    cause: 'manual',
    causeKey,
    startedBy: actor.id,
    ...(payload === undefined ? {} : { payload }),
  });
}

/** Starts it with what an earlier run was started with, as the job is now. */
export async function replayRun(
  deps: JobDeps,
  actor: Actor,
  { id, runId }: { readonly id: string; readonly runId: string },
): Promise<JobRun> {
  const job = await findJob(deps, actor, id);
  const run = await findRun(deps, job, runId);
  if (run.endedAt === null) throw new AppError('CONFLICT', 'This run has not ended yet. Wait until it has.');
  const causeKey = `replay:${runId}:${randomUUID()}`;
  return start(deps, job, { cause: 'replay', causeKey, startedBy: actor.id, payload: run.payload });
}

/** Throws AppError NOT_FOUND, also for a run of another job. */
export async function findRun({ runs }: Pick<JobDeps, 'runs'>, job: Job, id: string): Promise<JobRun> {
  const run = await runs.find({ organizationId: job.organizationId, id });
  if (run === null || run.jobId !== job.id) throw new AppError('NOT_FOUND', 'There is no such run of this job.');
  return run;
}

async function start(deps: JobDeps, job: Job, how: Start): Promise<JobRun> {
  await requireStartable(deps, job);
  const run = await deps.startJob(job, how);
  if (run === null) throw new AppError('CONFLICT', 'The job could not be started. Try again.');
  return run;
}

/** Throws AppError CONFLICT for one that is paused, INPUT_INVALID for one that could not work. */
export async function requireStartable(deps: JobDeps, job: Job): Promise<void> {
  const { organizationId, definition, keyScopes, status } = job;
  if (status === 'paused') {
    throw new AppError(
      'CONFLICT',
      `“${definition.name}” is paused. Resume it first, or try it without changing anything.`,
    );
  }
  const owner = await deps.people.find(organizationId, job.ownerId);
  requireSound(await checkDefinition(deps, { organizationId, definition, owner, keyScopes }));
}

/** Runs a definition once without storing it: nothing is changed, and nothing is sent. */
export async function tryDefinition(
  deps: JobDeps,
  actor: Actor,
  { definition, payload }: { readonly definition: JobDefinition; readonly payload: unknown },
): Promise<JobTrial> {
  requireJobs(actor);
  const { organizationId, keyScopes } = actor;
  const owner = await deps.people.find(organizationId, actor.id);
  requireSound(await checkDefinition(deps, { organizationId, definition, owner, keyScopes }));
  requirePayload(deps, definition, payload);
  const run = await deps.trials.start(actor, { definition, payload: payload ?? null });
  return { run, answer: null, wouldChange: [] };
}

function requirePayload({ schemas }: JobDeps, { trigger }: JobDefinition, payload: unknown): void {
  if (payload === undefined || trigger.kind !== 'webhook') return;
  const problem = schemas.problemWith(trigger.schema, payload);
  if (problem !== null)
    throw new AppError('PAYLOAD_INVALID', `The payload does not fit what the job expects: ${problem}`);
}
