import type { CallResult, RunEvent } from './run-events.ts';
import type { CallSummary, StoredCallPart, StoredMessage, StoredMetadata, StoredPart } from './stored-message.ts';

/** Grows the stored answer of a run out of its events. */
export interface MessageBuilder {
  readonly take: (event: RunEvent) => void;
  /** The answer so far. Shares nothing that later events change. */
  message(): StoredMessage;
}

export function createMessageBuilder(messageId: string): MessageBuilder {
  const parts = createPartList();
  const calls: Record<string, CallSummary> = {};
  let metadata: StoredMetadata = {};
  return {
    take(event) {
      if (event.type === 'run-started') {
        const { runId, personaVersion, model } = event;
        metadata = { runId, personaVersion, model, status: 'running' };
      } else if (event.type === 'run-finished') {
        metadata = { ...metadata, ...endMetadata(event) };
      } else {
        if (event.type === 'call-finished') calls[event.callId] = summarizeCall(event.result);
        parts.take(event);
      }
    },
    message: () => ({
      id: messageId,
      role: 'assistant',
      parts: parts.all(),
      metadata: { ...metadata, calls: { ...calls } },
    }),
  };
}

function createPartList() {
  const parts: StoredPart[] = [];
  /** Where the open texts and the calls of the answer stand. */
  const textAt = new Map<string, number>();
  const callAt = new Map<string, number>();

  const appendText = (id: string, delta: string) => {
    const index = textAt.get(id);
    const part = index === undefined ? undefined : parts[index];
    if (index !== undefined && part?.type === 'text') parts[index] = { type: 'text', text: part.text + delta };
  };
  const finishCall = (callId: string, result: CallResult) => {
    const index = callAt.get(callId);
    const part = index === undefined ? undefined : parts[index];
    if (index !== undefined && part !== undefined && 'toolCallId' in part) parts[index] = withResult(part, result);
  };
  const take = (event: RunEvent) => {
    switch (event.type) {
      case 'step-started':
        textAt.clear();
        parts.push({ type: 'step-start' });
        return;
      case 'text-started':
        textAt.set(event.id, parts.push({ type: 'text', text: '' }) - 1);
        return;
      case 'text-delta':
        return appendText(event.id, event.delta);
      case 'call-requested': {
        const { callId, tool, input } = event;
        callAt.set(
          callId,
          parts.push({ type: `tool-${tool}`, toolCallId: callId, state: 'input-available', input }) - 1,
        );
        return;
      }
      case 'call-finished':
        return finishCall(event.callId, event.result);
    }
  };
  return { take, all: () => [...parts] };
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
