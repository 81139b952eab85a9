import { z } from 'zod';
import type { WidgetService } from '#channels/widget/widget-service.ts';
import { id, listQuery } from '../../contract/common.ts';
import { widgetListView } from '../../contract/widgets.ts';
import { pageOf, readCursor } from '../../cursor.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentWidget } from './widget-view.ts';

const placeSchema = z.tuple([z.int(), id]);

/** GET /api/v1/widgets */
export function createListWidgets({ widgets }: { widgets: Pick<WidgetService, 'list'> }): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/widgets',
    tag: 'Widgets',
    summary: 'The widgets of the organization, newest first',
    access: 'widgets:manage',
    query: listQuery,
    answer: widgetListView,
    async handle({ actor, query: { cursor, limit } }) {
      const place = readCursor(cursor, placeSchema);
      const after = place === null ? null : { createdAt: new Date(place[0]), id: place[1] };
      const entries = await widgets.list(actor, after, limit + 1);
      const page = pageOf(entries, limit, ({ widget }) => [widget.createdAt.getTime(), widget.id]);
      return { items: page.items.map(presentWidget), nextCursor: page.nextCursor };
    },
  });
}
