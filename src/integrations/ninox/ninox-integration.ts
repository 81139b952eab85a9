import type { Integration } from '#integrations/catalog.ts';
import type { NinoxClient } from './client.ts';
import { createContainment } from './containment.ts';
import { createDeleteRecordTool } from './tools/delete-record.ts';
import { createGetDatabasesTool } from './tools/get-databases.ts';
import { createGetTeamTool } from './tools/get-team.ts';
import { createListTeamsTool } from './tools/list-teams.ts';

export function createNinoxIntegration(deps: { client: NinoxClient; now?: () => number }): Integration {
  const { client, now = Date.now } = deps;
  return {
    name: 'ninox',
    title: 'Ninox',
    tools: [
      createListTeamsTool(client),
      createGetTeamTool(client),
      createGetDatabasesTool(client),
      createDeleteRecordTool(client),
    ],
    contains: createContainment(client, now),
  };
}
