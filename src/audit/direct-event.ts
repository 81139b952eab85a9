import type { Actor } from '#auth/actor.ts';
import type { DirectAction, NewAuditEvent } from './audit-event.ts';

export interface DirectEvent {
  readonly actor: Pick<Actor, 'kind' | 'id' | 'organizationId' | 'apiKey'>;
  readonly action: DirectAction;
  /** Where it was done, if neither on the pages nor with an API key. */
  readonly channel?: string;
  readonly connectionId?: string;
  readonly personaId?: string;
  readonly personaVersion?: string;
  /** Why it was refused; nothing when it was done. */
  readonly code?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The row for something that a person or a caller did directly, outside of any run. */
export function directEvent({ actor, action, details = {}, ...about }: DirectEvent): NewAuditEvent {
  const via = actor.apiKey === null ? {} : { apiKey: actor.apiKey };
  return {
    organizationId: actor.organizationId,
    action,
    actorKind: actor.kind,
    actorId: actor.id,
    connectionId: about.connectionId ?? null,
    personaId: about.personaId ?? null,
    personaVersion: about.personaVersion ?? null,
    channel: about.channel ?? (actor.apiKey === null ? 'web' : 'api'),
    conversationId: null,
    runId: null,
    callId: null,
    tool: null,
    code: about.code ?? null,
    durationMs: null,
    credits: 0,
    body: { details: { ...details, ...via } },
  };
}
