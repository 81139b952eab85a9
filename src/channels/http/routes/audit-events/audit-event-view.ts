import type { AuditEvent } from '#audit/audit-event.ts';
import type { AuditEventView } from '../../contract/audit-events.ts';

/** Names of people by their id; one who is not in it, or is none, stays nameless. */
export interface ActorNaming {
  namesOf(organizationId: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** The events as they leave the service, each with the name of whoever caused it. */
export async function presentAuditEvents(
  naming: ActorNaming,
  organizationId: string,
  events: readonly AuditEvent[],
): Promise<AuditEventView[]> {
  const ids = new Set(events.map((event) => event.actorId));
  const names = await naming.namesOf(organizationId, [...ids]);
  return events.map((event) => present(event, names.get(event.actorId) ?? null));
}

function present(event: AuditEvent, name: string | null): AuditEventView {
  return {
    id: event.id,
    seq: event.seq,
    at: event.at.toISOString(),
    action: event.action,
    actor: { kind: event.actorKind, id: event.actorId, name },
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
