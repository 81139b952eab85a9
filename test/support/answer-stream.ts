import { type Answer, type ChatMessageOptions, chatBody, readAnswer } from './chat.ts';
import type { HttpClient } from './http-client.ts';

/** An answer while it comes in. */
export interface AnswerStream {
  readonly conversationId: string;
  /** Reads on until this has come; rejects when the answer ends without. */
  until(part: string): Promise<void>;
  /** Reads on to the end; rejects when the connection breaks. */
  whole(): Promise<Answer>;
}

/** Sends one message and reads no more of its answer than it is asked to. */
export async function openAnswer(
  service: Pick<HttpClient, 'post'>,
  text: string,
  options: ChatMessageOptions = {},
): Promise<AnswerStream> {
  const body = chatBody(text, options);
  const response = await service.post('/api/chat', body);
  if (response.status !== 200 || response.body === null) throw new Error(`chat answered ${response.status}`);
  const chunks = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let read = '';
  const readMore = async () => {
    const { done, value } = await chunks.read();
    read += value ?? '';
    return !done;
  };
  return {
    conversationId: body.id,
    async until(part) {
      while (!read.includes(part)) {
        if (!(await readMore())) throw new Error(`The answer ended without “${part}”:\n${read}`);
      }
    },
    async whole() {
      while (await readMore());
      return readAnswer(new Response(read), body.id);
    },
  };
}
