import { isDeepStrictEqual } from 'node:util';
import { serviceActor, serviceActorId } from '#connections/service-actor.ts';
import { checkDefinition } from '../checks/check-definition.ts';
import { plannedNext } from '../describe-planned.ts';
import type { Job } from '../job.ts';
import { differences, doesOther, jobLock, recordJob, storeChange } from '../job-changes.ts';
import type { JobDefinition } from '../job-definition.ts';
import type { JobDeps, JobPerson } from '../job-ports.ts';
import { endMandates } from '../mandates/sync-mandates.ts';
import { pauseJob } from '../pause-jobs.ts';
import { followTrigger } from '../save-job.ts';
import type { JobFile, JobFileProblem } from './parse-job-file.ts';

export interface JobFileOwner extends JobPerson {
  readonly organizationId: string;
}

export interface JobFileDeps extends JobDeps {
  /** Every organization that somebody with this address belongs to, the service’s first one before the others. */
  readonly memberships: (email: string) => Promise<readonly JobFileOwner[]>;
}

export type Applied =
  | { readonly ok: true; readonly organizationId: string; readonly id: string }
  | { readonly ok: false; readonly problem: JobFileProblem };

export const pausedInFile = 'Its file says that it is paused.';

/** Stores the job as its file says. What is there already stays as it is; a job that a person has paused stays paused. */
export async function applyJobFile(deps: JobFileDeps, file: JobFile): Promise<Applied> {
  const owner = await findOwner(deps, file);
  if ('message' in owner) return { ok: false, problem: owner };
  const { organizationId } = owner;
  const { definition } = file;
  const checked = await checkDefinition(deps, { organizationId, definition, owner, keyScopes: null });
  const refused = checked.find(({ refuses }) => refuses);
  if (refused !== undefined) {
    const line = file.lineOf(refused.path);
    return { ok: false, problem: { file: file.file, line, message: `“${refused.path}”: ${refused.message}` } };
  }
  await deps.change(jobLock(file.id), () => store(deps, file, owner));
  return { ok: true, organizationId, id: file.id };
}

async function findOwner(deps: JobFileDeps, file: JobFile): Promise<JobFileOwner | JobFileProblem> {
  const problem = (setting: string, message: string) => ({ file: file.file, line: file.lineOf(setting), message });
  const { owner: email, organization } = file;
  if (email === null) {
    return problem('owner', '“owner” is missing. Write the e-mail address of the member the job acts for.');
  }
  const places = await deps.memberships(email);
  const wanted =
    organization === null ? places : places.filter(({ organizationId }) => organizationId === organization);
  const [owner] = wanted;
  if (owner !== undefined) return owner;
  return places.length === 0
    ? problem('owner', `Nobody here has the address ${email}. Write the address of a member, or invite them.`)
    : problem('organization', `${email} does not belong to the organization “${organization ?? ''}”.`);
}

async function store(deps: JobFileDeps, file: JobFile, owner: JobFileOwner): Promise<void> {
  const before = await deps.jobs.find({ organizationId: owner.organizationId, id: file.id });
  if (before === null) await insert(deps, file, owner);
  else await update(deps, before, { file, owner });
}

async function insert(deps: JobFileDeps, file: JobFile, { id: ownerId, organizationId }: JobFileOwner): Promise<void> {
  const { definition } = file;
  const status = file.paused ? 'paused' : 'active';
  const job = await deps.jobs.insert({
    organizationId,
    id: file.id,
    ownerId,
    keyScopes: null,
    definition,
    status,
    pausedReason: file.paused ? pausedInFile : null,
    file: file.file,
    nextAt: plannedNext(deps, { definition, status }),
    createdBy: serviceActorId,
  });
  await followTrigger(deps, job);
  const details = { definition, status, file: file.file };
  await recordJob(deps, { actor: serviceActor(organizationId), action: 'job.created', job, details });
}

interface Applying {
  readonly file: JobFile;
  readonly owner: JobFileOwner;
}

async function update(deps: JobFileDeps, before: Job, { file, owner }: Applying): Promise<void> {
  const actor = serviceActor(owner.organizationId);
  const isOther = doesOther(before.definition, file.definition) || before.ownerId !== owner.id;
  const allowances = isOther ? [] : before.definition.mandate.allowances;
  const definition = { ...file.definition, mandate: { ...file.definition.mandate, allowances } };
  const { status, pausedReason } = statusAfter(before, file.paused);
  const to = { ownerId: owner.id, definition, status, pausedReason };
  if (isDeepStrictEqual(to, pick(before))) return;
  const nextAt = plannedAgain(deps, before, { definition, status });
  const job = await storeChange(deps, before, { ...to, nextAt });
  await followTrigger(deps, job);
  const details = { ...differences(before.definition, definition), file: file.file };
  if (details.changed.length > 0 || before.ownerId !== owner.id) {
    await recordJob(deps, { actor, action: 'job.changed', job, details });
  }
  if (before.status !== status) {
    await recordJob(deps, { actor, action: status === 'active' ? 'job.resumed' : 'job.paused', job });
  }
  if (isOther) await endMandates(deps, { job, actor, why: 'the file was changed' });
}

function pick({ ownerId, definition, status, pausedReason }: Job) {
  return { ownerId, definition, status, pausedReason };
}

/** A planned instant that has gone by and was not taken up yet is not lost, unless the schedule is another one. */
function plannedAgain(
  deps: JobFileDeps,
  before: Job,
  after: { readonly definition: JobDefinition; readonly status: Job['status'] },
): Date | null {
  const isSame = isDeepStrictEqual(before.definition.trigger, after.definition.trigger);
  if (isSame && before.status === after.status) return before.nextAt;
  return plannedNext(deps, after);
}

function statusAfter(before: Job, pausedNow: boolean): Pick<Job, 'status' | 'pausedReason'> {
  const { status, pausedReason, file } = before;
  if (pausedNow)
    return status === 'paused' ? { status, pausedReason } : { status: 'paused', pausedReason: pausedInFile };
  // What its file has paused, its file resumes.
  const isByFile = pausedReason === pausedInFile || pausedReason === goneReason(file ?? '');
  return isByFile ? { status: 'active', pausedReason: null } : { status, pausedReason };
}

export function goneReason(file: string): string {
  return `Its file ${file} is gone. Put it back, or duplicate the job and change the copy here.`;
}

/** Pauses the jobs whose files are not among those that are there. */
export async function pauseGone(
  deps: JobFileDeps,
  isThere: (job: Pick<Job, 'organizationId' | 'id'>) => boolean,
): Promise<void> {
  for (const job of await deps.jobs.listInFiles()) {
    if (job.status === 'active' && !isThere(job)) await pauseJob(deps, job, goneReason(job.file ?? ''));
  }
}
