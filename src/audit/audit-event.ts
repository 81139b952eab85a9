import type { Actor } from '#auth/actor.ts';

/**
 * What happens to a tool call. `planned` comes before a change is looked up, `tried` ends one that a trial does not send, `intended` before a call is sent; the others
 * close it, and `reconciled` tells how an unknown outcome ended. The `undo` rows are the same life of a taking back.
 */
export const toolActions = [
  'tool.planned',
  'tool.tried',
  'approval.requested',
  'tool.intended',
  'tool.succeeded',
  'tool.failed',
  'tool.denied',
  'tool.outcome_unknown',
  'tool.reconciled',
  'undo.intended',
  'undo.succeeded',
  'undo.failed',
  'undo.outcome_unknown',
  'undo.reconciled',
] as const;

/** What people and callers do themselves. */
export const directActions = [
  'session.signed_in',
  'session.refused',
  'session.signed_out',
  'account.created',
  'account.password_changed',
  'organization.created',
  'organization.renamed',
  'organization.deleted',
  'member.invited',
  'member.invitation_withdrawn',
  'member.joined',
  'member.role_changed',
  'member.removed',
  'api_key.created',
  'api_key.revoked',
  'connection.created',
  'connection.changed',
  'connection.key_replaced',
  'connection.reconnected',
  'connection.needs_reconnect',
  'connection.revoked',
  'persona.created',
  'persona.changed',
  'persona.archived',
  'persona.restored',
  'approval.approved',
  'approval.denied',
  'approval.edited',
  'approval.expired',
  'approval.withdrawn',
  'approval.fell',
  'widget.created',
  'widget.changed',
  'widget.deleted',
  'widget.key_created',
  'widget.key_revoked',
  'visitor.linked',
  'visitor.unlinked',
  'slack.persona_chosen',
  'job.created',
  'job.changed',
  'job.paused',
  'job.resumed',
  'job.deleted',
  'job.started',
  'job.ended',
  'job.hook_secret_made',
  'mandate.given',
  'mandate.used',
  'mandate.ended',
  'delivery.sent',
  'delivery.failed',
  'discovered_tool.approved',
  'discovered_tool.withdrawn',
  'answer.rated',
  'audit.exported',
] as const;

/** Everything that is recorded. */
export const auditActions = [...toolActions, ...directActions] as const;
export type DirectAction = (typeof directActions)[number];
export type AuditAction = (typeof auditActions)[number];

/** What is hashed into the chain as it stands. */
export interface AuditFacts {
  readonly organizationId: string;
  readonly action: AuditAction;
  readonly actorKind: Actor['kind'];
  readonly actorId: string;
  /** The connection the call acts as; null when the call never got as far as one. */
  readonly connectionId: string | null;
  readonly personaId: string | null;
  readonly personaVersion: string | null;
  readonly channel: string;
  readonly conversationId: string | null;
  readonly runId: string | null;
  /** Joins the intent of a call with its outcome. */
  readonly callId: string | null;
  readonly tool: string | null;
  /** Denial or upstream code; null when nothing went wrong. */
  readonly code: string | null;
  /** Milliseconds from intent to outcome; null on intents and denials. */
  readonly durationMs: number | null;
  readonly credits: number;
}

/** A person's content: stored apart, so that erasing it leaves the chain provable. */
export interface AuditBody {
  readonly prompt?: string;
  readonly arguments?: unknown;
  readonly response?: unknown;
  readonly error?: string;
  /** What a direct action was about: names, roles, what changed. Never a secret. */
  readonly details?: unknown;
}

export interface NewAuditEvent extends AuditFacts {
  readonly body: AuditBody;
}

/** One row of the chain. `seq` counts from 1 within an organization; hashes are lower-case hex. */
export interface AuditEvent extends AuditFacts {
  readonly id: string;
  readonly seq: number;
  readonly at: Date;
  readonly bodyHash: string;
  readonly previousHash: string;
  readonly hash: string;
}

/** Conditions are joined by AND; dates are inclusive at `from` and exclusive at `to`. */
export interface AuditFilter {
  readonly personaId?: string;
  readonly actorId?: string;
  readonly tool?: string;
  readonly action?: AuditAction;
  readonly connectionId?: string;
  readonly conversationId?: string;
  readonly runId?: string;
  readonly from?: Date;
  readonly to?: Date;
}

export interface AuditPage {
  /** Newest first. */
  readonly items: readonly AuditEvent[];
  /** The `before` of the next page; null on the last one. */
  readonly nextBefore: number | null;
}

export type ChainVerdict =
  | { readonly ok: true; readonly events: number; readonly head: string | null }
  | { readonly ok: false; readonly seq: number; readonly id: string | null; readonly reason: string };

/** `unreadable`: what is stored was altered, or the key of the organization's bodies is gone. */
export type BodyProblem = 'erased' | 'unreadable';

export interface AuditFinding {
  readonly event: AuditEvent;
  readonly body: AuditBody | null;
  /** Why there is no body; null when there is one. */
  readonly bodyProblem: BodyProblem | null;
}

export interface AuditReading {
  readonly organizationId: string;
  readonly filter?: AuditFilter;
  readonly after: number;
  readonly before: number;
  readonly limit: number;
}

/** `stored` survives the end of the process by any means, `durable` also a loss of power. */
export type AuditDurability = 'stored' | 'durable';

export interface AuditLog {
  /** Resolves only once the row is in the chain as asked for, `durable` when nothing is said; callers must await it. */
  append(event: NewAuditEvent, until?: AuditDurability): Promise<AuditEvent>;
  list(query: { organizationId: string; filter?: AuditFilter; before?: number; limit: number }): Promise<AuditPage>;
  /** The event with its body, or null when the organization has no such event. */
  find(organizationId: string, id: string): Promise<AuditFinding | null>;
  /** The next events that fit, oldest first, with their bodies: after the seq `after` (0 at first), before `before`. */
  read(query: AuditReading): Promise<readonly AuditFinding[]>;
  /** Walks the whole chain and stops at the first row that does not hold. */
  verify(organizationId: string): Promise<ChainVerdict>;
}
