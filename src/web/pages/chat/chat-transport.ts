import { DefaultChatTransport } from 'ai';
import type { ChatMessage, ChatRequest } from '#channels/http/contract/conversations.ts';
import { fetchOrProblem } from '../../api-client.ts';

/** Sends the last message and nothing else: the service keeps the history and decides what is in it. */
export function createChatTransport(personaId: string): DefaultChatTransport<ChatMessage> {
  return new DefaultChatTransport<ChatMessage>({
    api: '/api/chat',
    fetch: fetchOrProblem,
    prepareSendMessagesRequest: ({ id, messages }) => {
      const last = messages.at(-1);
      if (last === undefined) throw new Error('There is no message to send.');
      const body: ChatRequest = {
        id,
        personaId,
        message: { id: last.id, role: 'user', parts: [{ type: 'text', text: textOf(last) }] },
      };
      return { body };
    },
  });
}

/** The words of a message without its tool calls. */
export function textOf(message: ChatMessage): string {
  return message.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');
}
