import type { Actor } from '#auth/actor.ts';
import { may } from '#auth/permissions.ts';
import { AppError } from '#errors';
import { checkDelivery } from './checks/check-deliveries.ts';
import { requireSound } from './checks/problem.ts';
import { formatJobFile, jobFileName } from './files/format-job-file.ts';
import { readJobImport } from './files/parse-job-file.ts';
import type { Job } from './job.ts';
import { findJob, requireJobs, requireNoFile, requireOwner } from './job-access.ts';
import { jobLock, recordJob } from './job-changes.ts';
import type { Delivery, JobDefinition } from './job-definition.ts';
import { type JobEntry, type JobRunEntry, jobEntries, jobEntry, runEntries } from './job-entries.ts';
import type { DeliveryTest, JobDeps, JobPlace, JobTrial, RunPlace } from './job-ports.ts';
import { endMandates } from './mandates/sync-mandates.ts';
import { changeAllowances, changeJob, createJob, type WantedAllowances, type WantedChange } from './save-job.ts';
import { findRun, replayRun, requireStartable, startByHand, tryDefinition } from './start-by-hand.ts';

/**
 * A person’s jobs: they see and manage their own; who holds `jobs:manage` sees, starts, pauses and deletes everybody’s.
 * Every method throws AppError NOT_FOUND for a job that is not there or not the actor’s to see, and FORBIDDEN for a job’s
 * own run. What keeps a job from being stored is told as INPUT_INVALID, with the setting.
 */
export interface JobService {
  /** Newest change first. */
  list(actor: Actor, after: JobPlace | null, limit: number): Promise<readonly JobEntry[]>;
  get(actor: Actor, id: string): Promise<JobEntry>;
  create(actor: Actor, wanted: { definition: JobDefinition; paused: boolean }): Promise<JobEntry>;
  /** Throws AppError JOB_CHANGED where `revision` is not the newest. */
  change(actor: Actor, id: string, wanted: WantedChange): Promise<JobEntry>;
  /** All standing approvals of the job; those that are new are given by the actor. */
  changeAllowances(actor: Actor, id: string, wanted: WantedAllowances): Promise<JobEntry>;
  remove(actor: Actor, id: string): Promise<void>;
  /** A job of the actor’s that does the same: paused, and without standing approvals. */
  duplicate(actor: Actor, id: string): Promise<JobEntry>;
  exportFile(actor: Actor, id: string): Promise<{ fileName: string; text: string }>;
  /** A job of the actor’s from the text of a file, paused. */
  importFile(actor: Actor, text: string): Promise<JobEntry>;
  start(actor: Actor, id: string, payload: unknown): Promise<JobRunEntry>;
  runs(actor: Actor, id: string, page: { after: RunPlace | null; limit: number }): Promise<readonly JobRunEntry[]>;
  run(actor: Actor, id: string, runId: string): Promise<JobRunEntry>;
  /** Once more with what the run was started with. */
  replayRun(actor: Actor, id: string, runId: string): Promise<JobRunEntry>;
  /** Sends a dead delivery once more. */
  replayDelivery(actor: Actor, id: string, deliveryId: string): Promise<void>;
  testDelivery(actor: Actor, delivery: Delivery): Promise<DeliveryTest>;
  tryOut(actor: Actor, trial: { definition: JobDefinition; payload: unknown }): Promise<JobTrial>;
  trial(actor: Actor, id: string): Promise<JobTrial>;
  /** For what else is done with one: by whoever may see it, or by its owner alone. */
  find(actor: Actor, id: string): Promise<Job>;
  findOwn(actor: Actor, id: string): Promise<Job>;
  /** For what starts it. Throws AppError CONFLICT for one that is paused, INPUT_INVALID for one that could not work. */
  findStartable(actor: Actor, id: string): Promise<Job>;
}

export function createJobService(deps: JobDeps): JobService {
  const entry = (actor: Actor, job: Job) => jobEntry(deps, actor, job);
  const runEntry = async (actor: Actor, run: JobRunEntry['run']) => only(await runEntries(deps, actor, [run]));
  return {
    ...reading(deps),
    ...running(deps, runEntry),
    create: async (actor, wanted) => entry(actor, await createJob(deps, actor, wanted)),
    change: async (actor, id, wanted) => entry(actor, await changeJob(deps, actor, { ...wanted, id })),
    changeAllowances: async (actor, id, wanted) => entry(actor, await changeAllowances(deps, actor, { ...wanted, id })),
    remove: (actor, id) => removeJob(deps, actor, id),
    async duplicate(actor, id) {
      const { definition } = await findJob(deps, actor, id);
      const copy = withoutAllowances({ ...definition, name: copyName(definition.name) });
      return entry(actor, await createJob(deps, actor, { definition: copy, paused: true, from: { from: id } }));
    },
    async importFile(actor, text) {
      requireJobs(actor);
      const definition = readJobImport(text);
      return entry(actor, await createJob(deps, actor, { definition, paused: true, from: { from: 'file' } }));
    },
    async exportFile(actor, id) {
      const { definition } = await findJob(deps, actor, id);
      return { fileName: jobFileName(definition), text: formatJobFile(definition) };
    },
  };
}

