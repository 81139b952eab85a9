import { z } from 'zod';
import type { NinoxClient } from '#integrations/ninox/client.ts';
import { cursorParameter, readCursor, writeCursor } from '#integrations/ninox/cursors.ts';
import { tableIdSchema } from '#integrations/ninox/ids.ts';
import { viewSchema } from '#integrations/ninox/schema-view.ts';
import { type CallContext, defineTool, type Tool } from '#integrations/tool-definition.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { databaseParameters } from './read-parameters.ts';

const parameters = z.object({
  ...databaseParameters,
  table_id: tableIdSchema.optional().describe('Id of the one table to describe; left out: all that you may use.'),
  cursor: cursorParameter,
});

const placeSchema = z.tuple([tableIdSchema, z.int().min(0).max(100_000)]);

export function createGetSchemaTool(client: NinoxClient): Tool {
  return defineTool({
    name: 'ninox_get_schema',
    slug: 'NINOX_GET_SCHEMA',
    integration: 'ninox',
    title: 'Get the schema of a Ninox database',
    description:
      'Describes the tables of one Ninox database: ids, names, and each field with id, name, type, options of choices and the table a link points to. Use it before reading or writing records, since fields are named by their exact names there. The answer is complete only where next_cursor is null.',
    scope: 'ninox:databases:read',
    effect: 'read',
    readsRecords: false,
    defaultApproval: 'auto',
    parameters,
    target: ({ team_id, database_id, table_id }) => ({
      team: team_id,
      database: database_id,
      ...(table_id === undefined ? {} : { table: table_id }),
    }),
    async execute({ team_id, database_id, table_id, cursor }, context) {
      const asked = ['schema', team_id, database_id, table_id ?? null];
      const from = cursor === undefined ? null : readCursor(asked, cursor, placeSchema);
      const ids = { team: team_id, database: database_id };
      const tables =
        table_id === undefined
          ? await client.listTables(context, team_id, database_id)
          : [await client.getTable(context, { ...ids, table: table_id })];
      const computed = await readComputed(client, context, ids);
      const allowed = tables.filter(({ id }) => context.allows({ ...ids, table: id }));
      const { tables: shown, next } = viewSchema(allowed, computed, from);
      return {
        team_id,
        database_id,
        tables: shown,
        complete: next === null,
        next_cursor: next === null ? null : writeCursor(asked, next),
      };
    },
  });
}

/** Null where it could not be read: the schema itself can be larger than is read at once. */
async function readComputed(
  client: NinoxClient,
  context: CallContext,
  ids: { readonly team: string; readonly database: string },
): Promise<ReadonlyMap<string, readonly string[]> | null> {
  try {
    return await client.listAllComputedFields(context, ids);
  } catch (error) {
    if (error instanceof UpstreamError) return null;
    throw error;
  }
}
