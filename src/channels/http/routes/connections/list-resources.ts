import { z } from 'zod';
import type { ConnectionService } from '#connections/connection-service.ts';
import { AppError } from '#errors';
import type { ResourceQuestion } from '#integrations/catalog.ts';
import { idPath } from '../../contract/common.ts';
import { resourceListView, resourceQuery } from '../../contract/connections.ts';
import { pageOf, readCursor } from '../../cursor.ts';
import { defineRoute } from '../../route.ts';

const place = z.tuple([z.string(), z.string()]);

export function createListResources({ connections }: { connections: Pick<ConnectionService, 'browse'> }) {
  return defineRoute({
    method: 'get',
    path: '/api/v1/connections/:id/resources',
    tag: 'Connections',
    summary: 'List teams, databases or tables a connection sees, by name',
    access: 'connections:own',
    params: idPath,
    query: resourceQuery,
    answer: resourceListView,
    async handle({ actor, params, query }) {
      const after = readCursor(query.cursor, place);
      const found = await connections.browse(actor, params.id, questionOf(query));
      const rest = found
        .map(({ id, name }) => ({ id, name }))
        .sort((a, b) => compare([a.name, a.id], [b.name, b.id]))
        .filter(({ id, name }) => after === null || compare([name, id], after) > 0);
      return pageOf(rest, query.limit, ({ id, name }) => [name, id]);
    },
  });
}

function questionOf({ level, team, database }: z.output<typeof resourceQuery>): ResourceQuestion {
  if (level === 'teams') return { level };
  if (team === undefined) throw new AppError('INPUT_INVALID', 'team: name the team whose databases or tables to list.');
  if (level === 'databases') return { level, team };
  if (database === undefined) throw new AppError('INPUT_INVALID', 'database: name the database whose tables to list.');
  return { level, team, database };
}

function compare(a: readonly [string, string], b: readonly [string, string]): number {
  return a[0].localeCompare(b[0]) || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0);
}
