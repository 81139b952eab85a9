import type { Actor } from '#auth/actor.ts';
import { AppError } from '#errors';
import { type Approval, hashQuestion, type Question } from './approval.ts';
import { approvalEvent } from './approval-events.ts';
import type { NewApproval } from './approval-store.ts';
import { type DecidingDeps, noSuchApproval, requireDecidable, whyNot } from './decide-approval.ts';
import { mayDecide } from './may-decide.ts';

/** Plans a call that waits with other arguments, as if its persona had asked for them: under the same rules. */
export type Replan = (
  approval: Approval,
  args: Readonly<Record<string, unknown>>,
) => Promise<{ readonly ok: true; readonly question: Question } | { readonly ok: false; readonly problem: string }>;

export interface ChangingDeps extends DecidingDeps {
  readonly replan: Replan;
  readonly newId: () => string;
  /** Everybody who belongs to the organization, as actors. */
  readonly peopleOf: (organizationId: string) => Promise<readonly { readonly actor: Actor }[]>;
}

export interface ChangeArguments {
  readonly id: string;
  /** The hash the person saw. */
  readonly hash: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** Puts another question in the place of one that waits; answers the new one, which has to be decided like any other. */
export async function changeArguments(deps: ChangingDeps, by: Actor, request: ChangeArguments): Promise<Approval> {
  const { approval, actor } = await requireDecidable(deps, by, request.id);
  if (approval.question.kind !== 'call') {
    throw new AppError('INPUT_INVALID', 'Only the arguments of a call can be changed. Approve this or deny it.');
  }
  await requireOpen(deps, approval, request.hash);
  await requireAnotherDecider(deps, approval, actor);
  const replanned = await deps.replan(approval, request.arguments);
  if (!replanned.ok) throw new AppError('INPUT_INVALID', replanned.problem);
  const hash = hashQuestion(replanned.question);
  // Nothing has changed, so what waits is what was asked for.
  if (hash === approval.hash) return approval;
  const next = nextOf(approval, { id: deps.newId(), editorId: actor.id, question: replanned.question, hash });
  if (!(await commit(deps, { approval, next, actor }))) {
    const latest = await deps.store.find(approval.organizationId, approval.id);
    if (latest === null) throw noSuchApproval();
    throw new AppError('APPROVAL_INVALID', await whyNot(deps, latest, request.hash));
  }
  deps.followUps.changed(approval.organizationId);
  const made = await deps.store.find(next.organizationId, next.id);
  if (made === null) throw noSuchApproval();
  return made;
}

async function requireOpen(deps: ChangingDeps, approval: Approval, hash: string): Promise<void> {
  const isOpen = approval.status === 'pending' && approval.hash === hash && approval.expiresAt > deps.clock();
  if (!isOpen) throw new AppError('APPROVAL_INVALID', await whyNot(deps, approval, hash));
}

/** Whoever changes a question that takes four eyes cannot decide on it, so somebody else must be there who can. */
async function requireAnotherDecider(deps: ChangingDeps, approval: Approval, editor: Actor): Promise<void> {
  if (!approval.fourEyes) return;
  const people = await deps.peopleOf(approval.organizationId);
  if (people.some(({ actor }) => mayDecide({ ...approval, editorId: editor.id }, actor).ok)) return;
  throw new AppError(
    'CONFLICT',
    'Once you change this, somebody else has to approve it, and nobody else may. Approve it as it is, or deny it and say what to ask for.',
  );
}

type Replacement = Pick<NewApproval, 'id' | 'editorId' | 'question' | 'hash'>;

function nextOf(approval: Approval, replacement: Replacement): NewApproval {
  const {
    status: _status,
    decidedBy: _decidedBy,
    decidedAt: _decidedAt,
    reason: _reason,
    more: _more,
    replacedBy: _replacedBy,
    createdAt: _createdAt,
    ...kept
  } = approval;
  return { ...kept, ...replacement };
}

interface Commit {
  readonly approval: Approval;
  readonly next: NewApproval;
  readonly actor: Actor;
}

async function commit({ store, db, audit }: ChangingDeps, { approval, next, actor }: Commit): Promise<boolean> {
  const { question } = next;
  const details = { hash: next.hash, replacedBy: next.id, before: { hash: approval.hash } };
  const sealed = await store.seal(next);
  const isDone = await db.transaction(async () => {
    if (!(await store.replace(approval, sealed))) return false;
    await audit.append(approvalEvent({ action: 'approval.edited', approval, question, by: actor, details }));
    return true;
  });
  if (isDone) await db.durable();
  return isDone;
}
