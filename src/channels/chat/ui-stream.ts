import type { UIMessageChunk } from 'ai';
import { endMetadata, summarizeCall, waitingMetadata } from '#agent/build-message.ts';
import type { RunEvent } from '#agent/run-events.ts';
import type { StoredMetadata } from '#agent/stored-message.ts';

export type Chunk = UIMessageChunk<StoredMetadata>;

/** Headers of the AI SDK's UI message stream protocol, version 1, over server-sent events. */
export const uiStreamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  'x-vercel-ai-ui-message-stream': 'v1',
  'x-accel-buffering': 'no',
} as const;

export const uiStreamEnd = 'data: [DONE]\n\n';

type ScrubJson = (json: string) => string;

/** One run event as the server-sent events of the UI message stream protocol; `scrub` takes secrets in use out of JSON. */
export function encodeRunEvent(event: RunEvent, scrub?: ScrubJson): string {
  return encodeChunks(toChunks(event), scrub);
}

export function encodeChunks(chunks: readonly object[], scrub: ScrubJson = (json) => json): string {
  return chunks.map((chunk) => `data: ${scrub(JSON.stringify(chunk))}\n\n`).join('');
}

export function toChunks(event: RunEvent): Chunk[] {
  switch (event.type) {
    case 'run-started': {
      const { runId, personaVersion, model, messageId } = event;
      return [{ type: 'start', messageId, messageMetadata: { runId, personaVersion, model, status: 'running' } }];
    }
    case 'step-started':
      return [{ type: 'start-step' }];
    case 'text-started':
      return [{ type: 'text-start', id: event.id }];
    case 'text-delta':
      return [{ type: 'text-delta', id: event.id, delta: event.delta }];
    case 'text-ended':
      return [{ type: 'text-end', id: event.id }];
    case 'call-requested':
      return [{ type: 'tool-input-available', toolCallId: event.callId, toolName: event.tool, input: event.input }];
    case 'call-finished':
      return callChunks(event);
    case 'call-waiting':
      return [{ type: 'tool-approval-request', approvalId: event.approvalId, toolCallId: event.callId }];
    case 'step-finished':
      return [{ type: 'finish-step' }];
    case 'run-waiting':
      return [{ type: 'finish', messageMetadata: waitingMetadata(event) }];
    case 'run-finished':
      return [{ type: 'finish', messageMetadata: endMetadata(event) }];
  }
}

function callChunks({ callId, result, marks }: RunEvent & { type: 'call-finished' }): Chunk[] {
  return [
    { type: 'message-metadata', messageMetadata: { calls: { [callId]: summarizeCall(result, marks) } } },
    result.ok
      ? { type: 'tool-output-available', toolCallId: callId, output: result.output }
      : { type: 'tool-output-error', toolCallId: callId, errorText: result.message },
  ];
}
