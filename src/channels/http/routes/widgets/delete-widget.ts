import type { WidgetService } from '#channels/widget/widget-service.ts';
import { done, doneView } from '../../contract/common.ts';
import { widgetPath } from '../../contract/widgets.ts';
import { defineRoute, type Route } from '../../route.ts';

/** DELETE /api/v1/widgets/:id */
export function createDeleteWidget({ widgets }: { widgets: Pick<WidgetService, 'remove'> }): Route {
  return defineRoute({
    method: 'delete',
    path: '/api/v1/widgets/:id',
    tag: 'Widgets',
    summary: 'Delete a widget with its keys; what was said in it stays in the record',
    access: 'widgets:manage',
    params: widgetPath,
    answer: doneView,
    async handle({ actor, params }) {
      await widgets.remove(actor, params.id);
      return done;
    },
  });
}
