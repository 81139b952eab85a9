import type { WidgetService } from '#channels/widget/widget-service.ts';
import { widgetPath, widgetUsageView } from '../../contract/widgets.ts';
import { defineRoute, type Route } from '../../route.ts';

/** GET /api/v1/widgets/:id/usage */
export function createGetWidgetUsage({ widgets }: { widgets: Pick<WidgetService, 'usage'> }): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/widgets/:id/usage',
    tag: 'Widgets',
    summary: 'How a widget was used on each of the last 30 days in UTC',
    access: 'widgets:manage',
    params: widgetPath,
    answer: widgetUsageView,
    async handle({ actor, params }) {
      const days = await widgets.usage(actor, params.id);
      return {
        days: days.map(({ day, messages, visitors, inputTokens, outputTokens }) => ({
          day,
          messages,
          visitors,
          inputTokens,
          outputTokens,
        })),
      };
    },
  });
}
