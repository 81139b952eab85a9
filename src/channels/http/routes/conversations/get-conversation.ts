import type { StoredMessage } from '#agent/stored-message.ts';
import type { Actor } from '#auth/actor.ts';
import { AppError } from '#errors';
import { idPath } from '../../contract/common.ts';
import { type ChatMessage, conversationDetailView } from '../../contract/conversations.ts';
import { defineRoute, type Route } from '../../route.ts';
import { type ConversationRow, isRunning, presentConversation } from './conversation-view.ts';

export interface ConversationReader {
  find(actor: Actor, id: string): Promise<ConversationRow | null>;
  messages(organizationId: string, id: string): Promise<readonly StoredMessage[]>;
}

/** GET /api/v1/conversations/:id */
export function createGetConversation(deps: { conversations: ConversationReader }): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/conversations/:id',
    tag: 'Conversations',
    summary: 'One conversation with its messages',
    access: 'chat',
    params: idPath,
    answer: conversationDetailView,
    async handle({ actor, params: { id } }) {
      const row = await requireConversation(deps.conversations, actor, id);
      const messages = await deps.conversations.messages(actor.organizationId, id);
      return {
        conversation: presentConversation(row),
        messages: messages.filter((message) => !isBeingWritten(message, row)).map(presentMessage),
      };
    },
  });
}

/** Throws AppError NOT_FOUND for a conversation that is not there or not the actor's. */
export async function requireConversation(
  conversations: Pick<ConversationReader, 'find'>,
  actor: Actor,
  id: string,
): Promise<ConversationRow> {
  const row = await conversations.find(actor, id);
  if (row === null) throw new AppError('NOT_FOUND', 'There is no such conversation.');
  return row;
}

/** The running answer is left out: the resumed stream tells it from its beginning. One that waits is not streamed. */
export function isBeingWritten(message: StoredMessage, row: ConversationRow): boolean {
  return isRunning(row) && message.metadata?.runId === row.activeRunId;
}

export function presentMessage(message: StoredMessage): ChatMessage {
  const { id, role, parts, metadata } = message;
  return { id, role, parts: [...parts] as ChatMessage['parts'], ...(metadata === null ? {} : { metadata }) };
}
