import { z } from 'zod';
import type { ConnectionService } from '#connections/connection-service.ts';
import type { Integration } from '#integrations/catalog.ts';
import { integrationListQuery, integrationListView } from '../../contract/connections.ts';
import { pageOf, readCursor } from '../../cursor.ts';
import { defineRoute } from '../../route.ts';
import { presentIntegration } from './integration-view.ts';

const place = z.tuple([z.string(), z.string()]);

export function createListIntegrations({ connections }: { connections: Pick<ConnectionService, 'integrations'> }) {
  return defineRoute({
    method: 'get',
    path: '/api/v1/integrations',
    tag: 'Integrations',
    summary: 'List what can be connected, with its tools',
    access: 'connections:read',
    query: integrationListQuery,
    answer: integrationListView,
    async handle({ actor, query }) {
      const after = readCursor(query.cursor, place);
      const words = query.search?.trim().toLowerCase() ?? '';
      const all = (await connections.integrations(actor))
        .filter(({ integration }) => query.category === undefined || integration.category === query.category)
        .filter(({ integration }) => isFound(integration, words))
        .sort((a, b) => compare(placeOf(a.integration), placeOf(b.integration)))
        .filter(({ integration }) => after === null || compare(placeOf(integration), after) > 0);
      const { items, nextCursor } = pageOf(all, query.limit, ({ integration }) => placeOf(integration));
      return { items: items.map((row) => presentIntegration(row.integration, row.connections)), nextCursor };
    },
  });
}

/** Looked for in everything that a card of the catalog shows. */
function isFound({ name, title, description, tools }: Integration, words: string): boolean {
  const texts = [name, title, description, ...tools.flatMap((tool) => [tool.name, tool.slug, tool.title])];
  return texts.some((text) => text.toLowerCase().includes(words));
}

function placeOf({ title, name }: Integration): [string, string] {
  return [title, name];
}

function compare(a: readonly [string, string], b: readonly [string, string]): number {
  return a[0].localeCompare(b[0]) || a[1].localeCompare(b[1]);
}
