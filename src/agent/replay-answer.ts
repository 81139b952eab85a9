import type { CallErrorCode } from './denials.ts';
import type { CallMarks, CallResult, RunEvent } from './run-events.ts';
import type { CallSummary, StoredCallPart, StoredMessage, StoredPart } from './stored-message.ts';

/**
 * A stored answer as the events it was made of, so that readers of a run that goes on see it from its beginning. A step
 * with a call that has no result stays open.
 */
export function replayAnswer(answer: StoredMessage): RunEvent[] {
  const events: RunEvent[] = [];
  let step: 'none' | 'open' | 'unanswered' = 'none';
  for (const [place, part] of answer.parts.entries()) {
    if (part.type === 'step-start') {
      if (step !== 'none') events.push({ type: 'step-finished' });
      events.push({ type: 'step-started' });
      step = 'open';
    } else {
      events.push(...replayPart(part, answer, place));
      if ('toolCallId' in part && resultOf(part, undefined) === null) step = 'unanswered';
    }
  }
  if (step === 'open') events.push({ type: 'step-finished' });
  return events;
}

function replayPart(part: StoredPart, { metadata }: StoredMessage, place: number): RunEvent[] {
  if (part.type === 'step-start' || part.type === 'data-attachment') return [];
  if (part.type === 'text') {
    const id = `stored-${place}`;
    return [
      { type: 'text-started', id },
      { type: 'text-delta', id, delta: part.text },
      { type: 'text-ended', id },
    ];
  }
  const { toolCallId: callId, input } = part;
  const tool = part.type.slice('tool-'.length);
  const summary = metadata?.calls?.[callId];
  const result = resultOf(part, summary);
  const requested = { type: 'call-requested', callId, tool, input } as const;
  if (result === null) return [requested];
  return [requested, { type: 'call-finished', callId, tool, result, marks: marksOf(summary) }];
}

function marksOf(summary: CallSummary | undefined): CallMarks {
  if (summary === undefined) return {};
  const { outcome: _outcome, code: _code, durationMs: _durationMs, ...marks } = summary;
  return marks;
}

/** What stands in a stored call as its result; null where it has none yet. */
export function resultOf(part: StoredCallPart, summary: CallSummary | undefined): CallResult | null {
  const durationMs = summary?.durationMs ?? null;
  if (part.state === 'output-available') return { ok: true, output: part.output, durationMs: durationMs ?? 0 };
  if (part.state !== 'output-error') return null;
  const outcome = summary === undefined || summary.outcome === 'succeeded' ? 'failed' : summary.outcome;
  // Codes are stored as they were given.
  const code = (summary?.code ?? 'CALL_FAILED') as CallErrorCode;
  return { ok: false, outcome, code, message: part.errorText, durationMs };
}
