import type { EffectSight } from '#agent/effects/undo-sight.ts';
import type { EffectView } from '../../contract/effects.ts';

/** The call as it leaves the service: without its arguments, which are in the record and the conversation. */
export function presentEffect({ effect, tool, actor, undo }: EffectSight): EffectView {
  return {
    id: effect.id,
    kind: effect.kind,
    undoes: effect.undoes,
    state: effect.state,
    happened: effect.happened,
    tool,
    actor,
    rows: effect.rows,
    code: effect.code,
    approvalId: effect.approvalId,
    intendedAt: effect.intendedAt.toISOString(),
    sentAt: effect.sentAt?.toISOString() ?? null,
    endedAt: effect.endedAt?.toISOString() ?? null,
    reconciledAt: effect.reconciledAt?.toISOString() ?? null,
    undo: { ...undo, expiresAt: undo.expiresAt?.toISOString() ?? null },
  };
}
