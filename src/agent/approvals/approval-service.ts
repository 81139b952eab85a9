import type { Actor } from '#auth/actor.ts';
import { may } from '#auth/permissions.ts';
import { personActor } from '#auth/person-actor.ts';
import type { ApprovalRepository } from '#db/repositories/approvals.ts';
import type { OrganizationRepository } from '#db/repositories/organizations.ts';
import type { Approval } from './approval.ts';
import type { ApprovalListing } from './approval-store.ts';
import { type ChangeArguments, type ChangingDeps, changeArguments } from './change-arguments.ts';
import { type DecisionRequest, decideApproval, noSuchApproval } from './decide-approval.ts';
import { type EndingDeps, expireDue, fallOfConnection } from './end-approvals.ts';
import { createFollowUps, type FollowUpDeps } from './follow-up.ts';
import { mayDecide, maySee, seesAll } from './may-decide.ts';
import { type Person, remindDue, type TellingDeps } from './tell-deciders.ts';

type Parts = ChangingDeps & EndingDeps & TellingDeps;

export interface ApprovalServiceDeps
  extends Omit<Parts, 'rows' | 'peopleOf' | 'followUps' | 'clock' | 'store'>,
    FollowUpDeps,
    Pick<Parts, 'store'> {
  readonly rows: ApprovalRepository;
  readonly members: Pick<OrganizationRepository, 'listMembers'>;
  readonly clock?: () => Date;
}

export interface ApprovalService {
  /** Newest first, only what the actor may see. */
  list(actor: Actor, query: Pick<ApprovalListing, 'status' | 'after' | 'limit'>): Promise<readonly Approval[]>;
  /** Throws AppError NOT_FOUND for what is not there or not the actor's to see. */
  find(actor: Actor, id: string): Promise<Approval>;
  /** How many the actor may decide now. */
  pendingCount(actor: Actor): Promise<number>;
  /** Throws AppError: NOT_FOUND, FORBIDDEN, INPUT_INVALID, or APPROVAL_INVALID for what is decided, over or not what was seen. */
  decide(actor: Actor, request: DecisionRequest & { readonly id: string }): Promise<Approval>;
  /** Answers the approval that asks in its place. Throws as `decide` does. */
  changeArguments(actor: Actor, request: ChangeArguments): Promise<Approval>;
  /** Ends what nobody decided in time, in every organization; answers how many. */
  expireDue(): Promise<number>;
  /** Mails those who may decide, once over all processes. */
  remindDue(): Promise<void>;
  /** Undos that were approved by a process that was lost before it began. */
  takeUpUndos(): Promise<void>;
  /** How many wait for a connection and would fall with it, by persona. */
  countOfConnection(organizationId: string, connectionId: string): Promise<ReadonlyMap<string, number>>;
  /** For when a connection was revoked. */
  fallOfConnection(organizationId: string, connectionId: string): Promise<void>;
  /** To be called once a new approval is committed: pages and people learn of it at once. */
  noteRequested(organizationId: string): void;
  /** Resolves once nothing that followed from a decision is under way any more. */
  settled(): Promise<void>;
}

export function createApprovalService(given: ApprovalServiceDeps): ApprovalService {
  const { rows, store, members, clock = () => new Date() } = given;
  const followUps = createFollowUps(given);
  const peopleOf = (organizationId: string) => listPeople(members, organizationId);
  const deps = { ...given, followUps, peopleOf, clock };
  return {
    list: (actor, query) =>
      store.list({ ...query, organizationId: actor.organizationId, personId: seesAll(actor) ? null : actor.id }),
    async find(actor, id) {
      const approval = await store.find(actor.organizationId, id);
      if (approval === null || !maySee(approval, actor)) throw noSuchApproval();
      return approval;
    },
    async pendingCount(actor) {
      const { organizationId, id } = actor;
      const decidesAll = may(actor, 'approvals:manage');
      const pending = await (decidesAll ? rows.pendingFacts(organizationId) : rows.pendingFacts(organizationId, id));
      return pending.filter((approval) => mayDecide(approval, actor).ok).length;
    },
    decide: (actor, request) => decideApproval(deps, actor, request),
    changeArguments: (actor, request) => changeArguments(deps, actor, request),
    expireDue: () => expireDue(deps),
    remindDue: () => remindDue(deps),
    takeUpUndos: () => takeUpUndos({ rows, store, followUps, clock }),
    countOfConnection: (organizationId, connectionId) => rows.countOfConnection(organizationId, connectionId),
    fallOfConnection: (organizationId, connectionId) => fallOfConnection(deps, organizationId, connectionId),
    noteRequested(organizationId) {
      followUps.changed(organizationId);
      followUps.inBackground('telling those who may decide', () => remindDue(deps));
    },
    settled: () => followUps.settled(),
  };
}

const minuteMs = 60_000;

async function takeUpUndos({
  rows,
  store,
  followUps,
  clock,
}: Pick<Parts, 'store' | 'followUps' | 'clock'> & {
  readonly rows: ApprovalRepository;
}): Promise<void> {
  const now = clock().getTime();
  // Not forever: what has failed for an hour is for people to look at.
  const left = await rows.listApprovedUndos(new Date(now - 60 * minuteMs), new Date(now - minuteMs));
  for (const { organizationId, id } of left) {
    const approval = await store.find(organizationId, id);
    if (approval?.status === 'approved') followUps.undo(approval);
  }
}

const membersAtOnce = 100;

async function listPeople(members: ApprovalServiceDeps['members'], organizationId: string): Promise<readonly Person[]> {
  const people: Person[] = [];
  let after: Parameters<OrganizationRepository['listMembers']>[1] = null;
  for (;;) {
    const page: Awaited<ReturnType<OrganizationRepository['listMembers']>> = await members.listMembers(
      organizationId,
      after,
      membersAtOnce,
    );
    people.push(
      ...page.map(({ userId, name, email, role }) => ({
        actor: personActor({ id: userId, name }, { organizationId, role }),
        email,
      })),
    );
    after = page.at(-1) ?? null;
    if (page.length < membersAtOnce) return people;
  }
}
