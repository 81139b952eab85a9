import { type ChangeReads, createChangeReads } from './changes.ts';
import { numbersOf, pathTemplates } from './ids.ts';
import { createMoreReads, type MoreReads } from './more-reads.ts';
import { createPerform, type NinoxCall, type Perform, type PerformOptions } from './perform.ts';
import {
  computedNamesResponse,
  creationResponse,
  databasesResponse,
  filesResponse,
  type NinoxDatabase,
  type NinoxFile,
  type NinoxRecord,
  type NinoxTable,
  type NinoxTeam,
  readAs,
  readDone,
  recordResponse,
  recordsResponse,
  tableResponse,
  tablesResponse,
  teamResponse,
  teamsResponse,
  type WrittenRecord,
  writtenResponse,
} from './responses.ts';

export interface NinoxTableIds {
  readonly team: string;
  readonly database: string;
  readonly table: string;
}

export interface NinoxRecordIds extends NinoxTableIds {
  readonly record: string;
}

/** Values by the names of their fields. */
export type NinoxFields = Readonly<Record<string, unknown>>;

/** One at least: without any, the deletion of many would name nothing. */
export type RecordNumbers = readonly [string, ...string[]];

export interface NewestRecords {
  /** Newest first, as far as Ninox keeps to it. */
  readonly records: readonly NinoxRecord[];
  /** Whether the table certainly has no others. */
  readonly isAll: boolean;
}

/** Every function throws UpstreamError, in nearly all cases NinoxError. Only reads are repeated. */
export interface NinoxClient extends ChangeReads, MoreReads {
  /** All teams the key can see. */
  listTeams(call: NinoxCall): Promise<readonly NinoxTeam[]>;
  getTeam(call: NinoxCall, team: string): Promise<NinoxTeam>;
  listDatabases(call: NinoxCall, team: string): Promise<readonly NinoxDatabase[]>;
  listTables(call: NinoxCall, team: string, database: string): Promise<readonly NinoxTable[]>;
  getTable(call: NinoxCall, ids: NinoxTableIds): Promise<NinoxTable>;
  /** The names of the fields that Ninox computes, which `getTable` leaves out. The answer can be large. */
  listComputedFields(call: NinoxCall, ids: NinoxTableIds): Promise<readonly string[]>;
  /** The same of all tables of a database, by their ids. */
  listAllComputedFields(
    call: NinoxCall,
    ids: Omit<NinoxTableIds, 'table'>,
  ): Promise<ReadonlyMap<string, readonly string[]>>;
  getRecord(call: NinoxCall, ids: NinoxRecordIds): Promise<NinoxRecord>;
  /** Reads pages until `isEnough` says so of all that was read, at most four. */
  listNewestRecords(
    call: NinoxCall,
    ids: NinoxTableIds,
    isEnough: (records: readonly NinoxRecord[]) => boolean,
  ): Promise<NewestRecords>;
  listFiles(call: NinoxCall, ids: NinoxRecordIds): Promise<readonly NinoxFile[]>;
  /** Gives the new record's id. OUTCOME_UNKNOWN when the answer is lost: it may be there then, and is not sent again. */
  createRecord(call: NinoxCall, ids: NinoxTableIds, fields: NinoxFields): Promise<string>;
  /** All with one request; what was created comes in the same order. OUTCOME_UNKNOWN as above. */
  createRecords(
    call: NinoxCall,
    ids: NinoxTableIds,
    records: readonly NinoxFields[],
  ): Promise<readonly WrittenRecord[]>;
  /** Fields that are not named keep their value. OUTCOME_UNKNOWN when the answer is lost. */
  updateRecord(call: NinoxCall, ids: NinoxRecordIds, fields: NinoxFields): Promise<void>;
  /** Resolves only when Ninox said that the record is deleted. */
  deleteRecord(call: NinoxCall, ids: NinoxRecordIds): Promise<void>;
  /** All with one request. That Ninox answers it well says nothing about the single record: it passes over some. */
  deleteRecords(call: NinoxCall, ids: NinoxTableIds, records: RecordNumbers): Promise<void>;
}

/** Records may be large, and an answer may have two megabytes. */
const recordsPerPage = 50;
const maxPages = 4;

const anyAnswer = () => true;
const readTeams = readAs(teamsResponse, anyAnswer);
const readDatabases = readAs(databasesResponse, anyAnswer);
const readTables = readAs(tablesResponse, anyAnswer);
const readRecords = readAs(recordsResponse, anyAnswer);
const readFiles = readAs(filesResponse, anyAnswer);
const readCreation = readAs(creationResponse, anyAnswer);
const readComputed = readAs(computedNamesResponse, anyAnswer);

