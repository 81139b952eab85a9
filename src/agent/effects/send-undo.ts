import type { Restored } from '#integrations/change-plan.ts';
import { scrubJson } from '#vault/scrub.ts';
import type { ApprovalStore } from '../approvals/approval-store.ts';
import type { AnswerAmendments } from '../conversation-store.ts';
import { effectEvent } from './effect-event.ts';
import type { EffectEnd, EffectStore, NewEffect } from './effect-store.ts';
import { failureOf, type PlannedUndo, type PlanningDeps, type UndoRefusal, undoEffect } from './plan-undo.ts';
import { visit } from './reach-call.ts';

export interface SendingDeps extends PlanningDeps {
  readonly store: EffectStore;
  readonly approvals: Pick<ApprovalStore, 'use'>;
  readonly amend: AnswerAmendments;
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
  /** Resolves once everything committed before survives a loss of power. */
  readonly durable: () => Promise<void>;
  /** Told that an outcome is to be looked up. */
  readonly onUnknown: () => void;
  readonly clock: () => Date;
}

/** `taken`: somebody else’s undo was faster, or the approval is used up. */
export type UndoEnd =
  | { readonly type: 'done'; readonly restored: Restored }
  | { readonly type: 'unknown' }
  | { readonly type: 'taken' }
  | UndoRefusal;

const timeoutMs = 120_000;
/** Between an unknown outcome and the first look at how it went: the request may still be on its way. */
const firstLookAfterMs = 5_000;

/** Commits the intent, then sends it, once. Rejects only where nothing was sent because nothing could be stored. */
export async function sendUndo(deps: SendingDeps, undo: PlannedUndo): Promise<UndoEnd> {
  const effect = undoEffect(deps, undo);
  if (!(await commit(deps, undo, effect))) return { type: 'taken' };
  // Taken for lost meanwhile: then nothing may be sent any more.
  if (!(await deps.store.markSent(effect.organizationId, effect.id))) return { type: 'unknown' };
  const startedAt = performance.now();
  const outcome = await restore(deps, undo);
  const durationMs = Math.round(performance.now() - startedAt);
  const stored = await storeEnd(deps, { effect, outcome, durationMs });
  if (outcome.type === 'unknown' || !stored) {
    deps.onUnknown();
    return { type: 'unknown' };
  }
  if (outcome.type === 'failed') return { type: 'refused', message: outcome.message, passing: false };
  await tell(deps, effect);
  return { type: 'done', restored: outcome.restored };
}

class Taken extends Error {}

/** One transaction: approval, snapshot, effect and audit; false when the approval or the snapshot is somebody else’s. */
async function commit(deps: SendingDeps, { approval }: PlannedUndo, effect: NewEffect): Promise<boolean> {
  const { store, approvals, audit, transaction, durable, clock } = deps;
  const { organizationId, undoes } = effect;
  const sealed = await store.seal(effect, null);
  const details = { undoes, ...(approval === null ? {} : { approval: approval.id }) };
  try {
    await transaction(async () => {
      if (approval !== null && !(await approvals.use({ organizationId, id: approval.id, hash: approval.hash }))) {
        throw new Taken();
      }
      if (!(await store.takeSnapshot(organizationId, undoes ?? '', effect.id))) throw new Taken();
      await store.insert(sealed, clock());
      await audit.append(effectEvent(effect, { action: 'undo.intended', body: { details } }));
    });
  } catch (error) {
    if (error instanceof Taken) return false;
    throw error;
  }
  await durable();
  return true;
}

type Outcome =
  | { readonly type: 'restored'; readonly restored: Restored }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
  | { readonly type: 'unknown'; readonly code: string; readonly message: string };

async function restore(deps: SendingDeps, { reached, hooks, snapshot }: PlannedUndo): Promise<Outcome> {
  try {
    const restored = await visit(deps, { reached, timeoutMs }, (context) => hooks.restore(context, snapshot));
    return { type: 'restored', restored: scrubJson(deps.scrub, restored) as Restored };
  } catch (error) {
    const { code, message } = failureOf(deps, error);
    // A fault of our own after the request may have gone out says nothing about what became of it.
    const isUnknown = code === 'OUTCOME_UNKNOWN' || code === 'CALL_FAILED';
    return isUnknown ? { type: 'unknown', code: 'OUTCOME_UNKNOWN', message } : { type: 'failed', code, message };
  }
}

interface Ending {
  readonly effect: NewEffect;
  readonly outcome: Outcome;
  readonly durationMs: number;
}

/** False when it could not be stored, or the effect was taken for lost meanwhile: then it is looked up. */
async function storeEnd(deps: SendingDeps, { effect, outcome, durationMs }: Ending): Promise<boolean> {
  const { store, audit, transaction, log } = deps;
  const { organizationId, id } = effect;
  const { end, action } = endOf(outcome, deps.clock());
  const body = outcome.type === 'restored' ? { response: outcome.restored } : { error: outcome.message };
  try {
    return await transaction(async () => {
      if (!(await store.end({ organizationId, id, ...end }))) return false;
      if (end.happened !== null) await store.settleSnapshot(organizationId, id, end.happened);
      await audit.append(effectEvent(effect, { action, code: end.code, durationMs, body }));
      return true;
    });
  } catch (error) {
    log.error({ err: error, effectId: id }, 'the end of an undo could not be stored; it is looked up later');
    return false;
  }
}

function endOf(outcome: Outcome, now: Date) {
  type End = Omit<EffectEnd, 'organizationId' | 'id'>;
  const { type } = outcome;
  if (type === 'restored') {
    const end: End = { state: 'succeeded', happened: true, code: null, nextTryAt: now };
    return { end, action: 'undo.succeeded' } as const;
  }
  const { code } = outcome;
  if (type === 'failed') {
    const end: End = { state: 'failed', happened: false, code, nextTryAt: null };
    return { end, action: 'undo.failed' } as const;
  }
  const nextTryAt = new Date(now.getTime() + firstLookAfterMs);
  const end: End = { state: 'outcome_unknown', happened: null, code, nextTryAt };
  return { end, action: 'undo.outcome_unknown' } as const;
}

/** What cannot be shown now is shown later by whoever reconciles. */
async function tell({ amend, store, log }: SendingDeps, effect: NewEffect): Promise<void> {
  const { organizationId, conversationId, messageId, undoes: callId, id } = effect;
  if (callId === null) return;
  try {
    const told = await amend.amendCall({
      organizationId,
      conversationId,
      messageId,
      callId,
      summary: { undone: true },
    });
    if (told !== 'busy') await store.markTold(organizationId, id);
  } catch (error) {
    log.warn({ err: error, effectId: id }, 'an undo could not be shown in its conversation yet');
  }
}
