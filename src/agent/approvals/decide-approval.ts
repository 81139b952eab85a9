import type { AuditLog } from '#audit/audit-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { CurrentActors } from '#auth/current-actor.ts';
import type { Database } from '#db/database.ts';
import { AppError } from '#errors';
import { type Approval, hashQuestion } from './approval.ts';
import { approvalEvent } from './approval-events.ts';
import type { ApprovalDecision, ApprovalStore } from './approval-store.ts';
import type { FollowUps } from './follow-up.ts';
import { mayDecide, maySee } from './may-decide.ts';

export interface DecidingDeps {
  readonly store: ApprovalStore;
  readonly db: Pick<Database, 'transaction' | 'durable'>;
  readonly audit: Pick<AuditLog, 'append'>;
  /** People as they are now, whatever they held when they signed in. */
  readonly actors: CurrentActors;
  readonly namesOf: (organizationId: string, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  readonly followUps: FollowUps;
  readonly clock: () => Date;
}

export interface DecisionRequest {
  readonly decision: 'approve' | 'deny';
  /** The hash the person saw. */
  readonly hash: string;
  readonly reason: string | null;
  /** For a budget: how many more; null for all that is offered. */
  readonly more: number | null;
  /** Where it is decided; the pages where left out. */
  readonly channel?: string;
}

/** The decision of one person, once and for good. To send the same one twice changes nothing. */
export async function decideApproval(
  deps: DecidingDeps,
  by: Actor,
  { id, ...request }: DecisionRequest & { readonly id: string },
): Promise<Approval> {
  const { approval, actor } = await requireDecidable(deps, by, id);
  const decision = decisionOf(approval, actor, request);
  if (decision.status === 'approved' && hashQuestion(approval.question) !== approval.hash) {
    throw new AppError('APPROVAL_INVALID', 'What was asked cannot be read any more. Deny it, and ask again.');
  }
  if (await commit(deps, { approval, actor, decision, channel: request.channel })) {
    const decided = await requireFound(deps.store, approval);
    deps.followUps.changed(approval.organizationId);
    if (approval.question.kind !== 'undo') deps.followUps.resume(approval.organizationId, approval.runId);
    else if (decision.status === 'approved') deps.followUps.undo(decided);
    return decided;
  }
  const latest = await requireFound(deps.store, approval);
  if (isSame(latest, decision)) return latest;
  throw new AppError('APPROVAL_INVALID', await whyNot(deps, latest, request.hash));
}

/** Throws AppError NOT_FOUND for what the actor may not see, FORBIDDEN for what they may not decide. */
export async function requireDecidable(
  deps: DecidingDeps,
  by: Actor,
  id: string,
): Promise<{ approval: Approval; actor: Actor }> {
  const [actor, approval] = await Promise.all([deps.actors.current(by), deps.store.find(by.organizationId, id)]);
  if (actor === null || approval === null || !maySee(approval, actor)) throw noSuchApproval();
  const verdict = mayDecide(approval, actor);
  if (!verdict.ok) throw new AppError('FORBIDDEN', verdict.because);
  return { approval, actor };
}

export function noSuchApproval(): AppError {
  return new AppError('NOT_FOUND', 'There is no such approval.');
}

async function requireFound(store: ApprovalStore, { organizationId, id }: Approval): Promise<Approval> {
  const found = await store.find(organizationId, id);
  if (found === null) throw noSuchApproval();
  return found;
}

function decisionOf({ organizationId, id, question }: Approval, actor: Actor, request: Omit<DecisionRequest, 'id'>) {
  const status = request.decision === 'approve' ? 'approved' : 'denied';
  const decision = { organizationId, id, hash: request.hash, status, by: actor.id, reason: request.reason } as const;
  return { ...decision, more: status === 'approved' ? moreOf(question, request.more) : null };
}

function moreOf(question: Approval['question'], asked: number | null): number | null {
  if (question.kind !== 'budget') {
    if (asked === null) return null;
    throw new AppError('INPUT_INVALID', 'more: is for limits only; leave it out.');
  }
  if (asked === null || asked <= question.more) return asked ?? question.more;
  throw new AppError('INPUT_INVALID', `more: must be at most ${question.more}, which is what was asked for.`);
}

interface Deciding {
  readonly approval: Approval;
  readonly actor: Actor;
  readonly decision: ApprovalDecision;
  readonly channel: string | undefined;
}

async function commit({ store, db, audit }: DecidingDeps, deciding: Deciding): Promise<boolean> {
  const { approval, actor: by, decision, channel } = deciding;
  const { status, reason, more } = decision;
  const action = `approval.${status}` as const;
  const details = { ...(reason === null ? {} : { reason }), ...(more === null ? {} : { more }) };
  const isDone = await db.transaction(async () => {
    if (!(await store.decide(decision))) return false;
    await audit.append(approvalEvent({ action, approval, question: approval.question, by, channel, details }));
    return true;
  });
  if (isDone) await db.durable();
  return isDone;
}

/** Whether exactly this was decided already: a second click, or an answer that was lost on its way. */
function isSame(latest: Approval, { by, hash, status }: ApprovalDecision): boolean {
  if (latest.decidedBy !== by || latest.hash !== hash) return false;
  return latest.status === status || (latest.status === 'used' && status === 'approved');
}

/** Why nothing can be decided with this hash, in plain words: what happened, and what to do next. */
export async function whyNot(
  { namesOf, clock }: Pick<DecidingDeps, 'namesOf' | 'clock'>,
  approval: Approval,
  hash: string,
): Promise<string> {
  const { status, organizationId, decidedBy, reason } = approval;
  if (status === 'pending') {
    if (approval.hash !== hash) return 'What you saw has changed; look again, then decide.';
    return approval.expiresAt <= clock() ? expired : 'It could not be decided. Look again, then decide.';
  }
  if (status === 'expired') return expired;
  if (status === 'withdrawn') return 'The run was stopped, so there is nothing left to decide.';
  if (status === 'replaced') return 'Its arguments were changed. Decide on the approval that asks in its place.';
  const name = decidedBy === null ? undefined : (await namesOf(organizationId, [decidedBy])).get(decidedBy);
  const who = name ?? 'Somebody';
  if (status === 'denied') return `${who} has denied this already${reason === null ? '' : `: “${reason}”`}.`;
  if (status === 'void') return `This is over: ${reason ?? 'what it was about has changed'}`;
  return `${who} has approved this already.`;
}

const expired = 'Nobody decided in time, so this has expired. Ask for it again in the conversation.';
