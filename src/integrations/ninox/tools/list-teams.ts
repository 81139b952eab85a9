import { z } from 'zod';
import type { NinoxClient } from '#integrations/ninox/client.ts';
import { defineTool, type Tool } from '#integrations/tool-definition.ts';

export function createListTeamsTool(client: NinoxClient): Tool {
  return defineTool({
    name: 'ninox_list_teams',
    slug: 'NINOX_LIST_TEAMS',
    integration: 'ninox',
    title: 'List Ninox teams',
    description:
      'Lists the teams (workspaces) in Ninox that you may use, with id and name. Use it first whenever you do not yet have a Ninox team_id: every other Ninox tool needs one from here. Not for teams of any other service.',
    scope: 'ninox:teams:read',
    effect: 'read',
    readsRecords: false,
    defaultApproval: 'auto',
    parameters: z.object({}),
    target: () => ({}),
    async execute(_args, context) {
      const teams = await client.listTeams(context);
      return { teams: teams.filter((team) => context.allows({ team: team.id })) };
    },
  });
}
