import { z } from 'zod';
import type { ConnectionService } from '#connections/connection-service.ts';
import { connectionListQuery, connectionListView } from '../../contract/connections.ts';
import { pageOf, readCursor } from '../../cursor.ts';
import { defineRoute } from '../../route.ts';
import { presentConnection } from './connection-view.ts';

const place = z.tuple([z.int(), z.string()]);

export function createListConnections({ connections }: { connections: Pick<ConnectionService, 'list'> }) {
  return defineRoute({
    method: 'get',
    path: '/api/v1/connections',
    tag: 'Connections',
    summary: 'List the organization’s connections and your own, newest first',
    access: 'connections:read',
    query: connectionListQuery,
    answer: connectionListView,
    async handle({ actor, query }) {
      const { integration, status, limit } = query;
      const at = readCursor(query.cursor, place);
      const rows = await connections.list(actor, {
        ...(integration === undefined ? {} : { integration }),
        ...(status === undefined ? {} : { status }),
        after: at === null ? null : { createdAt: new Date(at[0]), id: at[1] },
        limit: limit + 1,
      });
      const page = pageOf(rows, limit, ({ record }) => [record.createdAt.getTime(), record.id]);
      return { items: page.items.map(presentConnection), nextCursor: page.nextCursor };
    },
  });
}
