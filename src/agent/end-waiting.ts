import type { Actor } from '#auth/actor.ts';
import type { Withdrawal } from './approvals/withdraw-approvals.ts';
import type { ClaimedRun } from './conversation-store.ts';
import { type Judgement, stoppedByPerson } from './judge-run.ts';
import type { RunServiceDeps } from './run-deps.ts';
import type { CallResult, RunEnd } from './run-events.ts';
import { closeAnswer } from './stored-answer.ts';

type EndDeps = Pick<RunServiceDeps, 'store' | 'transaction' | 'withdraw' | 'processId'>;

export interface WaitingEnd extends Pick<Withdrawal, 'actor' | 'reason'> {
  readonly judgement: Judgement;
}

/**
 * Ends a run that waits because somebody stopped it: its approvals are withdrawn and its calls never sent. Null when it
 * does not wait any more, for one who decides at the same time may be first.
 */
export async function stopWaitingRun(
  deps: EndDeps,
  { organizationId, id, actor }: { organizationId: string; id: string; actor: Pick<Actor, 'kind' | 'id'> },
): Promise<RunEnd | null> {
  return deps.transaction(async () => {
    const claimed = await deps.store.claimRun({ organizationId, id, processId: deps.processId });
    if (claimed === null) return null;
    return endClaimedRun(deps, claimed, { judgement: stoppedByPerson, actor, reason: 'The answer was stopped.' });
  });
}

/** Ends a run that was taken up and cannot go on. Nothing of it runs. */
export async function endClaimedRun(deps: EndDeps, claimed: ClaimedRun, ending: WaitingEnd): Promise<RunEnd> {
  const { run } = claimed;
  const { organizationId, conversationId, id: runId, outsideText, steps, inputTokens, outputTokens } = run;
  const end: RunEnd = { ...ending.judgement, usage: { inputTokens, outputTokens }, steps };
  const answer = closeAnswer(claimed, () => notSent(ending.reason), { type: 'run-finished', ...end });
  await deps.transaction(async () => {
    const place = { organizationId, conversationId, runId, processId: deps.processId };
    const isOurs = await deps.store.finishRun({ ...place, outsideText, answer, end });
    if (isOurs) await deps.withdraw({ organizationId, runId, actor: ending.actor, reason: ending.reason });
  });
  return end;
}

function notSent(reason: string): CallResult {
  const message = `${reason} So this call was not sent.`;
  return { ok: false, outcome: 'denied', code: 'RUN_STOPPED', message, durationMs: null };
}
