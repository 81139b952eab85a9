import type { RunEvent, RunStatus } from '#agent/run-events.ts';
import type { CallSummary, StoredCallPart, StoredMessage, StoredMetadata, StoredPart } from '#agent/stored-message.ts';
import { type Chunk, encodeChunks, toChunks } from '#channels/chat/ui-stream.ts';

/*
 * What visitors see of an answer: its text, and which tools were used with what success. What tools were asked and what
 * they answered, errors, models and versions are the organization's own. What is not named here does not leave.
 */

/** One run event as the server-sent events of the UI message stream protocol, for guests; `scrub` takes secrets out of JSON. */
export function encodeForGuest(event: RunEvent, scrub?: (json: string) => string): string {
  const chunks = toChunks(event).flatMap((chunk) => chunkForGuest(chunk) ?? []);
  return encodeChunks(chunks, scrub);
}

function chunkForGuest(chunk: Chunk): object | null {
  switch (chunk.type) {
    case 'start':
      return { type: chunk.type, messageId: chunk.messageId, messageMetadata: metadataForGuest(chunk.messageMetadata) };
    case 'start-step':
    case 'finish-step':
      return { type: chunk.type };
    case 'text-start':
    case 'text-end':
      return { type: chunk.type, id: chunk.id };
    case 'text-delta':
      return { type: chunk.type, id: chunk.id, delta: chunk.delta };
    case 'message-metadata':
    case 'finish':
      return { type: chunk.type, messageMetadata: metadataForGuest(chunk.messageMetadata) };
    default:
      return callForGuest(chunk);
  }
}

function callForGuest(chunk: Chunk): object | null {
  switch (chunk.type) {
    case 'tool-input-available': {
      const { type, toolCallId, toolName } = chunk;
      return { type, toolCallId, toolName, input: {} };
    }
    case 'tool-approval-request': {
      const { type, approvalId, toolCallId } = chunk;
      return { type, approvalId, toolCallId };
    }
    case 'tool-output-available':
      return { type: chunk.type, toolCallId: chunk.toolCallId, output: null };
    case 'tool-output-error':
      return { type: chunk.type, toolCallId: chunk.toolCallId, errorText: callFailed };
    default:
      return null;
  }
}

/** A stored message, for guests. */
export function messageForGuest({ id, role, parts, metadata }: StoredMessage): StoredMessage {
  return { id, role, parts: parts.map(partForGuest), metadata: metadata === null ? null : metadataForGuest(metadata) };
}

function partForGuest(part: StoredPart): StoredPart {
  if (part.type === 'step-start') return { type: part.type };
  if (part.type === 'data-attachment') return { type: part.type, data: { name: part.data.name, text: part.data.text } };
  if ('toolCallId' in part) return callPartForGuest(part);
  return { type: part.type, text: part.text, ...(part.state === undefined ? {} : { state: part.state }) };
}

function callPartForGuest(part: StoredCallPart): StoredPart {
  const { type, toolCallId } = part;
  switch (part.state) {
    case 'input-available':
      return { type, toolCallId, state: part.state, input: {} };
    case 'approval-requested':
      return { type, toolCallId, state: part.state, input: {}, approval: { id: part.approval.id } };
    case 'output-available':
      return { type, toolCallId, state: part.state, input: {}, output: null };
    case 'output-error':
      return { type, toolCallId, state: part.state, input: {}, errorText: callFailed };
  }
}

const callFailed = 'This did not work.';

function metadataForGuest({ runId, status, calls }: StoredMetadata = {}): StoredMetadata {
  const notice = status === undefined ? undefined : notices[status];
  return {
    ...(runId === undefined ? {} : { runId }),
    ...(status === undefined ? {} : { status }),
    ...(notice === undefined ? {} : { notice }),
    ...(calls === undefined ? {} : { calls: callsForGuest(calls) }),
  };
}

function callsForGuest(calls: Readonly<Record<string, CallSummary>>): Record<string, CallSummary> {
  const shown = Object.entries(calls).map(([id, { outcome }]) => [id, { outcome, durationMs: null }] as const);
  return Object.fromEntries(shown);
}

/** Why an answer is not whole; the reasons of the service are for those who run it. */
const notices: Readonly<Partial<Record<RunStatus, string>>> = {
  waiting: 'Somebody has to agree to this first. Look in again later.',
  stopped: 'The answer was stopped.',
  failed: 'There was no answer. Please send your message again in a while.',
  interrupted: 'The answer broke off. Please send your message again.',
  budget_exceeded: 'The answer was ended because it took too much. Please ask for less at once.',
};
