import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Actor } from '#auth/actor.ts';
import { may } from '#auth/permissions.ts';
import { AppError } from '#errors';
import { slugOf } from '#personas/format-persona-file.ts';
import type { Persona } from '#personas/persona-schema.ts';
import { checkAllowance } from './checks/check-allowances.ts';
import { checkDefinition } from './checks/check-definition.ts';
import { requireSound } from './checks/problem.ts';
import { plannedNext } from './describe-planned.ts';
import type { Job } from './job.ts';
import { findJob, requireJobs, requireNoFile, requireOwner } from './job-access.ts';
import { differences, doesOther, jobLock, recordJob, requireRevision, storeChange } from './job-changes.ts';
import type { JobDefinition } from './job-definition.ts';
import type { JobDeps } from './job-ports.ts';
import { type HeldAllowance, matchAllowances, syncMandates } from './mandates/sync-mandates.ts';

export interface NewDefinition {
  readonly definition: JobDefinition;
  readonly paused: boolean;
  /** What it was made from, for the record. */
  readonly from?: Readonly<Record<string, unknown>>;
}

/** A job that acts as the actor; one that an API key makes does no more than the key may. */
export async function createJob(
  deps: JobDeps,
  actor: Actor,
  { definition, paused, from = {} }: NewDefinition,
): Promise<Job> {
  requireJobs(actor);
  if (!may(actor, 'jobs:own')) throw new AppError('FORBIDDEN', 'You may not make jobs of your own here (jobs:own).');
  const { organizationId, keyScopes } = actor;
  const about = { organizationId, ownerId: actor.id, keyScopes };
  const held = definition.mandate.allowances.map((allowance) => ({ allowance, row: null }));
  await requireStorable(deps, actor, { ...about, definition, held });
  const id = newId(definition.name);
  const status = paused ? 'paused' : 'active';
  return deps.change(jobLock(id), async () => {
    const job = await deps.jobs.insert({
      ...about,
      id,
      definition,
      status,
      pausedReason: null,
      file: null,
      nextAt: plannedNext(deps, { definition, status }),
      createdBy: actor.id,
    });
    await followTrigger(deps, job);
    await recordJob(deps, { actor, action: 'job.created', job, details: { definition, status, keyScopes, ...from } });
    await syncMandates(deps, { job, actor, held });
    return job;
  });
}

export interface WantedChange {
  readonly revision: number;
  readonly definition?: JobDefinition | undefined;
  readonly status?: Job['status'] | undefined;
}

/** What is wanted of one job. */
export type Named<Wanted> = Wanted & { readonly id: string };

/** Changes what it does, pauses or resumes it. Throws AppError JOB_CHANGED where `revision` is not the newest. */
export async function changeJob(deps: JobDeps, actor: Actor, { id, ...wanted }: Named<WantedChange>): Promise<Job> {
  const seen = await findJob(deps, actor, id);
  requireRevision(seen, wanted.revision);
  const { definition, status = seen.status } = wanted;
  const next = definition === undefined ? null : await nextDefinition(deps, actor, { job: seen, definition });
  if (status === 'active' && seen.status === 'paused') await requireRunnable(deps, seen, next?.definition);
  return deps.change(jobLock(id), async () => {
    const before = await findJob(deps, actor, id);
    requireRevision(before, wanted.revision);
    const changed = next === null ? before : await storeDefinition(deps, actor, { before, next });
    return setStatus(deps, actor, { before: changed, status });
  });
}

/** Pauses or resumes; whoever may see a job may do so. */
async function setStatus(
  deps: JobDeps,
  actor: Actor,
  { before, status }: { readonly before: Job; readonly status: Job['status'] },
): Promise<Job> {
  if (before.status === status) return before;
  const nextAt = plannedNext(deps, { ...before, status });
  const job = await storeChange(deps, before, { status, pausedReason: null, nextAt });
  await followTrigger(deps, job);
  const action = status === 'paused' ? 'job.paused' : 'job.resumed';
  await recordJob(deps, { actor, action, job });
  return job;
}

async function requireRunnable(deps: JobDeps, job: Job, next: JobDefinition | undefined): Promise<void> {
  const { organizationId, keyScopes } = job;
  const owner = await deps.people.find(organizationId, job.ownerId);
  requireSound(await checkDefinition(deps, { organizationId, definition: next ?? job.definition, owner, keyScopes }));
}

interface NextDefinition {
  readonly definition: JobDefinition;
  readonly keyScopes: Job['keyScopes'];
  readonly held: readonly HeldAllowance[];
  /** Standing approvals of others, which were for what it did before. */
  readonly fallen: readonly HeldAllowance[];
}

/** What is to be stored, held against everything it must meet. */
async function nextDefinition(
  deps: JobDeps,
  actor: Actor,
  { job, definition }: { readonly job: Job; readonly definition: JobDefinition },
): Promise<NextDefinition> {
  requireOwner(actor, job);
  requireNoFile(job, 'It is changed there. Duplicate it to get a copy that can be changed here.');
  const { organizationId, id, ownerId } = job;
  const rows = await deps.mandates.ofJobs(organizationId, [id]);
  const matched = matchAllowances(definition.mandate.allowances, rows);
  const isOther = doesOther(job.definition, definition);
  const falls = ({ row }: HeldAllowance) => isOther && row !== null && row.givenBy !== actor.id;
  const held = matched.filter((one) => !falls(one));
  const keyScopes = narrowedScopes(job, actor);
  const { mandate } = definition;
  const kept = { ...definition, mandate: { ...mandate, allowances: held.map(({ allowance }) => allowance) } };
  await requireStorable(deps, actor, { organizationId, ownerId, keyScopes, definition: kept, held });
  return { definition: kept, keyScopes, held, fallen: matched.filter(falls) };
}

