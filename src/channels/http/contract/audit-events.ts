import { z } from 'zod';
import { auditActions } from '#audit/audit-event.ts';
import { id, limit, listOf, time, timeInput } from './common.ts';

const filter = {
  personaId: id.optional(),
  actorId: id.optional(),
  tool: z.string().max(80).optional(),
  action: z.enum(auditActions).optional(),
  connectionId: id.optional(),
  conversationId: id.optional(),
  runId: id.optional(),
  from: timeInput.optional(),
  to: timeInput.optional(),
};

/** GET /api/v1/audit-events : newest first. Members see what they caused themselves. */
export const auditListQuery = z.strictObject({
  cursor: z.coerce.number('must be the nextCursor of the page before').int().positive().optional(),
  limit: limit.default(50),
  ...filter,
});

export const auditEventView = z
  .object({
    id: z.string(),
    seq: z.int(),
    at: time,
    action: z.enum(auditActions),
    actor: z.object({ kind: z.string(), id: z.string(), name: z.string().nullable() }),
    connectionId: z.string().nullable(),
    personaId: z.string().nullable(),
    personaVersion: z.string().nullable(),
    channel: z.string(),
    conversationId: z.string().nullable(),
    runId: z.string().nullable(),
    callId: z.string().nullable(),
    tool: z.string().nullable(),
    code: z.string().nullable(),
    durationMs: z.int().nullable(),
    credits: z.int(),
    hash: z.string(),
    previousHash: z.string(),
  })
  .meta({ id: 'AuditEvent' });
export const auditListView = listOf(auditEventView);
export type AuditEventView = z.output<typeof auditEventView>;
export type AuditListView = z.output<typeof auditListView>;

/** GET /api/v1/audit-events/:id. Where there is no body, `bodyProblem` says why. */
export const auditDetailView = z
  .object({
    event: auditEventView,
    body: z
      .object({
        prompt: z.string().optional(),
        arguments: z.unknown().optional(),
        response: z.unknown().optional(),
        error: z.string().optional(),
        /** What an event that is no tool call was about. */
        details: z.unknown().optional(),
      })
      .nullable(),
    bodyProblem: z.enum(['erased', 'unreadable']).nullable(),
  })
  .meta({ id: 'AuditDetail' });
export type AuditDetailView = z.output<typeof auditDetailView>;

/** GET /api/v1/audit-chain: walks the chain. */
export const auditChainView = z
  .discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), events: z.int(), head: z.string().nullable() }),
    z.object({ ok: z.literal(false), seq: z.int(), reason: z.string() }),
  ])
  .meta({ id: 'AuditChain' });
export type AuditChainView = z.output<typeof auditChainView>;

/** POST /api/v1/audit-exports: streams every row that fits, oldest first; the export is itself recorded. */
export const auditExportRequest = z.strictObject({ format: z.enum(['csv', 'jsonl']), ...filter });