function reading(deps: JobDeps): Pick<JobService, 'list' | 'get' | 'find' | 'findOwn' | 'findStartable'> {
  return {
    async list(actor, after, limit) {
      requireJobs(actor);
      const ownerId = may(actor, 'jobs:manage') ? null : actor.id;
      return jobEntries(
        deps,
        actor,
        await deps.jobs.list({ organizationId: actor.organizationId, ownerId, after, limit }),
      );
    },
    get: async (actor, id) => jobEntry(deps, actor, await findJob(deps, actor, id)),
    find: (actor, id) => findJob(deps, actor, id),
    async findOwn(actor, id) {
      const job = await findJob(deps, actor, id);
      requireOwner(actor, job);
      return job;
    },
    async findStartable(actor, id) {
      const job = await findJob(deps, actor, id);
      await requireStartable(deps, job);
      return job;
    },
  };
}

type Running = 'start' | 'runs' | 'run' | 'replayRun' | 'replayDelivery' | 'testDelivery' | 'tryOut' | 'trial';

function running(
  deps: JobDeps,
  runEntry: (actor: Actor, run: JobRunEntry['run']) => Promise<JobRunEntry>,
): Pick<JobService, Running> {
  return {
    start: async (actor, id, payload) => runEntry(actor, await startByHand(deps, actor, { id, payload })),
    async runs(actor, id, page) {
      const { organizationId } = await findJob(deps, actor, id);
      return runEntries(deps, actor, await deps.runs.list({ organizationId, jobId: id, ...page }));
    },
    async run(actor, id, runId) {
      const job = await findJob(deps, actor, id);
      return runEntry(actor, await findRun(deps, job, runId));
    },
    replayRun: async (actor, id, runId) => runEntry(actor, await replayRun(deps, actor, { id, runId })),
    async replayDelivery(actor, id, deliveryId) {
      const { organizationId } = await findJob(deps, actor, id);
      const key = { organizationId, id: deliveryId };
      const delivery = await deps.deliveries.find(key);
      if (delivery === null || delivery.jobId !== id) throw new AppError('NOT_FOUND', 'There is no such delivery.');
      if (await deps.deliveries.replay(key)) return;
      throw new AppError('CONFLICT', 'This delivery is not given up, so it cannot be sent once more.');
    },
    async testDelivery(actor, delivery) {
      requireJobs(actor);
      const { organizationId, keyScopes } = actor;
      const owner = await deps.people.find(organizationId, actor.id);
      if (owner === null) throw new AppError('FORBIDDEN', 'You do not belong to the organization any more.');
      requireSound(await checkDelivery(deps, delivery, { organizationId, owner, keyScopes, path: 'delivery' }));
      return deps.deliveries.test(actor, delivery);
    },
    tryOut: (actor, trial) => tryDefinition(deps, actor, trial),
    async trial(actor, id) {
      requireJobs(actor);
      const trial = await deps.trials.find(actor, id);
      if (trial === null) throw new AppError('NOT_FOUND', 'There is no such trial.');
      return trial;
    },
  };
}

async function removeJob(deps: JobDeps, actor: Actor, id: string): Promise<void> {
  const seen = await findJob(deps, actor, id);
  requireNoFile(seen, 'Remove the file to be rid of it; until then you can pause it.');
  await deps.change(jobLock(id), async () => {
    const job = await findJob(deps, actor, id);
    await endMandates(deps, { job, actor, why: 'job deleted' });
    await deps.watches.remove(job);
    await deps.hooks.forget(job);
    await deps.jobs.remove(job);
    await recordJob(deps, { actor, action: 'job.deleted', job, details: { definition: job.definition } });
  });
}

export function withoutAllowances(definition: JobDefinition): JobDefinition {
  return { ...definition, mandate: { ...definition.mandate, allowances: [] } };
}

const longestName = 80;

function copyName(name: string): string {
  const ending = ' (copy)';
  // Half a character at the cut is left out.
  return `${name
    .slice(0, longestName - ending.length)
    .replace(/\p{Cs}$/u, '')
    .trimEnd()}${ending}`;
}

function only<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error('One was given, and none came back.');
  return item;
}
