import type { UIMessage } from 'ai';
import { z } from 'zod';
import type { RunStatus as StoredStatus } from '#agent/run-events.ts';
import type { CallSummary as StoredCallSummary, StoredMetadata } from '#agent/stored-message.ts';
import { type AuditAction, auditActions } from '#audit/audit-event.ts';

/*
 * What goes over the wire between our pages and the service. Times are ISO 8601 in UTC.
 * Errors are `application/problem+json`: { type, title, status, code, detail }.
 */

const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, hyphens or underscores');
export const maxMessageCharacters = 16_000;

const messageText = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(maxMessageCharacters, `must have at most ${maxMessageCharacters} characters`);

/** POST /api/chat. The id is the conversation's, chosen by the client; the first message also names the persona. */
export const chatRequest = z.strictObject({
  id,
  personaId: id.optional(),
  message: z.strictObject({
    id,
    role: z.literal('user'),
    parts: z.array(z.strictObject({ type: z.literal('text'), text: messageText })).length(1),
  }),
});
export type ChatRequest = z.output<typeof chatRequest>;

/** The path of everything that belongs to one conversation. */
export const conversationPath = z.object({ id });

const limitRange = 'must be a whole number from 1 to 100';
const limit = z.coerce.number(limitRange).int(limitRange).min(1, limitRange).max(100, limitRange);
const cursor = z.string().max(200, 'must be the nextCursor of the page before');
const time = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-01-31T08:00:00Z' });
/** A list query: `limit` rows after the place that `cursor` (from the last page's `nextCursor`) names. */
export const listQuery = z.strictObject({ cursor: cursor.optional(), limit: limit.default(30) });

export const auditListQuery = z.strictObject({
  cursor: z.coerce.number('must be the nextCursor of the page before').int().positive().optional(),
  limit: limit.default(50),
  personaId: id.optional(),
  actorId: id.optional(),
  tool: z.string().max(80).optional(),
  action: z.enum(auditActions).optional(),
  conversationId: id.optional(),
  runId: id.optional(),
  from: time.optional(),
  to: time.optional(),
});
export const auditEventPath = z.object({ id });

export type RunStatus = StoredStatus;
/** How one tool call went; the message's metadata has one for each tool call id. */
export type CallSummary = StoredCallSummary;
export type MessageMetadata = StoredMetadata;
export type ChatMessage = UIMessage<MessageMetadata>;

export interface ToolView {
  readonly name: string;
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly integration: string;
  readonly scope: string;
  readonly effect: 'read' | 'destructive';
  readonly approval: 'auto' | 'ask' | 'deny';
}

export interface PersonaView {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly model: string;
  readonly version: string;
  readonly scopes: readonly string[];
  readonly limits: {
    readonly teams?: readonly string[];
    readonly databases?: readonly string[];
    readonly tables?: readonly string[];
  };
  readonly tools: readonly ToolView[];
  readonly budget: { readonly steps: number; readonly calls: number; readonly seconds: number };
  readonly starters: readonly string[];
  readonly file: string;
  /** Set while the file is broken and its last good version is in use, or while its model cannot be reached. */
  readonly problem: string | null;
}

/** GET /api/v1/personas. `problems` are files that never had a good version. */
export interface PersonaListView {
  readonly items: readonly PersonaView[];
  readonly problems: readonly { readonly file: string; readonly problem: string }[];
}

export interface ConversationView {
  readonly id: string;
  readonly personaId: string;
  readonly title: string;
  readonly running: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** GET /api/v1/conversations?cursor=&limit= : newest activity first. */
export interface ConversationListView {
  readonly items: readonly ConversationView[];
  readonly nextCursor: string | null;
}

/**
 * GET /api/v1/conversations/:id. While `running`, the answer being written is left out of `messages`:
 * GET /api/chat/:id/stream sends it from its beginning.
 */
export interface ConversationDetailView {
  readonly conversation: ConversationView;
  readonly messages: readonly ChatMessage[];
}

export interface AuditEventView {
  readonly id: string;
  readonly seq: number;
  readonly at: string;
  readonly action: AuditAction;
  readonly actor: { readonly kind: string; readonly id: string };
  readonly connectionId: string | null;
  readonly personaId: string;
  readonly personaVersion: string;
  readonly channel: string;
  readonly conversationId: string;
  readonly runId: string;
  readonly callId: string;
  readonly tool: string;
  readonly code: string | null;
  readonly durationMs: number | null;
  readonly credits: number;
  readonly hash: string;
  readonly previousHash: string;
}

/** GET /api/v1/audit-events?cursor=&limit=&personaId=&tool=&action=&conversationId=&from=&to= : newest first. */
export interface AuditListView {
  readonly items: readonly AuditEventView[];
  readonly nextCursor: string | null;
}

/** GET /api/v1/audit-events/:id. A null body was erased. */
export interface AuditDetailView {
  readonly event: AuditEventView;
  readonly body: {
    readonly prompt?: string;
    readonly arguments?: unknown;
    readonly response?: unknown;
    readonly error?: string;
  } | null;
}

/** GET /api/v1/audit-chain: walks the chain. */
export type AuditChainView =
  | { readonly ok: true; readonly events: number; readonly head: string | null }
  | { readonly ok: false; readonly seq: number; readonly reason: string };

/** GET /api/v1/status. The pages label every stand-in. */
export interface StatusView {
  readonly defaultModel: string;
  readonly standIns: {
    /** Null when a real one is connected; else the variable that replaces it. */
    readonly ninox: { readonly replacedBy: string } | null;
    readonly model: { readonly replacedBy: string } | null;
  };
  readonly ninoxBaseUrl: string;
}

/** POST /api/chat/:id/stop answers whether a run was there to be stopped. */
export interface StopView {
  readonly stopped: boolean;
}

export interface ProblemView {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}
