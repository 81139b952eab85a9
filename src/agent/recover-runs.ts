import type { Actor } from '#auth/actor.ts';
import type { Logger } from '#log';
import type { ApprovalStore } from './approvals/approval-store.ts';
import type { WithdrawApprovals } from './approvals/withdraw-approvals.ts';
import type { Checkpoint, PendingCall } from './checkpoint.ts';
import type { ClaimedRun, ConversationStore } from './conversation-store.ts';
import { followReplaced } from './decide-pending.ts';
import type { EffectStore } from './effects/effect-store.ts';
import type { CallResult, RunEnd } from './run-events.ts';
import { closeAnswer, unansweredCalls } from './stored-answer.ts';
import type { StoredMessage } from './stored-message.ts';

/** A run whose process is gone. */
export type LostRun = ClaimedRun['run'] & { readonly processId: string | null };

export interface RecoveryDeps {
  readonly store: Pick<ConversationStore, 'finishRun'> & {
    message(key: {
      readonly organizationId: string;
      readonly conversationId: string;
      readonly id: string;
    }): Promise<StoredMessage | null>;
  };
  readonly runs: {
    putBack(run: {
      readonly organizationId: string;
      readonly id: string;
      readonly processId: string | null;
      readonly checkpoint: Checkpoint;
    }): Promise<boolean>;
  };
  readonly approvals: Pick<ApprovalStore, 'ofRun'>;
  readonly effects: Pick<EffectStore, 'find'>;
  readonly withdraw: WithdrawApprovals;
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
  readonly log: Logger;
}

/** How often a run that had waited is taken up again after its process was lost. */
const mostLosses = 2;

/**
 * What becomes of a run whose process is gone. One that had waited, and of which nothing was sent since, waits again and
 * is taken up; every other ends as interrupted, with a message in its conversation. Safe in several processes at once.
 */
export async function recoverRun(deps: RecoveryDeps, run: LostRun): Promise<void> {
  const checkpoint = run.checkpoint as Checkpoint | null;
  const losses = (checkpoint?.lost ?? 0) + 1;
  const { organizationId, id, processId } = run;
  const mayWait =
    checkpoint !== null && losses <= mostLosses && !(await wasSomethingSent(deps, run, checkpoint.pending));
  if (!mayWait) return interrupt(deps, run);
  await deps.runs.putBack({ organizationId, id, processId, checkpoint: { ...checkpoint, lost: losses } });
  deps.log.warn({ runId: id }, 'a run that had waited is taken up again: its process was lost');
}

/** Whether the intent of a call that waited is stored: it may have gone out then. */
async function wasSomethingSent(
  { approvals, effects }: RecoveryDeps,
  { organizationId, id }: LostRun,
  pending: readonly PendingCall[],
): Promise<boolean> {
  const approvalOf = followReplaced(await approvals.ofRun(organizationId, id));
  for (const { callId, approvalId } of pending) {
    const approval = approvalOf(approvalId);
    if (approval?.question.kind === 'call' && approval.status === 'used') return true;
    if ((await effects.find(organizationId, callId)) !== null) return true;
  }
  return false;
}

const notice = 'The service stopped while the persona was working on this. Send your message again to continue.';

async function interrupt(deps: RecoveryDeps, run: LostRun): Promise<void> {
  const { organizationId, conversationId, id: runId, messageId, processId, outsideText } = run;
  const end: RunEnd = {
    status: 'interrupted',
    fault: { code: 'SERVICE_STOPPED', message: notice },
    usage: { inputTokens: run.inputTokens, outputTokens: run.outputTokens },
    steps: run.steps,
  };
  const before = await deps.store.message({ organizationId, conversationId, id: messageId });
  const sent = await effectsAmong(deps, organizationId, unansweredCalls(before));
  // What became of a change is looked up and told later.
  const resultFor = (callId: string) => (sent.has(callId) ? null : unanswered);
  const answer = closeAnswer({ run, answer: before }, resultFor, { type: 'run-finished', ...end });
  const isEnded = await deps.transaction(async () => {
    const finish = { organizationId, conversationId, runId, processId, outsideText, answer, end };
    if (!(await deps.store.finishRun(finish))) return false;
    const actor = { kind: run.actorKind as Actor['kind'], id: run.actorId };
    await deps.withdraw({ organizationId, runId, actor, reason: 'The service stopped while this was under way.' });
    return true;
  });
  if (isEnded) deps.log.warn({ runId }, 'a run that a lost process had in hand was ended');
}

async function effectsAmong(
  { effects }: RecoveryDeps,
  organizationId: string,
  calls: readonly { readonly callId: string }[],
): Promise<ReadonlySet<string>> {
  const sent = new Set<string>();
  for (const { callId } of calls) if ((await effects.find(organizationId, callId)) !== null) sent.add(callId);
  return sent;
}

const unanswered: CallResult = {
  ok: false,
  outcome: 'denied',
  code: 'RUN_STOPPED',
  message: 'The service stopped before this call was answered. It has changed nothing.',
  durationMs: null,
};
