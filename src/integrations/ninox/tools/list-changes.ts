import { z } from 'zod';
import { changePlace, listPage, placeOf } from '#integrations/ninox/change-listing.ts';
import type { NinoxClient } from '#integrations/ninox/client.ts';
import { cursorParameter, readCursor, writeCursor } from '#integrations/ninox/cursors.ts';
import { tableIdSchema } from '#integrations/ninox/ids.ts';
import { type CallContext, defineTool, type Tool } from '#integrations/tool-definition.ts';
import { databaseParameters } from './read-parameters.ts';

const usualPageSize = 50;
const mostPageSize = 200;

const parameters = z.object({
  ...databaseParameters,
  table_id: tableIdSchema
    .optional()
    .describe('Id of one table; left out: all tables of the database that you may use.'),
  since: z
    .int()
    .min(0)
    .max(2_000_000_000)
    .optional()
    .describe('The sequence to begin after: next_since of an earlier answer. Left out: only the current one is told.'),
  page_size: z
    .int()
    .min(1)
    .max(mostPageSize)
    .optional()
    .describe(`How many changes at most, 1 to ${mostPageSize}; ${usualPageSize} if left out.`),
  cursor: cursorParameter,
});

type Args = z.output<typeof parameters>;

export function createListChangesTool(client: NinoxClient): Tool {
  return defineTool({
    name: 'ninox_list_changes',
    slug: 'NINOX_LIST_CHANGES',
    integration: 'ninox',
    title: 'List changes in Ninox',
    description:
      'Lists which records of a Ninox database or table were created, changed or removed after a sequence number, with their fields. Without “since” it only tells the current sequence, to begin with later. Go on with next_cursor until it is null; next_since is where the next listing begins.',
    scope: 'ninox:records:read',
    effect: 'read',
    readsRecords: true,
    defaultApproval: 'auto',
    parameters,
    target: ({ team_id, database_id, table_id }) => ({
      team: team_id,
      database: database_id,
      ...(table_id === undefined ? {} : { table: table_id }),
    }),
    async execute(args, context) {
      const { team_id, database_id, table_id, since } = args;
      const place = placeOf({ team: team_id, database: database_id }, table_id);
      const answer = { team_id, database_id, ...(table_id === undefined ? {} : { table_id }) };
      if (since !== undefined) return { ...answer, ...(await listSince(client, context, { args, since })) };
      const { sequence } = await client.currentSequence(context, place);
      return { ...answer, changes: [], complete: true, next_cursor: null, next_since: sequence };
    },
  });
}

async function listSince(
  client: NinoxClient,
  context: CallContext,
  { args, since }: { readonly args: Args; readonly since: number },
) {
  const { team_id, database_id, table_id, page_size = usualPageSize, cursor } = args;
  const ids = { team: team_id, database: database_id };
  const asked = ['changes', ids, table_id ?? null, since];
  const from = cursor === undefined ? null : readCursor(asked, cursor, changePlace);
  const found = await client.listChanges(context, placeOf(ids, table_id), since);
  const tables = await client.listTables(context, team_id, database_id);
  const allows = (table: string) => (table_id === undefined || table === table_id) && context.allows({ ...ids, table });
  const { changes, until, next } = listPage({ found, tables, allows, from, pageSize: page_size });
  const isBehind = found.sequence < since;
  return {
    changes,
    complete: next === null,
    next_cursor: next === null ? null : writeCursor(asked, next),
    // Only at the end, since whoever begins there would miss what comes on the next page.
    next_since: next === null ? until : null,
    ...(isBehind
      ? { note: 'The database is at an earlier sequence than was asked for: it was put back. Begin anew.' }
      : {}),
  };
}
