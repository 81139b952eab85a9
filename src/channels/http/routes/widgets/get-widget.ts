import type { WidgetService } from '#channels/widget/widget-service.ts';
import { widgetPath, widgetView } from '../../contract/widgets.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentWidget } from './widget-view.ts';

/** GET /api/v1/widgets/:id */
export function createGetWidget({ widgets }: { widgets: Pick<WidgetService, 'get'> }): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/widgets/:id',
    tag: 'Widgets',
    summary: 'One widget with its tag, its keys, and what keeps it from answering',
    access: 'widgets:manage',
    params: widgetPath,
    answer: widgetView,
    handle: async ({ actor, params }) => presentWidget(await widgets.get(actor, params.id)),
  });
}
