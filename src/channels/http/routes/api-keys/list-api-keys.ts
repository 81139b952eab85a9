import { z } from 'zod';
import type { ApiKeyService } from '#auth/api-keys.ts';
import { id, listQuery } from '../../contract/common.ts';
import { apiKeyListView } from '../../contract/organization.ts';
import { pageOf, readCursor } from '../../cursor.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentApiKey } from './api-key-view.ts';

const placeSchema = z.tuple([z.int(), id]);

/** GET /api/v1/api-keys */
export function createListApiKeys({ apiKeys }: { apiKeys: Pick<ApiKeyService, 'list'> }): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/api-keys',
    tag: 'Organization',
    summary: 'One’s own API keys, or everybody’s for those who manage them',
    access: 'api-keys:own',
    query: listQuery,
    answer: apiKeyListView,
    async handle({ actor, query: { cursor, limit } }) {
      const place = readCursor(cursor, placeSchema);
      const after = place === null ? null : { createdAt: new Date(place[0]), id: place[1] };
      const rows = await apiKeys.list(actor, after, limit + 1);
      const { items, nextCursor } = pageOf(rows, limit, (row) => [row.createdAt.getTime(), row.id]);
      const now = new Date();
      return { items: items.map((row) => presentApiKey(row, now)), nextCursor };
    },
  });
}
