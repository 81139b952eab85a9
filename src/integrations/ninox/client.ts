import { pathTemplates } from './ids.ts';
import { createPerform, type NinoxCall, type PerformOptions } from './perform.ts';
import {
  databasesResponse,
  type NinoxDatabase,
  type NinoxRecord,
  type NinoxTable,
  type NinoxTeam,
  readAs,
  readDeletion,
  recordResponse,
  tablesResponse,
  teamResponse,
  teamsResponse,
} from './responses.ts';

export interface NinoxRecordIds {
  readonly team: string;
  readonly database: string;
  readonly table: string;
  readonly record: string;
}

/** Every function throws UpstreamError, in nearly all cases NinoxError. Only reads are repeated. */
export interface NinoxClient {
  /** All teams the key can see. */
  listTeams(call: NinoxCall): Promise<readonly NinoxTeam[]>;
  getTeam(call: NinoxCall, team: string): Promise<NinoxTeam>;
  listDatabases(call: NinoxCall, team: string): Promise<readonly NinoxDatabase[]>;
  listTables(call: NinoxCall, team: string, database: string): Promise<readonly NinoxTable[]>;
  getRecord(call: NinoxCall, ids: NinoxRecordIds): Promise<NinoxRecord>;
  /** Resolves only when Ninox said that the record is deleted. */
  deleteRecord(call: NinoxCall, ids: NinoxRecordIds): Promise<void>;
}

const anyAnswer = () => true;
const readTeams = readAs(teamsResponse, anyAnswer);
const readDatabases = readAs(databasesResponse, anyAnswer);
const readTables = readAs(tablesResponse, anyAnswer);

export function createNinoxClient(options: PerformOptions): NinoxClient {
  const perform = createPerform(options);
  return {
    listTeams: (call) => perform(call, { method: 'GET', template: pathTemplates.teams, ids: {}, read: readTeams }),
    getTeam: (call, team) =>
      perform(call, {
        method: 'GET',
        template: pathTemplates.team,
        ids: { team },
        read: readAs(teamResponse, (found) => found.id === team),
      }),
    listDatabases: (call, team) =>
      perform(call, { method: 'GET', template: pathTemplates.databases, ids: { team }, read: readDatabases }),
    listTables: (call, team, database) =>
      perform(call, { method: 'GET', template: pathTemplates.tables, ids: { team, database }, read: readTables }),
    getRecord: (call, ids) =>
      perform(call, {
        method: 'GET',
        template: pathTemplates.record,
        ids: { ...ids },
        read: readAs(recordResponse, (found) => found.id === ids.record),
      }),
    deleteRecord: (call, ids) =>
      perform(call, { method: 'DELETE', template: pathTemplates.record, ids: { ...ids }, read: readDeletion }),
  };
}
