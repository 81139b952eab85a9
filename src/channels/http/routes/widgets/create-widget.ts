import type { WidgetService } from '#channels/widget/widget-service.ts';
import { createWidgetRequest, widgetView } from '../../contract/widgets.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentWidget } from './widget-view.ts';

/** POST /api/v1/widgets */
export function createCreateWidget({ widgets }: { widgets: Pick<WidgetService, 'create'> }): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/widgets',
    tag: 'Widgets',
    summary: 'Make a widget for a persona that answers in widgets',
    access: 'widgets:manage',
    status: 201,
    body: createWidgetRequest,
    answer: widgetView,
    handle: async ({ actor, body }) => presentWidget(await widgets.create(actor, body)),
  });
}
