import { randomUUID } from 'node:crypto';
import type { UIMessageChunk } from 'ai';
import type { MessageMetadata } from '#channels/http/contract/conversations.ts';
import type { HttpClient } from './http-client.ts';

export type Chunk = UIMessageChunk<MessageMetadata>;

export interface Answer {
  readonly conversationId: string;
  readonly chunks: readonly Chunk[];
  readonly text: string;
  /** The metadata of the message, all its chunks merged. */
  readonly metadata: MessageMetadata;
  readonly calls: readonly AnsweredCall[];
  /** True when the stream ended with its proper last line. */
  readonly complete: boolean;
}

export interface AnsweredCall {
  readonly callId: string;
  readonly tool: string;
  readonly input: unknown;
  readonly output: unknown;
  readonly errorText: string | null;
  readonly code: string | null;
}

export interface ChatMessageOptions {
  readonly conversationId?: string;
  readonly personaId?: string;
  readonly messageId?: string;
}

export function chatBody(text: string, options: ChatMessageOptions = {}) {
  return {
    id: options.conversationId ?? randomUUID(),
    ...(options.personaId === undefined ? {} : { personaId: options.personaId }),
    message: { id: options.messageId ?? randomUUID(), role: 'user', parts: [{ type: 'text', text }] },
  };
}

/** Sends one message the way the page does and reads the whole answer. */
export async function chat(
  app: Pick<HttpClient, 'post'>,
  text: string,
  options: ChatMessageOptions = {},
): Promise<Answer> {
  const body = chatBody(text, options);
  const response = await app.post('/api/chat', body);
  if (response.status !== 200) throw new Error(`chat answered ${response.status}: ${await response.text()}`);
  return readAnswer(response, body.id);
}

export async function readAnswer(response: Response, conversationId: string): Promise<Answer> {
  const lines = (await response.text()).split('\n\n').filter((line) => line.startsWith('data: '));
  const complete = lines.at(-1) === 'data: [DONE]';
  const chunks = lines.filter((line) => line !== 'data: [DONE]').map((line) => JSON.parse(line.slice(6)) as Chunk);
  return summarize(chunks, { conversationId, complete });
}

function summarize(chunks: readonly Chunk[], rest: { conversationId: string; complete: boolean }): Answer {
  const metadata = mergeMetadata(chunks);
  const calls = chunks.flatMap((chunk) => {
    if (chunk.type !== 'tool-input-available') return [];
    const end = chunks.find(
      (other) => other.type.startsWith('tool-output') && 'toolCallId' in other && other.toolCallId === chunk.toolCallId,
    );
    return [
      {
        callId: chunk.toolCallId,
        tool: chunk.toolName,
        input: chunk.input,
        output: end?.type === 'tool-output-available' ? end.output : null,
        errorText: end?.type === 'tool-output-error' ? end.errorText : null,
        code: metadata.calls?.[chunk.toolCallId]?.code ?? null,
      },
    ];
  });
  const text = chunks.map((chunk) => (chunk.type === 'text-delta' ? chunk.delta : '')).join('');
  return { ...rest, chunks, text, metadata, calls };
}

function mergeMetadata(chunks: readonly Chunk[]): MessageMetadata {
  let all: MessageMetadata = {};
  for (const chunk of chunks) {
    const next = 'messageMetadata' in chunk ? chunk.messageMetadata : undefined;
    if (next !== undefined) all = { ...all, ...next, calls: { ...all.calls, ...next.calls } };
  }
  return all;
}
