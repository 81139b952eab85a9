import type { Integration, Resource, ResourceQuestion } from '#integrations/catalog.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import type { NinoxClient } from './client.ts';
import { createContainment } from './containment.ts';
import type { NinoxCall } from './perform.ts';
import { ninoxPlaces, resolveNinoxUrl } from './places.ts';
import { createCreateRecordsTool } from './tools/create-records.ts';
import { createDeleteRecordTool } from './tools/delete-record.ts';
import { createDeleteRecordsTool } from './tools/delete-records.ts';
import { createFindRecordTool } from './tools/find-record.ts';
import { createGetDatabasesTool } from './tools/get-databases.ts';
import { createGetRecordTool } from './tools/get-record.ts';
import { createGetSchemaTool } from './tools/get-schema.ts';
import { createGetTeamTool } from './tools/get-team.ts';
import { createListChangesTool } from './tools/list-changes.ts';
import { createListFilesTool } from './tools/list-files.ts';
import { createListRecordsTool } from './tools/list-records.ts';
import { createListTablesTool } from './tools/list-tables.ts';
import { createListTeamsTool } from './tools/list-teams.ts';
import { createReadFileTool } from './tools/read-file.ts';
import { createRunQueryTool } from './tools/run-query.ts';
import { createUpdateRecordTool } from './tools/update-record.ts';

export interface NinoxIntegrationDeps {
  readonly client: NinoxClient;
  /** The stand-in that the service has started, or null. */
  readonly standIn?: { readonly baseUrl: string } | null;
  readonly now?: () => number;
}

const keyHelp =
  'In Ninox, open Settings → Integrations → API keys as the owner of the workspace (in a private cloud: as a person with full access), create a key and paste it here. Ninox has API keys only, there is no sign-in with Ninox. A key can do whatever the person who made it can do; what personas may do with it is chosen here.';

export function createNinoxIntegration({ client, standIn = null, now = Date.now }: NinoxIntegrationDeps): Integration {
  const places = ninoxPlaces(standIn);
  return {
    name: 'ninox',
    title: 'Ninox',
    description: 'The databases of your teams: personas look things up in them and, where you allow it, change them.',
    category: 'databases',
    connect: { kind: 'api_key', places, keyHelp },
    tools: [
      createListTeamsTool(client),
      createGetTeamTool(client),
      createGetDatabasesTool(client),
      createGetSchemaTool(client),
      createListTablesTool(client),
      createListRecordsTool(client),
      createGetRecordTool(client),
      createFindRecordTool(client),
      createRunQueryTool(client),
      createListChangesTool(client),
      createListFilesTool(client),
      createReadFileTool(client),
      createCreateRecordsTool(client),
      createUpdateRecordTool(client),
      createDeleteRecordTool(client),
      createDeleteRecordsTool(client),
    ],
    resolveBaseUrl: (place, address) => resolveNinoxUrl(places, place, address),
    async inspect(connection, signal) {
      const teams = await client.listTeams({ connection, signal });
      if (teams.length === 0) throw seesNoTeam();
      return teams;
    },
    browse: (connection, question, signal) => browse(client, { connection, signal }, question),
    contains: createContainment(client, now),
  };
}

function seesNoTeam(): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_FORBIDDEN',
    'Ninox accepts this key, but the key sees no team, so nothing could be done with it. Take a key of a person who belongs to at least one team.',
  );
}

async function browse(client: NinoxClient, call: NinoxCall, question: ResourceQuestion): Promise<readonly Resource[]> {
  switch (question.level) {
    case 'teams':
      return client.listTeams(call);
    case 'databases':
      return client.listDatabases(call, question.team);
    case 'tables':
      return (await client.listTables(call, question.team, question.database)).map(({ id, name }) => ({ id, name }));
  }
}
