import type { UndoService } from '#agent/effects/undo-service.ts';
import { idPath } from '../../contract/common.ts';
import { effectView } from '../../contract/effects.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentEffect } from './effect-view.ts';

/** GET /api/v1/effects/:id. Another person’s is answered as if it were not there. */
export function createGetEffect({ undo }: { readonly undo: UndoService }): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/effects/:id',
    tag: 'Activity',
    summary: 'The life of one call that changes something, and whether it can be taken back; the id is the tool call’s',
    access: 'audit:own',
    params: idPath,
    answer: effectView,
    handle: async ({ actor, params }) => presentEffect(await undo.view(actor, params.id)),
  });
}
