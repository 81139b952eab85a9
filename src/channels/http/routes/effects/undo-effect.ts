import type { UndoService } from '#agent/effects/undo-service.ts';
import { idPath } from '../../contract/common.ts';
import { undoView } from '../../contract/effects.ts';
import { defineRoute, type Route } from '../../route.ts';

/** POST /api/v1/effects/:id/undo */
export function createUndoEffect({ undo }: { readonly undo: UndoService }): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/effects/:id/undo',
    tag: 'Activity',
    summary: 'Take back what one call has done, or have somebody approve that; once',
    access: 'undo',
    params: idPath,
    answer: undoView,
    async handle({ actor, params }) {
      const { restored, ...result } = await undo.undo(actor, params.id);
      if (restored === null) return { ...result, restored };
      const { target, notRestored } = restored;
      return { ...result, restored: { target: [...target], notRestored: [...notRestored] } };
    },
  });
}
