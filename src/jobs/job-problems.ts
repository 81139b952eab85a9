import type { MandateRecord } from '#db/repositories/mandates.ts';
import { checkDefinition } from './checks/check-definition.ts';
import type { Job } from './job.ts';
import type { JobDeps } from './job-ports.ts';
import { createMandateStore } from './mandates/mandate-store.ts';

type Deps = Omit<JobDeps, 'startJob' | 'change' | 'audit' | 'notify' | 'runs' | 'deliveries' | 'trials'>;

/** What keeps a job from working as it stands, in plain words, each with what to do. */
export async function describeProblems(
  deps: Deps,
  job: Job,
  rows: readonly MandateRecord[],
): Promise<readonly string[]> {
  const { organizationId, definition, keyScopes } = job;
  const owner = await deps.people.find(organizationId, job.ownerId);
  const found = await checkDefinition(deps, { organizationId, definition, owner, keyScopes });
  return [
    ...found.map(({ message }) => message),
    ...hookProblems(job),
    ...(await watchProblems(deps, job)),
    ...(await allowanceProblems(deps, job, rows)),
    ...job.drift,
  ];
}

function hookProblems({ definition, hookVersion }: Job): string[] {
  if (definition.trigger.kind !== 'webhook' || hookVersion !== null) return [];
  return ['It has no secret yet, so no event can reach it. Make one under “Webhook”, and give it to the sender.'];
}

async function watchProblems({ watches }: Deps, job: Job): Promise<string[]> {
  if (job.definition.trigger.kind !== 'ninox_change' || job.status === 'paused') return [];
  const problem = await watches.problemOf(job);
  return problem === null ? [] : [problem];
}

/** Approvals that look as if they held, and do not. */
async function allowanceProblems(deps: Deps, job: Job, rows: readonly MandateRecord[]): Promise<string[]> {
  if (rows.length === 0) return [];
  if (job.definition.mandate.rule !== 'pre_approved') {
    return [
      'It has standing approvals, which count only where the rule is “pre-approved”. Choose that rule, or remove them.',
    ];
  }
  const now = deps.clock();
  const store = createMandateStore(deps);
  const { organizationId, id: jobId } = job;
  const problems = await Promise.all(
    rows.map(async ({ id, tool, expiresAt, used, count }) => {
      const title = (await deps.tools.find(organizationId, tool))?.title ?? tool;
      if (expiresAt <= now) return `The standing approval for “${title}” is over. Give it anew, or remove it.`;
      if (used >= count)
        return `The standing approval for “${title}” is used up (${count}). Give it anew, or remove it.`;
      const inForce = await store.inForce({ organizationId, jobId, tool, now });
      if (inForce.some((mandate) => mandate.id === id)) return null;
      return `The standing approval for “${title}” does not count any more: whoever gave it may not decide on it now. Give it anew, or remove it.`;
    }),
  );
  return problems.filter((problem) => problem !== null);
}
