import type { Actor } from '#auth/actor.ts';
import { may } from '#auth/permissions.ts';
import type { Approval } from './approval.ts';

/** What the rules look at. */
export type Decidable = Pick<
  Approval,
  'organizationId' | 'requesterId' | 'editorId' | 'approvers' | 'fourEyes' | 'managersOnly'
>;

export type Verdict = { readonly ok: true } | { readonly ok: false; readonly because: string };

const refuse = (because: string): Verdict => ({ ok: false, because });

/**
 * Whether the actor may decide, going by the rules alone: not whether anything is left to decide. `because` is one or two
 * sentences for the person who may not.
 */
export function mayDecide(approval: Decidable, actor: Actor): Verdict {
  const { approvers, fourEyes, managersOnly, requesterId, editorId } = approval;
  if (actor.organizationId !== approval.organizationId) return refuse('This belongs to another organization.');
  if (actor.kind !== 'user' || actor.apiKey !== null) {
    return refuse('Only a person who is signed in decides; an API key cannot.');
  }
  if (!may(actor, 'approvals:decide')) return refuse(`Your role here, ${actor.role}, does not decide on approvals.`);
  const isManager = may(actor, 'approvals:manage');
  if (managersOnly && !isManager) return refuse('Only owners and admins decide on this limit.');
  if (approvers !== null && !approvers.includes(actor.id)) {
    return refuse('Only the people who are named for this tool decide on it.');
  }
  if (fourEyes && actor.id === requesterId) {
    return refuse('This was asked on your behalf, and somebody else has to decide on it.');
  }
  if (fourEyes && actor.id === editorId) {
    return refuse('You have changed what is asked, and somebody else has to decide on it.');
  }
  if (approvers !== null || isManager || actor.id === requesterId) return { ok: true };
  return refuse('Only the person on whose behalf it is asked, owners and admins decide on it.');
}

/** Whether the actor may see it at all; what they may not is answered as if it were not there. */
export function maySee(
  approval: Pick<Approval, 'organizationId' | 'requesterId' | 'approvers'>,
  actor: Actor,
): boolean {
  if (actor.organizationId !== approval.organizationId) return false;
  if (seesAll(actor) || approval.requesterId === actor.id) return true;
  return approval.approvers?.includes(actor.id) === true;
}

export function seesAll(actor: Actor): boolean {
  return may(actor, 'approvals:manage') || may(actor, 'audit:read');
}
