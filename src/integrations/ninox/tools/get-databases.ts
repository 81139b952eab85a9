import { z } from 'zod';
import type { NinoxClient } from '#integrations/ninox/client.ts';
import { teamIdSchema } from '#integrations/ninox/ids.ts';
import { defineTool, type Tool } from '#integrations/tool-definition.ts';

export function createGetDatabasesTool(client: NinoxClient): Tool {
  return defineTool({
    name: 'ninox_get_databases',
    slug: 'NINOX_GET_DATABASES',
    integration: 'ninox',
    title: 'Get the databases of a Ninox team',
    description:
      'Lists the databases of one team (workspace) in Ninox that you may use, with id and name. Use it to find a Ninox database_id once the team is known. Two databases can have the same name: ask which one is meant.',
    scope: 'ninox:databases:read',
    effect: 'read',
    readsRecords: false,
    defaultApproval: 'auto',
    parameters: z.object({ team_id: teamIdSchema.describe('Id of the Ninox team, from ninox_list_teams.') }),
    target: (args) => ({ team: args.team_id }),
    async execute({ team_id }, context) {
      const databases = await client.listDatabases(context, team_id);
      const allowed = databases.filter((database) => context.allows({ team: team_id, database: database.id }));
      return { team_id, databases: allowed };
    },
  });
}
