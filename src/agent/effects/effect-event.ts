import type { AuditAction, AuditBody, NewAuditEvent } from '#audit/audit-event.ts';
import type { Effect } from './effect.ts';
import type { NewEffect } from './effect-store.ts';

export interface EffectNews {
  readonly action: AuditAction;
  readonly code?: string | null;
  readonly durationMs?: number;
  readonly body: AuditBody;
}

/** The row about a call or an undo, on behalf of whoever began it. */
export function effectEvent(effect: Effect | NewEffect, { action, code, durationMs, body }: EffectNews): NewAuditEvent {
  const undoes = effect.undoes === null ? {} : { details: { undoes: effect.undoes } };
  return {
    organizationId: effect.organizationId,
    action,
    actorKind: effect.actorKind,
    actorId: effect.actorId,
    connectionId: effect.connectionId,
    personaId: effect.personaId,
    personaVersion: effect.personaVersion,
    channel: effect.channel,
    conversationId: effect.conversationId,
    runId: effect.runId,
    callId: effect.id,
    tool: effect.tool,
    code: code ?? null,
    durationMs: durationMs ?? null,
    credits: 0,
    body: { arguments: effect.arguments, ...undoes, ...body },
  };
}
