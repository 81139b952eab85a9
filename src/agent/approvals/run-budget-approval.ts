import { randomUUID } from 'node:crypto';
import { defaultApprovalRule } from '#personas/persona-schema.ts';
import type { ReachedBudget } from '../run-budgets.ts';
import type { RunIdentity } from '../run-identity.ts';
import { hashQuestion, type Question } from './approval.ts';
import type { NewApproval } from './approval-store.ts';

/** Asks whoever the run works for whether it may go on beyond a budget. */
export function runBudgetApproval(identity: RunIdentity, reached: ReachedBudget, now: Date): NewApproval {
  const { actor, persona } = identity;
  const question: Question = { kind: 'budget', tool: null, title: null, plan: null, ...reached };
  return {
    id: randomUUID(),
    organizationId: actor.organizationId,
    conversationId: identity.conversationId,
    runId: identity.runId,
    callId: null,
    personaId: persona.id,
    personaVersion: persona.version,
    channel: identity.channel,
    connectionId: null,
    requesterId: actor.id,
    editorId: null,
    question,
    hash: hashQuestion(question),
    approvers: null,
    fourEyes: false,
    managersOnly: false,
    expiresAt: new Date(now.getTime() + defaultApprovalRule.hours * 3_600_000),
  };
}
