import { z } from 'zod';
import { effectStates } from '#agent/effects/effect.ts';
import { personRef, plannedTargetView } from './approvals.ts';
import { time } from './common.ts';

const notRestoredView = z.object({ what: z.string(), why: z.string() });

/** GET /api/v1/effects/:id : the life of one call that changes something. The id is the tool call's. */
export const effectView = z
  .object({
    id: z.string(),
    kind: z.enum(['call', 'undo']),
    undoes: z.string().nullable(),
    state: z.enum(effectStates),
    /** Whether it had its effect; null as long as nobody knows. */
    happened: z.boolean().nullable(),
    tool: z.object({ name: z.string(), title: z.string() }),
    actor: personRef,
    rows: z.int(),
    code: z.string().nullable(),
    approvalId: z.string().nullable(),
    intendedAt: time,
    sentAt: time.nullable(),
    endedAt: time.nullable(),
    reconciledAt: time.nullable(),
    undo: z.object({
      possible: z.boolean(),
      /** Why it cannot be taken back, in plain words; null where it can. */
      whyNot: z.string().nullable(),
      /** Until when what there was is kept. */
      expiresAt: time.nullable(),
      needsApproval: z.boolean(),
      /** `waiting`: for an approval, which `approvalId` names. */
      state: z.enum(['none', 'waiting', 'under_way', 'done', 'outcome_unknown']),
      undoId: z.string().nullable(),
      approvalId: z.string().nullable(),
    }),
  })
  .meta({ id: 'Effect' });
export type EffectView = z.output<typeof effectView>;

/** POST /api/v1/effects/:id/undo takes an empty body. */
export const undoView = z
  .object({
    status: z.enum(['done', 'waiting_for_approval', 'outcome_unknown']),
    /** What happened and what to do next, in plain words. */
    message: z.string(),
    approvalId: z.string().nullable(),
    restored: z.object({ target: z.array(plannedTargetView), notRestored: z.array(notRestoredView) }).nullable(),
  })
  .meta({ id: 'Undo' });
export type UndoView = z.output<typeof undoView>;
