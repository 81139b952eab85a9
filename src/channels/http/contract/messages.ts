import { z } from 'zod';
import { runStatuses } from '#agent/run-events.ts';
import { id, time } from './common.ts';
import { maxMessageCharacters } from './conversations.ts';

/**
 * POST /api/v1/personas/:id/messages, with `Idempotency-Key` (1 to 200 printable characters) if it may be sent again:
 * the same key and request is the same run; the same key with another request is refused (IDEMPOTENCY_CONFLICT).
 */
export const sendMessageRequest = z.strictObject({
  text: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(maxMessageCharacters, `must have at most ${maxMessageCharacters} characters`),
  /** Left out begins a new conversation. */
  conversationId: id.optional(),
  /** True answers the UI message stream of the AI SDK instead of JSON. */
  stream: z.boolean().default(false),
  /** Seconds to wait for the end before the run is answered as it is then, to be polled; 0 answers at once. */
  wait: z.int().min(0).max(120).default(60),
});
export type SendMessageRequest = z.input<typeof sendMessageRequest>;

export const toolCallView = z.object({
  id: z.string(),
  tool: z.string(),
  input: z.unknown(),
  /** `requested` while it is under way, `waiting` while it waits for an approval. */
  state: z.enum(['requested', 'waiting', 'succeeded', 'denied', 'failed', 'outcome_unknown']),
  output: z.unknown(),
  /** Why it did not succeed, in plain words. */
  message: z.string().nullable(),
  approvalId: z.string().nullable(),
});

/** GET /api/v1/runs/:id ; also the answer to a message: 200 once it has ended, 202 while it runs or waits. */
export const runView = z
  .object({
    id: z.string(),
    conversationId: z.string(),
    personaId: z.string(),
    status: z.enum(runStatuses),
    /** All text of the answer so far. */
    text: z.string(),
    toolCalls: z.array(toolCallView),
    /** Approvals it waits for; empty otherwise. */
    waitingFor: z.array(z.string()),
    /** Why it ended otherwise than with a full answer, in plain words. */
    notice: z.string().nullable(),
    usage: z.object({ inputTokens: z.int(), outputTokens: z.int() }),
    startedAt: time,
    endedAt: time.nullable(),
  })
  .meta({ id: 'Run' });
export type RunView = z.output<typeof runView>;
