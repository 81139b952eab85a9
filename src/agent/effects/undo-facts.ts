import type { Actor } from '#auth/actor.ts';
import { may } from '#auth/permissions.ts';
import type { Tool } from '#integrations/tool-definition.ts';
import { actorHoldsScope } from '#personas/grants.ts';
import type { Persona } from '#personas/persona-schema.ts';
import type { Approval } from '../approvals/approval.ts';
import type { ApprovalStore } from '../approvals/approval-store.ts';
import type { Effect, Snapshot } from './effect.ts';
import type { EffectStore } from './effect-store.ts';
import { type Reach, type ReachDeps, reachCall } from './reach-call.ts';

export interface UndoSources extends ReachDeps {
  readonly store: EffectStore;
  readonly approvals: Pick<ApprovalStore, 'ofRun'>;
  /** The persona as it is now; null where it is archived or gone. */
  readonly personas: { find(organizationId: string, id: string): Promise<Persona | null> };
  readonly names: { namesOf(organizationId: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> };
  readonly clock: () => Date;
}

/** All that is known of a call that may be taken back; nothing of it is asked of its service. */
export interface UndoFacts {
  readonly effect: Effect;
  readonly tool: Tool | undefined;
  readonly snapshot: Snapshot | null;
  /** The undo that is under way or has happened. */
  readonly undone: Effect | null;
  readonly undoneBy: string;
  /** The approval of an undo that waits for its decision or its use. */
  readonly asked: Approval | null;
  readonly reach: Reach;
  readonly persona: Persona | null;
  readonly now: Date;
}

export async function gatherUndoFacts(sources: UndoSources, effect: Effect): Promise<UndoFacts> {
  const { store, personas, names, catalog } = sources;
  const { organizationId, id } = effect;
  const now = sources.clock();
  const [snapshot, undone, asked, reach, persona, tools] = await Promise.all([
    store.snapshot(organizationId, id),
    store.undoOf(organizationId, id),
    askedFor(sources, effect, now),
    reachCall(sources, effect),
    personas.find(organizationId, effect.personaId),
    catalog.of(organizationId),
  ]);
  const known = undone === null ? null : await names.namesOf(organizationId, [undone.actorId]);
  const undoneBy = known?.get(undone?.actorId ?? '') ?? 'Somebody who has left';
  return { effect, tool: tools.findTool(effect.tool), snapshot, undone, undoneBy, asked, reach, persona, now };
}

/** The open approval of an undo of this call. */
export async function askedFor(
  { approvals }: Pick<UndoSources, 'approvals'>,
  { organizationId, runId, id }: Effect,
  now: Date,
): Promise<Approval | null> {
  const ofRun = await approvals.ofRun(organizationId, runId);
  const open = ofRun.filter(
    ({ question, callId, status, expiresAt }) =>
      question.kind === 'undo' && callId === id && expiresAt > now && (status === 'pending' || status === 'approved'),
  );
  return open.at(-1) ?? null;
}

/** A persona that cannot be asked any more takes nothing back by itself. */
export function needsApproval({ persona }: Pick<UndoFacts, 'persona'>): boolean {
  return persona === null || persona.undo === 'ask';
}

/** Whether the call was made on the actor’s behalf, or they take back whatever was done. */
export function isTheirs(actor: Actor, effect: Effect): boolean {
  return (
    actor.organizationId === effect.organizationId && (effect.actorId === actor.id || may(actor, 'approvals:manage'))
  );
}

/** Others’ effects are answered as if they were not there. */
export function maySeeEffect(actor: Actor, effect: Effect): boolean {
  if (actor.organizationId !== effect.organizationId) return false;
  return isTheirs(actor, effect) || may(actor, 'audit:read');
}

/** Why this actor may not take it back, in plain words; null where they may. */
export function whyNotTheirs(actor: Actor, { effect, tool }: Pick<UndoFacts, 'effect' | 'tool'>): string | null {
  const key = actor.apiKey === null ? null : `The API key “${actor.apiKey.name}”`;
  if (!may(actor, 'undo')) {
    return key === null
      ? `Your role here, ${actor.role}, reads what was done and takes nothing back.`
      : `${key} does not take anything back (undo). Use a key that has this scope, or sign in.`;
  }
  if (!isTheirs(actor, effect)) {
    return 'Only the person on whose behalf it was done, owners and admins take it back.';
  }
  if (tool !== undefined && !actorHoldsScope(actor, tool.scope)) {
    return `${key ?? 'Your role'} was not given ${tool.scope}, which “${tool.title}” needs. Sign in to take it back.`;
  }
  return null;
}

/** Why the call cannot be taken back by anybody, as far as its service need not be asked; null where it can. */
export function whyNotPossible(facts: UndoFacts): string | null {
  return (
    whyNothingToUndo(facts.effect) ?? whyUndone(facts) ?? whyNoUndo(facts) ?? whyNotKept(facts) ?? whyOutOfReach(facts)
  );
}

function whyNothingToUndo({ kind, state, happened }: Effect): string | null {
  if (kind === 'undo') return 'This takes something back itself, and that cannot be taken back.';
  if (state === 'intended' || state === 'sent') return 'The call is still under way. Wait until it has ended.';
  if (state === 'outcome_unknown') {
    return 'Nobody knows yet whether the call had its effect. It is being looked up; try again afterwards.';
  }
  return happened === true ? null : 'The call had no effect, so there is nothing to take back.';
}

function whyUndone({ undone, undoneBy }: UndoFacts): string | null {
  if (undone === null) return null;
  const at = describeTime(undone.reconciledAt ?? undone.endedAt ?? undone.intendedAt);
  if (undone.happened === true) return `${undoneBy} has taken this back already, on ${at}.`;
  if (undone.state !== 'outcome_unknown') return `${undoneBy} is taking this back right now.`;
  return `${undoneBy} has begun to take this back, and nobody knows yet whether it worked. It is being looked up.`;
}

function whyNoUndo({ tool, effect, reach }: UndoFacts): string | null {
  const cannot = `“${tool?.title ?? effect.tool}” cannot be taken back by the service.`;
  if (tool === undefined) return cannot;
  return reach.ok && (reach.call.change?.undo ?? null) === null ? cannot : null;
}

function whyNotKept({ snapshot, now }: UndoFacts): string | null {
  if (snapshot === null) return 'What there was before was not kept, so it cannot be restored.';
  if (snapshot.state === 'erased' || snapshot.expiresAt <= now) {
    return `What there was before was kept until ${describeTime(snapshot.expiresAt)} and is gone since, so it cannot be restored.`;
  }
  if (snapshot.state === 'restored') return 'This was taken back already.';
  if (snapshot.state === 'restoring') return 'This is being taken back right now.';
  return snapshot.content === undefined
    ? 'What there was before cannot be read any more, so it cannot be restored.'
    : null;
}

function whyOutOfReach({ reach }: UndoFacts): string | null {
  return reach.ok ? null : `${reach.why} So nothing can be restored with it.`;
}

const timeWords = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

export function describeTime(at: Date): string {
  return `${timeWords.format(at)} UTC`;
}