/** A change by a key leaves what both allow; one by the owner, signed in, leaves whatever the owner may. */
function narrowedScopes({ keyScopes }: Job, actor: Actor): Job['keyScopes'] {
  if (actor.keyScopes === null) return null;
  if (keyScopes === null) return actor.keyScopes;
  return keyScopes.filter((scope) => actor.keyScopes?.includes(scope));
}

async function storeDefinition(
  deps: JobDeps,
  actor: Actor,
  { before, next }: { readonly before: Job; readonly next: NextDefinition },
): Promise<Job> {
  const { definition, keyScopes, held, fallen } = next;
  const isSame = isDeepStrictEqual(before.definition, definition) && isDeepStrictEqual(before.keyScopes, keyScopes);
  // Saving what is there already is no change, and leaves no trace.
  if (isSame) return before;
  const isPlanned = !isDeepStrictEqual(before.definition.trigger, definition.trigger);
  const planned = isPlanned ? { nextAt: plannedNext(deps, { ...before, definition }) } : {};
  const job = await storeChange(deps, before, { definition, keyScopes, ...planned });
  await followTrigger(deps, job);
  const details = { ...differences(before.definition, definition), keyScopes };
  await recordJob(deps, { actor, action: 'job.changed', job, details });
  await syncMandates(deps, { job, actor, held });
  if (fallen.length > 0) await tellFallen(deps, job, fallen.length);
  return job;
}

async function tellFallen({ notify }: JobDeps, job: Job, count: number): Promise<void> {
  const { organizationId, id: jobId, ownerId, definition } = job;
  await notify({
    organizationId,
    userIds: [ownerId],
    title: `Standing approvals of “${definition.name}” are over`,
    body: `What the job does was changed. ${count === 1 ? 'One standing approval that somebody else has given was' : `${count} standing approvals that others have given were`} for what it did before, so a person is asked again. Ask them to give it anew.`,
    jobId,
  });
}

export interface WantedAllowances {
  readonly revision: number;
  readonly allowances: JobDefinition['mandate']['allowances'];
}

/** Gives and takes back standing approvals; what the job does stays. */
export async function changeAllowances(
  deps: JobDeps,
  actor: Actor,
  { id, revision, allowances }: Named<WantedAllowances>,
): Promise<Job> {
  const seen = await findJob(deps, actor, id);
  requireRevision(seen, revision);
  const rows = await deps.mandates.ofJobs(seen.organizationId, [id]);
  const held = matchAllowances(allowances, rows);
  await requireAllowed(deps, actor, { ...seen, held });
  const mandate = { ...seen.definition.mandate, allowances };
  return deps.change(jobLock(id), async () => {
    const before = await findJob(deps, actor, id);
    requireRevision(before, revision);
    const definition = { ...before.definition, mandate };
    if (isDeepStrictEqual(before.definition, definition) && held.every(({ row }) => row !== null)) return before;
    const job = await storeChange(deps, before, { definition });
    await recordJob(deps, { actor, action: 'job.changed', job, details: differences(before.definition, definition) });
    await syncMandates(deps, { job, actor, held });
    return job;
  });
}

interface Storable extends Pick<Job, 'organizationId' | 'ownerId' | 'keyScopes' | 'definition'> {
  readonly held: readonly HeldAllowance[];
}

/** Throws AppError for the first things that keep it from being stored. */
async function requireStorable(deps: JobDeps, actor: Actor, storable: Storable): Promise<void> {
  const { organizationId, ownerId, keyScopes, definition } = storable;
  const owner = await deps.people.find(organizationId, ownerId);
  requireSound(await checkDefinition(deps, { organizationId, definition, owner, keyScopes }));
  await requireAllowed(deps, actor, storable);
}

/**
 * What an API key stores has no standing approvals: they would be of what the key makes of the job, and no key approves
 * anything. What is held already was looked at when it was given.
 */
async function requireAllowed(
  deps: JobDeps,
  actor: Actor,
  { organizationId, ownerId, definition, held }: Pick<Storable, 'organizationId' | 'ownerId' | 'definition' | 'held'>,
): Promise<void> {
  if (held.length > 0 && actor.apiKey !== null) {
    throw new AppError(
      'FORBIDDEN',
      `An API key gives no standing approvals and keeps none: what the job does with them is for a person to decide. Leave mandate.allowances empty, or sign in.`,
    );
  }
  const persona: Persona | null = await deps.personas.find(organizationId, definition.persona);
  const giving = { organizationId, persona, ownerId, giver: actor, now: deps.clock() };
  const problems = await Promise.all(
    held.flatMap(({ allowance, row }, index) =>
      row === null ? [checkAllowance(deps, giving, { allowance, index })] : [],
    ),
  );
  requireSound(problems.flat());
}

/** Watches what is to be watched, and nothing else. */
export async function followTrigger({ watches }: Pick<JobDeps, 'watches'>, job: Job): Promise<void> {
  if (job.definition.trigger.kind === 'ninox_change') await watches.put(job);
  else await watches.remove(job);
}

const suffixLetters = 'abcdefghijkmnpqrstuvwxyz23456789';

/** No name of a file has an underscore, so that no file can ever take the place of a job of the browser. */
function newId(name: string): string {
  const suffix = Array.from({ length: 8 }, () => suffixLetters[randomInt(suffixLetters.length)]).join('');
  return `${slugOf(name)}_${suffix}`;
}
