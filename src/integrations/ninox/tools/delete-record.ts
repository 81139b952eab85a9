import { z } from 'zod';
import type { NinoxClient, NinoxRecordIds } from '#integrations/ninox/client.ts';
import { createDeletion, deletionOutput } from '#integrations/ninox/deletion.ts';
import { databaseIdSchema, recordIdSchema, tableIdSchema, teamIdSchema } from '#integrations/ninox/ids.ts';
import { defineTool, type Tool } from '#integrations/tool-definition.ts';

const parameters = z.object({
  team_id: teamIdSchema.describe('Id of the Ninox team, from ninox_list_teams.'),
  database_id: databaseIdSchema.describe('Id of the Ninox database, from ninox_get_databases.'),
  table_id: tableIdSchema.describe('Id of the table inside the database, e.g. A or AB: its id, not its name.'),
  record_id: recordIdSchema.describe('Number of the record inside the table, e.g. 12.'),
});

export function createDeleteRecordTool(client: NinoxClient): Tool {
  return defineTool({
    name: 'ninox_delete_record',
    slug: 'NINOX_DELETE_RECORD',
    integration: 'ninox',
    title: 'Delete a Ninox record',
    description:
      'Deletes one record from a table of a Ninox database. Use it only when the person asked for this deletion and all four ids were confirmed: team and database by the Ninox tools, table and record by the person. Never guess an id, never repeat a call whose outcome is unknown.',
    scope: 'ninox:records:delete',
    effect: 'destructive',
    readsRecords: false,
    defaultApproval: 'ask',
    parameters,
    target: (args) => ({
      team: args.team_id,
      database: args.database_id,
      table: args.table_id,
      record: args.record_id,
    }),
    change: (args) => createDeletion(client, idsOf(args)),
    async execute(args, context) {
      const ids = idsOf(args);
      await client.deleteRecord(context, ids);
      const { database, table, record } = ids;
      context.touched?.([{ database, table, record, kind: 'deleted', sequence: null }]);
      return deletionOutput(ids);
    },
  });
}

function idsOf({ team_id, database_id, table_id, record_id }: z.output<typeof parameters>): NinoxRecordIds {
  return { team: team_id, database: database_id, table: table_id, record: record_id };
}
