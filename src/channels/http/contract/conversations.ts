import type { UIMessage } from 'ai';
import { z } from 'zod';
import type { RunStatus as StoredStatus } from '#agent/run-events.ts';
import type { CallSummary as StoredCallSummary, StoredMetadata } from '#agent/stored-message.ts';
import { chosenConversationId, id, listOf, time } from './common.ts';

export const maxMessageCharacters = 16_000;

const messageText = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(maxMessageCharacters, `must have at most ${maxMessageCharacters} characters`);

/** POST /api/chat. The id is the conversation's, chosen by the client; the first message also names the persona. */
export const chatRequest = z.strictObject({
  id: chosenConversationId,
  personaId: id.optional(),
  message: z.strictObject({
    id,
    role: z.literal('user'),
    parts: z.array(z.strictObject({ type: z.literal('text'), text: messageText })).length(1),
  }),
});
export type ChatRequest = z.output<typeof chatRequest>;

export type RunStatus = StoredStatus;
/** How one tool call went; the message's metadata has one for each tool call id. */
export type CallSummary = StoredCallSummary;
export type MessageMetadata = StoredMetadata;
/** A file that came with a message; where only its name is told, there is no text. */
export interface AttachmentView {
  readonly name: string;
  readonly text?: string;
}
export type ChatMessage = UIMessage<MessageMetadata, { attachment: AttachmentView }>;

export const conversationView = z
  .object({
    id: z.string(),
    personaId: z.string(),
    title: z.string(),
    running: z.boolean(),
    /** Whether its answer waits for a person: it goes on once all of its approvals are decided, or it is stopped. */
    waiting: z.boolean(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Conversation' });
export type ConversationView = z.output<typeof conversationView>;

/** GET /api/v1/conversations : newest activity first. */
export const conversationListView = listOf(conversationView);
export type ConversationListView = z.output<typeof conversationListView>;

/**
 * GET /api/v1/conversations/:id. While `running`, the answer being written is left out of `messages`:
 * GET /api/chat/:id/stream sends it from its beginning.
 */
export const conversationDetailView = z
  .object({
    conversation: conversationView,
    messages: z.array(
      z.custom<ChatMessage>().meta({
        override: { type: 'object', description: 'A UI message of the AI SDK.', additionalProperties: true },
      }),
    ),
  })
  .meta({ id: 'ConversationDetail' });
export type ConversationDetailView = z.output<typeof conversationDetailView>;

/** POST /api/chat/:id/stop answers whether a run was there to be stopped. */
export const stopView = z.object({ stopped: z.boolean() }).meta({ id: 'Stopped' });
export type StopView = z.output<typeof stopView>;

/** GET /api/v1/status. The pages label every stand-in. */
const standIn = z.object({ replacedBy: z.string() }).nullable();
export const statusView = z
  .object({
    defaultModel: z.string(),
    /** Null when a real one is there; else what replaces it. */
    standIns: z.object({ ninox: standIn, model: standIn }),
  })
  .meta({ id: 'Status' });
export type StatusView = z.output<typeof statusView>;
