import type { Approval, Question } from '#agent/approvals/approval.ts';
import { mayDecide } from '#agent/approvals/may-decide.ts';
import type { Effect } from '#agent/effects/effect.ts';
import type { Actor } from '#auth/actor.ts';
import type { Catalog } from '#integrations/catalog.ts';
import type { ChangePlan } from '#integrations/change-plan.ts';
import type { ApprovalView, ChangePlanView } from '../../contract/approvals.ts';
import type { ActorNaming } from '../audit-events/audit-event-view.ts';

type Outcome = Pick<Effect, 'state' | 'happened' | 'code'>;

export interface ApprovalPresenterDeps {
  readonly actorNames: ActorNaming;
  readonly catalog: Pick<Catalog, 'of'>;
  /** Null for a persona that is archived or gone. */
  readonly personaName: (organizationId: string, personaId: string) => Promise<string | null>;
  /** Null for a connection that is gone. */
  readonly connectionLabel: (organizationId: string, id: string) => Promise<string | null>;
  /** How a call went that changes something; null where nothing of it was sent. */
  readonly effectOf: (organizationId: string, callId: string) => Promise<Outcome | null>;
  /** The same for the undo of a call. */
  readonly undoOf: (organizationId: string, callId: string) => Promise<Outcome | null>;
  readonly clock?: () => Date;
}

/** What approvals look like to one actor; what is not named here does not leave. */
export type ApprovalPresenter = (actor: Actor, approvals: readonly Approval[]) => Promise<ApprovalView[]>;

export function createApprovalPresenter(deps: ApprovalPresenterDeps): ApprovalPresenter {
  return async (actor, approvals) => {
    const { organizationId } = actor;
    const connectionIds = [...new Set(approvals.flatMap(({ connectionId }) => connectionId ?? []))];
    const personaIds = [...new Set(approvals.map(({ personaId }) => personaId))];
    const [catalog, people, personas, connections, outcomes] = await Promise.all([
      deps.catalog.of(organizationId),
      deps.actorNames.namesOf(organizationId, [...new Set(approvals.flatMap(peopleOf))]),
      Promise.all(personaIds.map(async (id) => [id, await deps.personaName(organizationId, id)] as const)),
      Promise.all(connectionIds.map(async (id) => [id, await deps.connectionLabel(organizationId, id)] as const)),
      Promise.all(approvals.map((approval) => outcomeOf(deps, approval))),
    ]);
    const now = (deps.clock ?? (() => new Date()))();
    const labels = new Map(connections);
    const names: Names = { people, personas: new Map(personas), connections: labels, catalog };
    return approvals.map((approval, index) => ({
      ...present(approval, names),
      ...right(approval, actor, now),
      conversationId: approval.requesterId === actor.id ? approval.conversationId : null,
      outcome: outcomes[index] ?? null,
    }));
  };
}

interface Names {
  readonly people: ReadonlyMap<string, string>;
  readonly personas: ReadonlyMap<string, string | null>;
  readonly connections: ReadonlyMap<string, string | null>;
  readonly catalog: Pick<Catalog, 'findTool'>;
}

function peopleOf({ requesterId, editorId, decidedBy, approvers }: Approval): string[] {
  return [requesterId, editorId, decidedBy, ...(approvers ?? [])].filter((id) => id !== null);
}

async function outcomeOf(
  { effectOf, undoOf }: ApprovalPresenterDeps,
  { status, callId, organizationId, question }: Approval,
): Promise<ApprovalView['outcome']> {
  if (status !== 'used' || callId === null || question.kind === 'budget') return null;
  const found = await (question.kind === 'undo' ? undoOf : effectOf)(organizationId, callId);
  return found === null ? null : { state: found.state, happened: found.happened, code: found.code };
}

function right(approval: Approval, actor: Actor, now: Date): Pick<ApprovalView, 'mayDecide' | 'mayNotBecause'> {
  if (approval.status !== 'pending' || approval.expiresAt <= now) return { mayDecide: false, mayNotBecause: null };
  const verdict = mayDecide(approval, actor);
  return verdict.ok ? { mayDecide: true, mayNotBecause: null } : { mayDecide: false, mayNotBecause: verdict.because };
}

type Shown = Omit<ApprovalView, 'mayDecide' | 'mayNotBecause' | 'conversationId' | 'outcome'>;

function present(approval: Approval, { people, personas, connections, catalog }: Names): Shown {
  const { question, personaId, editorId, decidedBy, approvers, connectionId } = approval;
  const label = connections.get(connectionId ?? '') ?? null;
  const person = (id: string) => ({ id, name: people.get(id) ?? id });
  return {
    id: approval.id,
    status: approval.status,
    hash: approval.hash,
    tool: presentTool(question, catalog),
    persona: { id: personaId, name: personas.get(personaId) ?? personaId },
    requester: person(approval.requesterId),
    connection: connectionId === null || label === null ? null : { id: connectionId, label },
    callId: approval.callId,
    channel: approval.channel,
    ...presentQuestion(question),
    editor: editorId === null ? null : person(editorId),
    approvers: approvers === null ? null : approvers.map(person),
    fourEyes: approval.fourEyes,
    createdAt: approval.createdAt.toISOString(),
    expiresAt: approval.expiresAt.toISOString(),
    decidedBy: decidedBy === null ? null : person(decidedBy),
    decidedAt: approval.decidedAt?.toISOString() ?? null,
    reason: approval.reason,
    more: approval.more,
    replacedBy: approval.replacedBy,
  };
}

function presentTool(
  { tool, title }: Pick<Question, 'tool' | 'title'>,
  catalog: Pick<Catalog, 'findTool'>,
): ApprovalView['tool'] {
  return tool === null ? null : { name: tool, title: catalog.findTool(tool)?.title ?? title ?? tool };
}

type ShownQuestion = Pick<ApprovalView, 'kind' | 'arguments' | 'plan' | 'words' | 'why' | 'askedFor' | 'budget'>;

function presentQuestion(question: Question): ShownQuestion {
  const nothing = { arguments: null, plan: null, words: null, why: null, askedFor: null, budget: null };
  switch (question.kind) {
    case 'call': {
      const { kind, why, askedFor, words } = question;
      const said = words.trim() === '' ? null : words;
      const plan = presentPlan(question.plan);
      return { ...nothing, kind, arguments: question.arguments, plan, words: said, why, askedFor: askedFor ?? null };
    }
    case 'undo':
      return { ...nothing, kind: 'undo', arguments: question.arguments, plan: presentPlan(question.plan) };
    case 'budget': {
      const { kind, budget: name, limit, used, more } = question;
      const plan = question.plan === null ? null : presentPlan(question.plan);
      return { ...nothing, kind, plan, budget: { name, limit, used, more } };
    }
  }
}

export function presentPlan({ summary, targets, records, count, warnings }: ChangePlan): ChangePlanView {
  return {
    summary,
    targets: targets.map(({ level, id, name }) => ({ level, id, name })),
    records: records.map(({ id, title, fields }) => ({
      id,
      title,
      fields: fields.map(({ name, value, before }) => ({ name, value, ...(before === undefined ? {} : { before }) })),
    })),
    count,
    warnings: [...warnings],
  };
}

export async function presentOne(present: ApprovalPresenter, actor: Actor, approval: Approval): Promise<ApprovalView> {
  const [view] = await present(actor, [approval]);
  if (view === undefined) throw new Error('One approval was given, and none was presented.');
  return view;
}
