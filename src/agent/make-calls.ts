import type { Approval } from './approvals/approval.ts';
import type { PendingCall } from './checkpoint.ts';
import { type MadeCall, parseOrText } from './compose-prompt.ts';
import type { CallRequest, CallVerdict, GuardedRun, GuardToolCall } from './guarded-call.ts';
import type { StepPart } from './model-step.ts';
import type { CallResult, EmitRunEvent } from './run-events.ts';

/** A call that has waited, with what was decided. */
export interface ContinuedCall {
  readonly call: PendingCall;
  readonly decision:
    | { readonly type: 'refused'; readonly result: CallResult }
    | {
        readonly type: 'make';
        readonly approval: Approval;
        readonly rawInput: string;
        /** Whether a person has put these arguments in the place of the model's. */
        readonly isChanged: boolean;
      };
}

export interface CallMaking {
  readonly run: GuardedRun;
  readonly guard: GuardToolCall;
  /** Whether a call of the tool changes something. */
  readonly isEffect: (tool: string) => boolean;
  readonly emit: EmitRunEvent;
}

/** Every call either has a result or waits. */
export interface CallsMade {
  readonly made: readonly (MadeCall & { readonly callId: string })[];
  readonly waiting: readonly PendingCall[];
}

type Outcome = (MadeCall & { readonly callId: string }) | PendingCall;

const longestWords = 4_000;

/** Tells what the model asks for in one step; nothing of it is sent. */
export function requestCalls({ emit }: Pick<CallMaking, 'emit'>, parts: readonly StepPart[]): void {
  for (const part of parts) {
    if (part.type !== 'call') continue;
    const { callId, tool, rawInput } = part;
    emit({ type: 'call-requested', callId, tool, input: parseOrText(rawInput) });
  }
}

/** Sends the calls of one step through the guard, all at once. */
export async function makeCalls(making: CallMaking, parts: readonly StepPart[]): Promise<CallsMade> {
  const words = wordsOf(parts);
  const calls = parts.filter((part) => part.type === 'call');
  const outcomes = await Promise.all(
    calls.map(({ callId, modelCallId, tool, rawInput }) =>
      makeCall(making, { callId, modelCallId, tool, rawInput, words, resumedWith: null }, false),
    ),
  );
  return sort(outcomes);
}

/** Calls that have waited are made as they were approved, or get the result that says why they are not. */
export async function continueCalls(making: CallMaking, continued: readonly ContinuedCall[]): Promise<CallsMade> {
  return sort(await Promise.all(continued.map((one) => continueCall(making, one))));
}

async function continueCall(making: CallMaking, { call, decision }: ContinuedCall): Promise<Outcome> {
  const { callId, modelCallId, tool, words } = call;
  if (decision.type === 'refused') return answerCall(making, call, decision.result);
  const { approval, rawInput, isChanged } = decision;
  const shown = isChanged ? rawInput : call.rawInput;
  if (isChanged) making.emit({ type: 'call-requested', callId, tool, input: parseOrText(rawInput) });
  const outcome = await makeCall(
    making,
    { callId, modelCallId, tool, rawInput, words, resumedWith: approval },
    isChanged,
  );
  return 'approvalId' in outcome ? { ...outcome, rawInput: shown } : outcome;
}

async function makeCall(making: CallMaking, request: CallRequest, isChanged: boolean): Promise<Outcome> {
  const { callId, modelCallId, tool, rawInput, words } = request;
  const verdict: CallVerdict = await making.guard(request, making.run);
  if (verdict.type === 'waiting') {
    const { approvalId } = verdict;
    making.emit({ type: 'call-waiting', callId, tool, approvalId });
    return { callId, modelCallId, tool, rawInput, words, approvalId };
  }
  const made = answerCall(making, request, verdict.result);
  return isChanged ? { ...made, changedTo: parseOrText(rawInput) } : made;
}

/** Puts a result in the place of a call that is not made, or was. */
export function answerCall(
  { emit, isEffect }: Pick<CallMaking, 'emit' | 'isEffect'>,
  { callId, modelCallId, tool }: Pick<PendingCall, 'callId' | 'modelCallId' | 'tool'>,
  result: CallResult,
): MadeCall & { readonly callId: string } {
  const wasSent = result.ok || result.outcome !== 'denied';
  const marks = wasSent && isEffect(tool) ? { marks: { isEffect: true } } : {};
  emit({ type: 'call-finished', callId, tool, result, ...marks });
  return { callId, modelCallId, tool, result };
}

function sort(outcomes: readonly Outcome[]): CallsMade {
  return {
    made: outcomes.flatMap((outcome) => ('result' in outcome ? [outcome] : [])),
    waiting: outcomes.flatMap((outcome) => ('approvalId' in outcome ? [outcome] : [])),
  };
}

function wordsOf(parts: readonly StepPart[]): string {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return texts.join('\n').trim().slice(0, longestWords);
}
