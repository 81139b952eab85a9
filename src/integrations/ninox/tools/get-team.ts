import { z } from 'zod';
import type { NinoxClient } from '#integrations/ninox/client.ts';
import { teamIdSchema } from '#integrations/ninox/ids.ts';
import { defineTool, type Tool } from '#integrations/tool-definition.ts';

export function createGetTeamTool(client: NinoxClient): Tool {
  return defineTool({
    name: 'ninox_get_team',
    slug: 'NINOX_GET_TEAM',
    integration: 'ninox',
    title: 'Get a Ninox team',
    description:
      'Reads the id and name of one team (workspace) in Ninox. Use it to confirm that a Ninox team_id exists and what the team is called.',
    scope: 'ninox:teams:read',
    effect: 'read',
    readsRecords: false,
    defaultApproval: 'auto',
    parameters: z.object({ team_id: teamIdSchema.describe('Id of the Ninox team, from ninox_list_teams.') }),
    target: (args) => ({ team: args.team_id }),
    execute: async (args, context) => ({ team: await client.getTeam(context, args.team_id) }),
  });
}