export function createNinoxClient(options: PerformOptions): NinoxClient {
  const perform = createPerform(options);
  return {
    ...createReads(perform),
    ...createRecordReads(perform),
    ...createChanges(perform),
    ...createChangeReads(perform),
    ...createMoreReads(perform),
  };
}

type Reads = Pick<
  NinoxClient,
  'listTeams' | 'getTeam' | 'listDatabases' | 'listTables' | 'getTable' | 'listComputedFields' | 'listAllComputedFields'
>;

function createReads(perform: Perform): Reads {
  const listAllComputedFields: Reads['listAllComputedFields'] = (call, { team, database }) =>
    perform(call, { method: 'GET', template: pathTemplates.schema, ids: { team, database }, read: readComputed });
  return {
    listAllComputedFields,
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
    getTable: (call, ids) =>
      perform(call, {
        method: 'GET',
        template: pathTemplates.table,
        ids: { ...ids },
        read: readAs(tableResponse, (found) => found.id === ids.table),
      }),
    listComputedFields: async (call, ids) => (await listAllComputedFields(call, ids)).get(ids.table) ?? [],
  };
}

type RecordReads = Pick<NinoxClient, 'getRecord' | 'listNewestRecords' | 'listFiles'>;

function createRecordReads(perform: Perform): RecordReads {
  const readPage = (call: NinoxCall, ids: NinoxTableIds, page: number) =>
    perform(call, {
      method: 'GET',
      template: pathTemplates.records,
      ids: { ...ids },
      query: { new: 'true', page: String(page), perPage: String(recordsPerPage) },
      read: readRecords,
    });
  return {
    getRecord: (call, ids) =>
      perform(call, {
        method: 'GET',
        template: pathTemplates.record,
        ids: { ...ids },
        read: readAs(recordResponse, (found) => found.id === ids.record),
      }),
    listNewestRecords: (call, ids, isEnough) => readNewest((page) => readPage(call, ids, page), isEnough),
    listFiles: (call, ids) =>
      perform(call, { method: 'GET', template: pathTemplates.files, ids: { ...ids }, read: readFiles }),
  };
}

/** Ninox ignores what it does not know, so a page may come again: then it does not turn pages as it was asked to. */
async function readNewest(
  readPage: (page: number) => Promise<readonly NinoxRecord[]>,
  isEnough: (records: readonly NinoxRecord[]) => boolean,
): Promise<NewestRecords> {
  const found: NinoxRecord[] = [];
  const known = new Set<string>();
  for (let page = 0; page < maxPages; page += 1) {
    const records = await readPage(page);
    const further = records.filter(({ id }) => !known.has(id));
    for (const { id } of further) known.add(id);
    found.push(...further);
    if (records.length < recordsPerPage) return { records: found, isAll: true };
    if (further.length === 0 || isEnough(found)) break;
  }
  return { records: found, isAll: false };
}

type Changes = Pick<NinoxClient, 'createRecord' | 'createRecords' | 'updateRecord' | 'deleteRecord' | 'deleteRecords'>;

function createChanges(perform: Perform): Changes {
  return {
    createRecord: (call, ids, fields) =>
      perform(call, {
        method: 'POST',
        template: pathTemplates.records,
        ids: { ...ids },
        body: { fields },
        read: readCreation,
      }),
    createRecords: (call, ids, records) => {
      const bodies = records.map((fields) => ({ fields }));
      const isEach = (found: readonly WrittenRecord[]) => found.length === records.length;
      return perform(call, {
        method: 'POST',
        template: pathTemplates.records,
        ids: { ...ids },
        body: bodies.length === 1 ? bodies[0] : bodies,
        read: readAs(writtenResponse, isEach),
      });
    },
    updateRecord: (call, ids, fields) =>
      perform(call, {
        method: 'PUT',
        template: pathTemplates.record,
        ids: { ...ids },
        body: { fields },
        read: readDone,
      }),
    deleteRecord: (call, ids) =>
      perform(call, { method: 'DELETE', template: pathTemplates.record, ids: { ...ids }, read: readDone }),
    deleteRecords: async (call, ids, records) =>
      perform(call, {
        method: 'DELETE',
        template: pathTemplates.records,
        ids: { ...ids },
        body: numbersOf(records),
        read: readDone,
      }),
  };
}
