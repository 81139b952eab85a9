import type { CallMarks, CallResult, RunEvent } from './run-events.ts';
import type { CallSummary, StoredCallPart, StoredMessage, StoredMetadata, StoredPart } from './stored-message.ts';

/** Grows the stored answer of a run out of its events. */
export interface MessageBuilder {
  readonly take: (event: RunEvent) => void;
  /** Takes back the last step, which was cut before it was whole. */
  dropStep(): void;
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
      } else if (event.type === 'run-waiting') {
        metadata = { ...metadata, ...waitingMetadata(event) };
      } else {
        if (event.type === 'call-finished') calls[event.callId] = summarizeCall(event.result, event.marks);
        parts.take(event);
      }
    },
    dropStep: parts.dropStep,
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
  /** Where the open texts of the answer stand. */
  const textAt = new Map<string, number>();

  const appendText = (id: string, delta: string) => {
    const index = textAt.get(id);
    const part = index === undefined ? undefined : parts[index];
    if (index !== undefined && part?.type === 'text') parts[index] = { type: 'text', text: part.text + delta };
  };
  const putCall = (call: StoredPart & { toolCallId: string }) => {
    const index = placeOf(parts, call.toolCallId);
    if (index === -1) parts.push(call);
    else parts[index] = call;
  };
  const changeCall = (callId: string, change: (part: StoredCallPart) => StoredPart) => {
    const index = placeOf(parts, callId);
    const part = parts[index];
    if (part !== undefined && 'toolCallId' in part) parts[index] = change(part);
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
        return putCall({ type: `tool-${tool}`, toolCallId: callId, state: 'input-available', input });
      }
      case 'call-waiting':
        return changeCall(event.callId, (part) => withQuestion(part, event.approvalId));
      case 'call-finished':
        return changeCall(event.callId, (part) => withResult(part, event.result));
    }
  };
  const dropStep = () => {
    const first = parts.findLastIndex(({ type }) => type === 'step-start');
    textAt.clear();
    if (first !== -1) parts.length = first;
  };
  return { take, dropStep, all: () => [...parts] };
}

/** -1 where there is no such call. The newest ones are asked for most. */
export function placeOf(parts: readonly StoredPart[], callId: string): number {
  return parts.findLastIndex((part) => 'toolCallId' in part && part.toolCallId === callId);
}

/** The part of a message's metadata that a run's end adds. */
export function endMetadata(end: RunEvent & { type: 'run-finished' }): StoredMetadata {
  return {
    status: end.status,
    usage: end.usage,
    ...(end.fault === null ? {} : { code: end.fault.code, notice: end.fault.message }),
  };
}

/** The part of a message's metadata that a run's waiting adds. */
export function waitingMetadata({ approvals, usage }: RunEvent & { type: 'run-waiting' }): StoredMetadata {
  return { status: 'waiting', waitingFor: approvals, usage };
}

export function summarizeCall(result: CallResult, marks: CallMarks = {}): CallSummary {
  if (result.ok) return { outcome: 'succeeded', durationMs: result.durationMs, ...marks };
  return { outcome: result.outcome, code: result.code, durationMs: result.durationMs, ...marks };
}

function withQuestion({ type, toolCallId, input }: StoredCallPart, approvalId: string): StoredPart {
  return { type, toolCallId, state: 'approval-requested', input, approval: { id: approvalId } };
}

export function withResult(part: StoredCallPart, result: CallResult): StoredPart {
  const { type, toolCallId, input } = part;
  return result.ok
    ? { type, toolCallId, state: 'output-available', input, output: result.output }
    : { type, toolCallId, state: 'output-error', input, errorText: result.message };
}
