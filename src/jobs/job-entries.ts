import type { Actor } from '#auth/actor.ts';
import type { MandateRecord } from '#db/repositories/mandates.ts';
import { describePlanned } from './describe-planned.ts';
import type { Job, JobRun } from './job.ts';
import { isManageable, isOwner } from './job-access.ts';
import type { JobDeps, StoredDelivery } from './job-ports.ts';
import { describeProblems } from './job-problems.ts';

export interface NamedPerson {
  readonly id: string;
  readonly name: string;
}

/** A standing approval with what was used of it. */
export interface GivenAllowance extends Omit<MandateRecord, 'givenBy'> {
  readonly givenBy: NamedPerson;
}

/** A job as its page shows it. */
export interface JobEntry {
  readonly job: Job;
  readonly owner: NamedPerson;
  readonly manageable: boolean;
  readonly changeable: boolean;
  readonly next: readonly Date[];
  readonly scheduleWords: string | null;
  /** Null without a hook. */
  readonly hookUrl: string | null;
  readonly allowances: readonly GivenAllowance[];
  /** What keeps it from working as it stands, each with what to do. */
  readonly problems: readonly string[];
  readonly lastRun: JobRun | null;
}

export interface JobRunEntry {
  readonly run: JobRun;
  readonly startedBy: NamedPerson | null;
  readonly deliveries: readonly StoredDelivery[];
}

type EntryDeps = Omit<JobDeps, 'startJob' | 'change' | 'audit' | 'notify'>;

export async function jobEntries(deps: EntryDeps, actor: Actor, jobs: readonly Job[]): Promise<readonly JobEntry[]> {
  const { organizationId } = actor;
  const ids = jobs.map(({ id }) => id);
  const [rows, last] = await Promise.all([
    deps.mandates.ofJobs(organizationId, ids),
    deps.runs.lastOf(organizationId, ids),
  ]);
  const people = [...jobs.map(({ ownerId }) => ownerId), ...rows.map(({ givenBy }) => givenBy)];
  const named = await namer(deps, actor, people);
  return Promise.all(
    jobs.map(async (job) => {
      const own = rows.filter(({ jobId }) => jobId === job.id);
      return {
        job,
        owner: named(job.ownerId),
        manageable: isManageable(actor, job),
        changeable: isOwner(actor, job) && job.file === null,
        ...describePlanned(deps, job),
        hookUrl: job.definition.trigger.kind === 'webhook' ? deps.hooks.urlOf(job) : null,
        allowances: own.map((row) => ({ ...row, givenBy: named(row.givenBy) })),
        problems: await describeProblems(deps, job, own),
        lastRun: last.find(({ jobId }) => jobId === job.id) ?? null,
      };
    }),
  );
}

export async function jobEntry(deps: EntryDeps, actor: Actor, job: Job): Promise<JobEntry> {
  const [entry] = await jobEntries(deps, actor, [job]);
  if (entry === undefined) throw new Error('One job was given, and none came back.');
  return entry;
}

export async function runEntries(
  deps: Pick<JobDeps, 'namesOf' | 'deliveries'>,
  actor: Actor,
  runs: readonly JobRun[],
): Promise<readonly JobRunEntry[]> {
  const ids = runs.map(({ id }) => id);
  const people = runs.map(({ startedBy }) => startedBy).filter((id) => id !== null);
  const [named, deliveries] = await Promise.all([
    namer(deps, actor, people),
    deps.deliveries.ofRuns(actor.organizationId, ids),
  ]);
  return runs.map((run) => ({
    run,
    startedBy: run.startedBy === null ? null : named(run.startedBy),
    deliveries: deliveries.filter(({ jobRunId }) => jobRunId === run.id),
  }));
}

async function namer({ namesOf }: Pick<JobDeps, 'namesOf'>, actor: Actor, ids: readonly string[]) {
  const names = await namesOf(actor.organizationId, [...new Set(ids)]);
  return (id: string): NamedPerson => ({
    id,
    name: names.get(id) ?? (id === actor.id ? actor.name : 'Somebody who has left'),
  });
}
