import type { Approval, Question } from './approvals/approval.ts';
import type { PendingCall } from './checkpoint.ts';
import type { ContinuedCall } from './make-calls.ts';
import type { ReachedBudget } from './run-budgets.ts';
import type { CallResult } from './run-events.ts';

type CallQuestion = Question & { kind: 'call' };
type BudgetQuestion = Question & { kind: 'budget' };
export type BudgetApproval = Approval & { readonly question: BudgetQuestion };

/** What became of what a run waited for. */
export interface Decisions {
  /** Each approval by the id the run knows: where its arguments were changed, the one that asks in its place. */
  readonly approvalOf: (id: string) => Approval | null;
  /** Budgets of any kind that were raised and whose approval is used. */
  readonly granted: ReadonlySet<string>;
  /** The arguments as the model wrote them, by call id. */
  readonly asWritten: ReadonlyMap<string, string>;
  /** Names of those who decided, by id. */
  readonly names: ReadonlyMap<string, string>;
}

/** Finds the approval that stands in the place of another now. */
export function followReplaced(approvals: readonly Approval[]): (id: string) => Approval | null {
  const byId = new Map(approvals.map((approval) => [approval.id, approval]));
  return (id) => {
    let approval = byId.get(id) ?? null;
    // Each is replaced by a younger one, so this ends.
    while (approval !== null && approval.replacedBy !== null) approval = byId.get(approval.replacedBy) ?? null;
    return approval;
  };
}

export function isBudget(approval: Approval | null): approval is BudgetApproval {
  return approval?.question.kind === 'budget';
}

/** How a call that has waited goes on. */
export function decidePending(call: PendingCall, decisions: Decisions): ContinuedCall {
  const approval = decisions.approvalOf(call.approvalId);
  if (approval === null) return refuse(call, 'APPROVAL_INVALID', 'There is no such approval any more.');
  if (isBudget(approval)) return decideBudget(call, approval, decisions);
  const { status, question } = approval;
  const isChanged = wasChanged(call, decisions);
  if (status === 'approved' && question.kind === 'call')
    return { call, decision: makeAs(approval, question, isChanged) };
  if (status === 'denied')
    return refuse(call, 'APPROVAL_DENIED', `${whoDenied(approval, decisions)} denied this call${why(approval)}`);
  return refuse(call, 'APPROVAL_INVALID', overBecause(approval));
}

/** When it waited before, and was asked for again since. */
function wasChanged({ callId, rawInput }: PendingCall, { asWritten }: Decisions): boolean {
  return (asWritten.get(callId) ?? rawInput) !== rawInput;
}

function makeAs(approval: Approval, question: CallQuestion, isChanged: boolean): ContinuedCall['decision'] {
  return {
    type: 'make',
    approval,
    rawInput: JSON.stringify(question.arguments),
    isChanged: isChanged || question.askedFor !== null,
  };
}

function decideBudget(call: PendingCall, approval: BudgetApproval, decisions: Decisions): ContinuedCall {
  const { title, limit } = approval.question;
  if (decisions.granted.has(approval.id)) {
    return {
      call,
      decision: { type: 'make', approval, rawInput: call.rawInput, isChanged: wasChanged(call, decisions) },
    };
  }
  const about = `the limit of ${limit} for “${title ?? call.tool}”`;
  if (approval.status !== 'denied')
    return refuse(call, 'BUDGET_EXCEEDED', `Nobody raised ${about}. ${overBecause(approval)}`);
  return refuse(call, 'BUDGET_EXCEEDED', `${whoDenied(approval, decisions)} did not raise ${about}${why(approval)}`);
}

/** The budget of the whole run that it may not go beyond; null where there is none. */
export function overOf(waitingFor: readonly string[], decisions: Decisions): ReachedBudget | null {
  for (const id of waitingFor) {
    const approval = decisions.approvalOf(id);
    if (!isBudget(approval) || approval.callId !== null || decisions.granted.has(approval.id)) continue;
    const { budget, limit, used, more } = approval.question;
    if (budget === 'steps' || budget === 'calls' || budget === 'seconds' || budget === 'tokens') {
      return { budget, limit, used, more };
    }
  }
  return null;
}

function refuse(call: PendingCall, code: RefusalCode, message: string): ContinuedCall {
  const result: CallResult = {
    ok: false,
    outcome: 'denied',
    code,
    message: `${message} The call was not sent, and is not to be made again unless somebody asks for it.`,
    durationMs: null,
  };
  return { call, decision: { type: 'refused', result } };
}

type RefusalCode = 'APPROVAL_DENIED' | 'APPROVAL_INVALID' | 'BUDGET_EXCEEDED';

function whoDenied({ decidedBy }: Approval, { names }: Decisions): string {
  return (decidedBy === null ? undefined : names.get(decidedBy)) ?? 'Somebody';
}

function why({ reason }: Approval): string {
  if (reason === null || reason === '') return ' and gave no reason.';
  return /[.!?…]$/.test(reason) ? `: “${reason}”` : `: “${reason}”.`;
}

function overBecause({ status, reason }: Approval): string {
  const because = reason === null || reason === '' ? '' : ` ${reason}`;
  if (status === 'expired') return 'Nobody decided in time.';
  if (status === 'withdrawn') return `The question was withdrawn.${because}`;
  if (status === 'used') return 'The approval was used already, and lets one call through once.';
  return `What was asked does not hold any more.${because}`;
}
