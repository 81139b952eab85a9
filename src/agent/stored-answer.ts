import { canonicalJson } from '#audit/canonical-json.ts';
import { createMessageBuilder, type MessageBuilder } from './build-message.ts';
import { type MadeCall, parseOrText } from './compose-prompt.ts';
import type { ClaimedRun } from './conversation-store.ts';
import type { StepPart } from './model-step.ts';
import { replayAnswer, resultOf } from './replay-answer.ts';
import type { CallResult, RunEvent } from './run-events.ts';
import type { StoredCallPart, StoredMessage } from './stored-message.ts';

type RunWithAnswer = Pick<ClaimedRun, 'run' | 'answer'>;

/** The events a run that has waited begins with: all that was told before. */
export function replayRun({ run, answer }: RunWithAnswer): RunEvent[] {
  const { id: runId, messageId, personaVersion, model } = run;
  const started: RunEvent = { type: 'run-started', runId, messageId, personaVersion, model };
  return [started, ...(answer === null ? [] : replayAnswer(answer))];
}

/**
 * The answer of a run that goes no further: its calls without a result get `resultFor` theirs. Null leaves a call as it
 * is: what became of it is told later.
 */
export function closeAnswer(
  claimed: RunWithAnswer,
  resultFor: (callId: string) => CallResult | null,
  end: RunEvent & { type: 'run-finished' },
): StoredMessage {
  const builder: MessageBuilder = createMessageBuilder(claimed.run.messageId);
  for (const event of replayRun(claimed)) builder.take(event);
  for (const { callId, tool } of unansweredCalls(claimed.answer)) {
    const result = resultFor(callId);
    if (result !== null) builder.take({ type: 'call-finished', callId, tool, result });
  }
  builder.take(end);
  return builder.message();
}

export function unansweredCalls(answer: StoredMessage | null): readonly { callId: string; tool: string }[] {
  return (answer?.parts ?? []).flatMap((part) =>
    'toolCallId' in part && resultOf(part, undefined) === null
      ? [{ callId: part.toolCallId, tool: part.type.slice('tool-'.length) }]
      : [],
  );
}

/** The calls of earlier steps with their results, which are in the stored answer only. */
export function madeCalls(
  turns: readonly (readonly StepPart[])[],
  answer: StoredMessage | null,
): ReadonlyMap<string, MadeCall> {
  const stored = new Map<string, StoredCallPart>();
  for (const part of answer?.parts ?? []) if ('toolCallId' in part) stored.set(part.toolCallId, part);
  const made = new Map<string, MadeCall>();
  for (const call of turns.flat()) {
    const part = call.type === 'call' ? stored.get(call.callId) : undefined;
    const result = part === undefined ? null : resultOf(part, answer?.metadata?.calls?.[part.toolCallId]);
    if (call.type !== 'call' || part === undefined || result === null) continue;
    const { callId, modelCallId, tool, rawInput } = call;
    const changed = isSame(part.input, parseOrText(rawInput)) ? {} : { changedTo: part.input };
    made.set(callId, { modelCallId, tool, result, ...changed });
  }
  return made;
}

/** The stored input is the one the call was made with. */
function isSame(stored: unknown, asked: unknown): boolean {
  return canonicalJson(stored) === canonicalJson(asked);
}
