import type { AuditAction, AuditFacts } from '#audit/audit-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { Question } from './approval.ts';
import type { NewApproval } from './approval-store.ts';

/** The facts of an audit row about an approval; `actor` is who does what the action says. */
export function approvalFacts(
  action: AuditAction,
  approval: Omit<NewApproval, 'question'> & { readonly question: Pick<Question, 'tool'> },
  actor: Pick<Actor, 'kind' | 'id'>,
): AuditFacts {
  const { organizationId, personaId, personaVersion, channel, conversationId, runId, callId, question } = approval;
  return {
    organizationId,
    action,
    actorKind: actor.kind,
    actorId: actor.id,
    connectionId: approval.connectionId,
    personaId,
    personaVersion,
    channel,
    conversationId,
    runId,
    callId,
    tool: question.tool,
    code: null,
    durationMs: null,
    credits: 0,
  };
}
