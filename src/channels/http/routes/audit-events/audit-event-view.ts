import type { AuditEvent } from '#audit/audit-event.ts';
import type { AuditEventView } from '../../contract.ts';

export function presentAuditEvent(event: AuditEvent): AuditEventView {
  return {
    id: event.id,
    seq: event.seq,
    at: event.at.toISOString(),
    action: event.action,
    actor: { kind: event.actorKind, id: event.actorId },
    connectionId: event.connectionId,
    personaId: event.personaId,
    personaVersion: event.personaVersion,
    channel: event.channel,
    conversationId: event.conversationId,
    runId: event.runId,
    callId: event.callId,
    tool: event.tool,
    code: event.code,
    durationMs: event.durationMs,
    credits: event.credits,
    hash: event.hash,
    previousHash: event.previousHash,
  };
}
