import { randomUUID } from 'node:crypto';
import { directEvent } from '#audit/direct-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { MandateRecord } from '#db/repositories/mandates.ts';
import type { Job } from '../job.ts';
import type { Allowance } from '../job-definition.ts';
import type { JobDeps } from '../job-ports.ts';

type Deps = Pick<JobDeps, 'mandates' | 'audit' | 'clock'>;

/** An allowance of a definition, with the row that holds it; null for one that is to be given. */
export interface HeldAllowance {
  readonly allowance: Allowance;
  readonly row: MandateRecord | null;
}

/** Which of the allowances are given already: those that say the same, each row once. */
export function matchAllowances(
  allowances: readonly Allowance[],
  rows: readonly MandateRecord[],
): readonly HeldAllowance[] {
  const free = [...rows];
  return allowances.map((allowance) => {
    const words = wordsOf(allowance);
    const index = free.findIndex((row) => wordsOf(allowanceOf(row)) === words);
    const [row = null] = index === -1 ? [] : free.splice(index, 1);
    return { allowance, row };
  });
}

export function allowanceOf({ tool, limits, count, expiresAt, afterOutsideText }: MandateRecord): Allowance {
  return {
    tool,
    limits: limits as Allowance['limits'],
    count,
    expiresAt: expiresAt.toISOString(),
    afterOutsideText,
  };
}

/** The same for allowances that say the same, whatever the order of lists and keys is. */
function wordsOf({ tool, limits, count, expiresAt, afterOutsideText }: Allowance): string {
  const lists = Object.entries(limits)
    .filter(([, list]) => list !== undefined)
    .map(([level, list]) => [level, [...new Set(list)].sort()] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([tool, lists, count, new Date(expiresAt).getTime(), afterOutsideText]);
}

/** By whom: a person, or the service where it takes something back. */
export type Giver = Parameters<typeof directEvent>[0]['actor'];

/** Ends what is not held any more and gives what is new, in the caller's transaction. */
export async function syncMandates(
  deps: Deps,
  { job, actor, held }: { readonly job: Job; readonly actor: Actor; readonly held: readonly HeldAllowance[] },
): Promise<void> {
  const rows = await deps.mandates.ofJobs(job.organizationId, [job.id]);
  const kept = new Set(held.map(({ row }) => row?.id));
  for (const row of rows) if (!kept.has(row.id)) await endMandate(deps, { job, actor, row, why: 'taken back' });
  for (const { allowance, row } of held) if (row === null) await giveMandate(deps, { job, actor, allowance });
}

export async function endMandates(
  deps: Deps,
  { job, actor, why }: { readonly job: Job; readonly actor: Giver; readonly why: string },
): Promise<void> {
  const rows = await deps.mandates.ofJobs(job.organizationId, [job.id]);
  for (const row of rows) await endMandate(deps, { job, actor, row, why });
}

interface Ending {
  readonly job: Job;
  readonly actor: Giver;
  readonly row: MandateRecord;
  readonly why: string;
}

async function endMandate({ mandates, audit, clock }: Deps, { job, actor, row, why }: Ending): Promise<void> {
  const { organizationId, id, tool, used, count } = row;
  if (!(await mandates.end({ organizationId, id }, clock()))) return;
  const details = { mandateId: id, jobId: job.id, name: job.definition.name, tool, used, count, why };
  await audit.append(directEvent({ actor, action: 'mandate.ended', personaId: job.definition.persona, details }));
}

interface GivingOne {
  readonly job: Job;
  readonly actor: Actor;
  readonly allowance: Allowance;
}

async function giveMandate({ mandates, audit, clock }: Deps, { job, actor, allowance }: GivingOne): Promise<void> {
  const { organizationId, id: jobId } = job;
  const id = randomUUID();
  const { tool, count, afterOutsideText } = allowance;
  const limits = Object.fromEntries(Object.entries(allowance.limits).filter(([, list]) => list !== undefined));
  const expiresAt = new Date(allowance.expiresAt);
  const bounds = { tool, limits, count, afterOutsideText, expiresAt };
  await mandates.insert({ organizationId, id, jobId, ...bounds, givenBy: actor.id, givenAt: clock() });
  const details = { mandateId: id, jobId, name: job.definition.name, ...bounds, expiresAt: expiresAt.toISOString() };
  await audit.append(directEvent({ actor, action: 'mandate.given', personaId: job.definition.persona, details }));
}
