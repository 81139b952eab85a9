import type { WidgetService } from '#channels/widget/widget-service.ts';
import { done, doneView } from '../../contract/common.ts';
import { widgetKeyPath } from '../../contract/widgets.ts';
import { defineRoute, type Route } from '../../route.ts';

/** DELETE /api/v1/widgets/:id/keys/:keyId */
export function createRevokeWidgetKey({ widgets }: { widgets: Pick<WidgetService, 'revokeKey'> }): Route {
  return defineRoute({
    method: 'delete',
    path: '/api/v1/widgets/:id/keys/:keyId',
    tag: 'Widgets',
    summary: 'Revoke a key: no token that was signed with it counts any more',
    access: 'widgets:manage',
    params: widgetKeyPath,
    answer: doneView,
    async handle({ actor, params: { id, keyId } }) {
      await widgets.revokeKey(actor, id, keyId);
      return done;
    },
  });
}
