import type { Actor } from '#auth/actor.ts';
import type { Effect } from './effect.ts';
import { needsApproval, type UndoFacts, type UndoSources, whyNotPossible, whyNotTheirs } from './undo-facts.ts';

export type UndoState = 'none' | 'waiting' | 'under_way' | 'done' | 'outcome_unknown';

/** What one actor may know of a call that changes something, and of taking it back. */
export interface EffectSight {
  readonly effect: Effect;
  readonly tool: { readonly name: string; readonly title: string };
  readonly actor: { readonly id: string; readonly name: string };
  readonly undo: {
    readonly possible: boolean;
    readonly whyNot: string | null;
    readonly expiresAt: Date | null;
    readonly needsApproval: boolean;
    readonly state: UndoState;
    readonly undoId: string | null;
    readonly approvalId: string | null;
  };
}

export async function describeEffect(
  { names }: Pick<UndoSources, 'names'>,
  facts: UndoFacts,
  viewer: Actor,
): Promise<EffectSight> {
  const { effect, tool, snapshot, undone, asked } = facts;
  const whyNot = whyNotTheirs(viewer, facts) ?? whyNotPossible(facts);
  const known = await names.namesOf(effect.organizationId, [effect.actorId]);
  return {
    effect,
    tool: { name: effect.tool, title: tool?.title ?? effect.tool },
    actor: { id: effect.actorId, name: known.get(effect.actorId) ?? namelessWords[effect.actorKind] },
    undo: {
      possible: whyNot === null,
      whyNot,
      expiresAt: snapshot?.state === 'held' ? snapshot.expiresAt : null,
      needsApproval: effect.kind === 'call' && needsApproval(facts),
      state: stateOf(facts),
      undoId: undone?.id ?? null,
      approvalId: undone === null ? (asked?.id ?? null) : undone.approvalId,
    },
  };
}

const namelessWords: Readonly<Record<Effect['actorKind'], string>> = {
  user: 'Somebody who has left',
  key: 'Somebody who has left',
  visitor: 'A visitor',
  schedule: 'A schedule',
};

function stateOf({ undone, asked }: UndoFacts): UndoState {
  if (undone === null) return asked === null ? 'none' : 'waiting';
  if (undone.happened === true) return 'done';
  return undone.state === 'outcome_unknown' ? 'outcome_unknown' : 'under_way';
}
