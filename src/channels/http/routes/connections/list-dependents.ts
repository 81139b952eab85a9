import { z } from 'zod';
import type { ConnectionService } from '#connections/connection-service.ts';
import { idPath, listQuery } from '../../contract/common.ts';
import { dependentListView } from '../../contract/connections.ts';
import { pageOf, readCursor } from '../../cursor.ts';
import { defineRoute } from '../../route.ts';

const place = z.tuple([z.string()]);

export function createListDependents({ connections }: { connections: Pick<ConnectionService, 'dependents'> }) {
  return defineRoute({
    method: 'get',
    path: '/api/v1/connections/:id/dependents',
    tag: 'Connections',
    summary: 'List what uses a connection and would stop without it',
    access: 'connections:read',
    params: idPath,
    query: listQuery.extend({ limit: listQuery.shape.limit.unwrap().default(100) }),
    answer: dependentListView,
    async handle({ actor, params, query }) {
      const after = readCursor(query.cursor, place)?.[0] ?? '';
      const rest = (await connections.dependents(actor, params.id))
        .map((dependent) => ({ ...dependent, uses: [...dependent.uses], missing: [...dependent.missing] }))
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .filter(({ id }) => id > after);
      return pageOf(rest, query.limit, ({ id }) => [id]);
    },
  });
}
