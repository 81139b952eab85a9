import type { Approval } from './approvals/approval.ts';
import type { Allowance } from './checkpoint.ts';
import type { CallResult } from './run-events.ts';
import type { RunIdentity } from './run-identity.ts';

/** What a run has used; the guard writes `calls`, `seenCallIds` and `outsideText`, the loop the rest. */
export interface RunLedger {
  calls: number;
  readonly seenCallIds: Set<string>;
  /** When this sitting began; before it, the run had worked for `spentMs`. */
  readonly startedAt: number;
  readonly spentMs: number;
  /** Where text from outside was read, in words for people; null as long as there was none. Never goes back to null. */
  outsideText: string | null;
  allowance: Allowance;
}

export interface GuardedRun {
  readonly identity: RunIdentity;
  readonly ledger: RunLedger;
  readonly signal: AbortSignal;
}

export interface CallRequest {
  /** Ours, unique. */
  readonly callId: string;
  /** The model's own, which may come twice: a call of that id has been made then. */
  readonly modelCallId: string;
  readonly tool: string;
  /** The arguments as the model wrote them, or as a person changed them: JSON text. */
  readonly rawInput: string;
  /** What the model wrote in the same step; shown apart, as its claim. */
  readonly words: string;
  /** Set when the call comes again after it has waited: the decision it waited for, about itself or about a budget. */
  readonly resumedWith: Approval | null;
}

/** Either the call was answered, or it waits for a person and comes again with their decision. */
export type CallVerdict =
  | { readonly type: 'answered'; readonly result: CallResult }
  | { readonly type: 'waiting'; readonly approvalId: string };

/** The one door every tool call goes through. Never throws. */
export type GuardToolCall = (request: CallRequest, run: GuardedRun) => Promise<CallVerdict>;
