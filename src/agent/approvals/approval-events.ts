import type { DirectAction, NewAuditEvent } from '#audit/audit-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { Question } from './approval.ts';
import { approvalFacts } from './approval-facts.ts';
import { summaryOf } from './describe-question.ts';
import type { ApprovalState } from './stored-approvals.ts';

/** Who did something to an approval. */
export type Doer = Pick<Actor, 'kind' | 'id'>;

/** On whose behalf the service ends approvals by itself. */
export const service: Doer = { kind: 'schedule', id: 'service' };

export interface WhatBecame {
  readonly action: Extract<DirectAction, `approval.${string}`>;
  readonly approval: ApprovalState;
  /** Null where it cannot be read any more. */
  readonly question: Question | null;
  readonly by: Doer;
  /** Where a person did it; the pages where left out. */
  readonly channel?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The row for what became of an approval: beside the call it is about, with what was asked. */
export function approvalEvent({ action, approval, question, by, ...what }: WhatBecame): NewAuditEvent {
  const { channel = 'web', details = {} } = what;
  const { id, hash, requesterId } = approval;
  const asked = question === null ? {} : { kind: question.kind, summary: summaryOf(question) };
  return {
    ...approvalFacts(action, { ...approval, question: { tool: question?.tool ?? null } }, by),
    // Where it was decided, which is not always where it was asked.
    channel: by.kind === 'user' ? channel : approval.channel,
    body: {
      ...(question === null || question.kind === 'budget' ? {} : { arguments: question.arguments }),
      details: { approval: id, hash, requesterId, ...asked, ...details },
    },
  };
}
