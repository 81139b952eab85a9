import type { Attempt } from './attempt.ts';
import type { Denial } from './denials.ts';
import { coveringMandate, type Mandate } from './mandates.ts';
import { narrowedRule } from './narrow-persona.ts';

/** What becomes of a call that a person would be asked for. */
export type Standing =
  | { readonly type: 'ask' }
  | { readonly type: 'deny'; readonly denial: Denial }
  | { readonly type: 'mandate'; readonly mandate: Mandate };

const ask: Standing = { type: 'ask' };

/**
 * Whom the call is put to: a person, or the mandate of the job where nobody attends. A mandate that does not cover the
 * call leaves it to a person.
 */
export async function standIn(attempt: Attempt, rows: number): Promise<Standing> {
  const { deps, run, allowed } = attempt;
  const { actor, jobRunId, place: jobId, trial } = run.identity;
  if (trial) return { type: 'deny', denial: notInTrial };
  if (jobRunId === null || jobId === null) return ask;
  const { organizationId } = actor;
  const rule = await deps.mandates.ruleOf(organizationId, jobId);
  if (rule === 'park') return ask;
  if (rule === 'deny') return { type: 'deny', denial: deniedBy(allowed.tool.title) };
  const now = deps.clock();
  const mandates = await deps.mandates.inForce({ organizationId, jobId, tool: allowed.tool.name, now });
  const mandate = coveringMandate(mandates, {
    target: allowed.call.target,
    rows,
    afterOutsideText: run.ledger.outsideText !== null,
    rule: narrowedRule(allowed.tool, allowed.personas),
    requesterId: actor.id,
    now,
  });
  return mandate === null ? ask : { type: 'mandate', mandate };
}

/** Whether it may be asked at all whether the run goes on beyond a budget. */
export async function mayAskForMore(
  { mandates }: Pick<Attempt['deps'], 'mandates'>,
  { actor, jobRunId, place, trial }: Attempt['run']['identity'],
): Promise<boolean> {
  if (trial) return false;
  if (jobRunId === null || place === null) return true;
  return (await mandates.ruleOf(actor.organizationId, place)) !== 'deny';
}

const notInTrial: Denial = {
  code: 'APPROVAL_REQUIRED',
  message: 'A person is asked before this call is made. This is a trial, in which nobody is asked, so it was not made.',
};

function deniedBy(title: string): Denial {
  return {
    code: 'APPROVAL_DENIED',
    message: `A person would have to decide on “${title}”, and this job is told not to wait for anybody, so nothing was done. Go on without it and say so.`,
  };
}
