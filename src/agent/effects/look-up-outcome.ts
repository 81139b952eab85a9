import type { Restored } from '#integrations/change-plan.ts';
import type { Effect } from './effect.ts';
import type { EffectStore } from './effect-store.ts';
import { type ReachDeps, type Reached, reachCall, visit } from './reach-call.ts';

export interface LookUpDeps extends ReachDeps {
  readonly store: Pick<EffectStore, 'find' | 'snapshot'>;
}

/** `never`: it cannot be found out at all. */
export type Finding =
  | { readonly type: 'happened'; readonly restored: Restored | null }
  | { readonly type: 'not_happened' }
  | { readonly type: 'never'; readonly why: string }
  | { readonly type: 'not_yet'; readonly why: string };

const timeoutMs = 25_000;

/** Reads back what became of an effect; never sends a change. Throws what the service answered. */
export async function lookUpOutcome(deps: LookUpDeps, effect: Effect): Promise<Finding> {
  const call = await callOf(deps, effect);
  if (call === null) return { type: 'never', why: 'The call that was to be taken back is not stored.' };
  const reached = await reachCall(deps, call);
  if (!reached.ok) return { type: reached.forGood ? 'never' : 'not_yet', why: reached.why };
  const snapshot = (await deps.store.snapshot(effect.organizationId, call.id))?.content;
  return effect.kind === 'call'
    ? readCall(deps, { callId: call.id, reached, snapshot })
    : readUndo(deps, { effect, reached, snapshot });
}

function callOf({ store }: LookUpDeps, effect: Effect): Promise<Effect | null> {
  if (effect.kind === 'call') return Promise.resolve(effect);
  return effect.undoes === null ? Promise.resolve(null) : store.find(effect.organizationId, effect.undoes);
}

interface CallReading {
  readonly callId: string;
  readonly reached: Reached;
  readonly snapshot: unknown;
}

async function readCall(deps: LookUpDeps, { callId, reached, snapshot }: CallReading): Promise<Finding> {
  const { change } = reached.call;
  const never = { type: 'never', why: `“${reached.tool.title}” cannot be looked up.` } as const;
  if (change === null) return never;
  const result = await visit(deps, { reached, timeoutMs }, (context) =>
    change.reconcile({ ...context, callId }, snapshot ?? null),
  );
  if (result === 'unknowable') return never;
  return result === 'happened' ? { type: 'happened', restored: null } : { type: 'not_happened' };
}

interface UndoReading {
  readonly effect: Effect;
  readonly reached: Reached;
  readonly snapshot: unknown;
}

async function readUndo(deps: LookUpDeps, { effect, reached, snapshot }: UndoReading): Promise<Finding> {
  const undo = reached.call.change?.undo ?? null;
  if (undo === null || snapshot === undefined) return { type: 'never', why: 'What was to be restored is not kept.' };
  const restored = await visit(deps, { reached, timeoutMs }, (context) =>
    undo.findRestored(context, snapshot, begunAt(effect)),
  );
  return restored === null ? { type: 'not_happened' } : { type: 'happened', restored };
}

/** When the request went out, or may have. */
export function begunAt({ sentAt, intendedAt }: Effect): Date {
  return sentAt ?? intendedAt;
}
