import { z } from 'zod';
import type { NinoxClient } from '#integrations/ninox/client.ts';
import { cursorParameter, readCursor, writeCursor } from '#integrations/ninox/cursors.ts';
import { tableIdSchema } from '#integrations/ninox/ids.ts';
import { defineTool, type Tool } from '#integrations/tool-definition.ts';
import { databaseParameters } from './read-parameters.ts';

const mostTables = 200;

const parameters = z.object({ ...databaseParameters, cursor: cursorParameter });

export function createListTablesTool(client: NinoxClient): Tool {
  return defineTool({
    name: 'ninox_list_tables',
    slug: 'NINOX_LIST_TABLES',
    integration: 'ninox',
    title: 'List Ninox tables',
    description:
      'Lists the tables of one Ninox database that you may use, with id, name and number of fields. Use it to find a Ninox table_id. The answer is complete only where next_cursor is null.',
    scope: 'ninox:databases:read',
    effect: 'read',
    readsRecords: false,
    defaultApproval: 'auto',
    parameters,
    target: ({ team_id, database_id }) => ({ team: team_id, database: database_id }),
    async execute({ team_id, database_id, cursor }, context) {
      const asked = ['tables', team_id, database_id];
      const after = cursor === undefined ? null : readCursor(asked, cursor, z.tuple([tableIdSchema]))[0];
      const all = await client.listTables(context, team_id, database_id);
      const allowed = all.filter(({ id }) => context.allows({ team: team_id, database: database_id, table: id }));
      const rest = allowed.slice(after === null ? 0 : allowed.findIndex(({ id }) => id === after) + 1);
      const shown = rest.slice(0, mostTables);
      const last = shown.at(-1);
      const isMore = rest.length > shown.length && last !== undefined;
      return {
        team_id,
        database_id,
        tables: shown.map(({ id, name, fields }) => ({ table_id: id, name, field_count: fields.length })),
        complete: !isMore,
        next_cursor: isMore ? writeCursor(asked, [last.id]) : null,
      };
    },
  });
}
