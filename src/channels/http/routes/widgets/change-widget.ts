import type { WidgetService } from '#channels/widget/widget-service.ts';
import { changeWidgetRequest, widgetPath, widgetView } from '../../contract/widgets.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentWidget } from './widget-view.ts';

/** PATCH /api/v1/widgets/:id */
export function createChangeWidget({ widgets }: { widgets: Pick<WidgetService, 'patch'> }): Route {
  return defineRoute({
    method: 'patch',
    path: '/api/v1/widgets/:id',
    tag: 'Widgets',
    summary: 'Change a widget, or switch it off and on; counts from the next request of a visitor on',
    access: 'widgets:manage',
    params: widgetPath,
    body: changeWidgetRequest,
    answer: widgetView,
    handle: async ({ actor, params, body }) => presentWidget(await widgets.patch(actor, params.id, body)),
  });
}
