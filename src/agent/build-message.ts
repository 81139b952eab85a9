import type { CallResult, RunEvent } from './run-events.ts';
import type { CallSummary, StoredCallPart, StoredMessage, StoredMetadata, StoredPart } from './stored-message.ts';

/** Grows the stored answer of a run out of its events. */
export interface MessageBuilder {
  take(event: RunEvent): void;
  /** The answer so far. Shares nothing that later events change. */
  message(): StoredMessage;
}

export function createMessageBuilder(messageId: string): MessageBuilder {
  const parts: StoredPart[] = [];
  const textAt = new Map<string, number>();
  const callAt = new Map<string, number>();
  const calls: Record<string, CallSummary> = {};
  let metadata: StoredMetadata = {};

  const appendText = (id: string, delta: string) => {
    const index = textAt.get(id);
    const part = index === undefined ? undefined : parts[index];
    if (index !== undefined && part?.type === 'text') parts[index] = { type: 'text', text: part.text + delta };
  };
  const finishCall = (callId: string, result: CallResult) => {
    const index = callAt.get(callId);
    const part = index === undefined ? undefined : parts[index];
    if (index !== undefined && part !== undefined && 'toolCallId' in part) parts[index] = withResult(part, result);
    calls[callId] = summarizeCall(result);
  };

  return {
    take(event) {
      switch (event.type) {
        case 'run-started':
          metadata = { runId: event.runId, personaVersion: event.personaVersion, model: event.model, status: 'running' };
          return;
        case 'step-started':
          textAt.clear();
          parts.push({ type: 'step-start' });
          return;
        case 'text-started':
          textAt.set(event.id, parts.push({ type: 'text', text: '' }) - 1);
          return;
        case 'text-delta':
          return appendText(event.id, event.delta);
        case 'call-requested':
          callAt.set(
            event.callId,
            parts.push({
              type: `tool-${event.tool}`,
              toolCallId: event.callId,
              state: 'input-available',
              input: event.input,
            }) - 1,
          );
          return;
        case 'call-finished':
          return finishCall(event.callId, event.result);
        case 'run-finished':
          metadata = { ...metadata, ...endMetadata(event) };
          return;
      }
    },
    message: () => ({ id: messageId, role: 'assistant', parts: [...parts], metadata: { ...metadata, calls: { ...calls } } }),
  };
}

/** The part of a message's metadata that a run's end adds. */
export function endMetadata(end: RunEvent & { type: 'run-finished' }): StoredMetadata {
  return {
    status: end.status,
    usage: end.usage,
    ...(end.fault === null ? {} : { code: end.fault.code, notice: end.fault.message }),
  };
}

export function summarizeCall(result: CallResult): CallSummary {
  if (result.ok) return { outcome: 'succeeded', durationMs: result.durationMs };
  return { outcome: result.outcome, code: result.code, durationMs: result.durationMs };
}

function withResult(part: StoredCallPart, result: CallResult): StoredPart {
  const { type, toolCallId, input } = part;
  return result.ok
    ? { type, toolCallId, state: 'output-available', input, output: result.output }
    : { type, toolCallId, state: 'output-error', input, errorText: result.message };
}
