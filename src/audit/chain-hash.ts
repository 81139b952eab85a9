import { createHmac, type KeyObject } from 'node:crypto';
import type { AuditEvent } from './audit-event.ts';
import { canonicalJson } from './canonical-json.ts';

/** What stands where the hash of a row before the first would. */
export const genesisHash = '0'.repeat(64);

/** The hash of a row: of everything it says, and through the row before it of everything that was ever said. */
export function chainHash(key: KeyObject, event: Omit<AuditEvent, 'hash'>): string {
  const { previousHash } = event;
  const said = canonicalJson({
    id: event.id,
    seq: event.seq,
    at: event.at,
    organizationId: event.organizationId,
    action: event.action,
    actorKind: event.actorKind,
    actorId: event.actorId,
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
    bodyHash: event.bodyHash,
  });
  return hmac(key, previousHash + said);
}

/** Salted, so that once body and salt are erased nobody can try out what the body was. */
export function bodyHash(key: KeyObject, salt: string, body: string): string {
  return hmac(key, salt + body);
}

function hmac(key: KeyObject, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}
