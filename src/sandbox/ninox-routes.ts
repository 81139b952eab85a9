import { deletionBody, refusals } from './ninox-assumptions.ts';
import { findTable, type NinoxData, type NinoxDatabase, type NinoxRecord, type NinoxTeam } from './ninox-model.ts';
import { isMatch, readFilters, selectPage, wholeNumber } from './ninox-query.ts';
import { jsonReply, NinoxRefusal, type Reply, textReply } from './ninox-reply.ts';
import { runScript } from './ninox-script.ts';
import { asObject, deleteRecord, updateRecord, writeRecords } from './ninox-store.ts';
import {
  changeView,
  databaseView,
  nameView,
  type RecordPlace,
  readStyle,
  recordView,
  schemaView,
  tableView,
} from './ninox-views.ts';

/** A key of the stand-in and the ids of the teams it sees. */
export interface StandInKey {
  readonly key: string;
  readonly teams: 'all' | readonly string[];
}

/** One request, after the key was accepted. */
export interface NinoxRequest {
  readonly data: NinoxData;
  readonly key: StandInKey;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly body: Buffer;
}

export interface NinoxRoute {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly path: string;
  handle(request: NinoxRequest): Reply | Promise<Reply>;
}

export const paths = {
  teams: '/teams',
  team: '/teams/:team',
  databases: '/teams/:team/databases',
  database: '/teams/:team/databases/:database',
  tables: '/teams/:team/databases/:database/tables',
  table: '/teams/:team/databases/:database/tables/:table',
  records: '/teams/:team/databases/:database/tables/:table/records',
  record: '/teams/:team/databases/:database/tables/:table/records/:record',
} as const;

/*
 * Without an id the path of one record is the path of all: `DELETE .../records/` is the deletion of many, as in Ninox.
 * That is the danger a client has to guard against, so the stand-in must have it too.
 */
export const routes: readonly NinoxRoute[] = [
  { method: 'get', path: paths.teams, handle: (request) => jsonReply(visibleTeams(request).map(nameView)) },
  { method: 'get', path: paths.team, handle: (request) => jsonReply(nameView(teamOf(request))) },
  { method: 'get', path: paths.databases, handle: (request) => jsonReply(teamOf(request).databases.map(nameView)) },
  { method: 'get', path: paths.database, handle: (request) => jsonReply(databaseView(databaseOf(request))) },
  { method: 'get', path: `${paths.database}/schema`, handle: (request) => jsonReply(schemaView(databaseOf(request))) },
  { method: 'get', path: `${paths.database}/query`, handle: (request) => query(request, request.query.get('query')) },
  { method: 'post', path: `${paths.database}/query`, handle: (request) => query(request, scriptIn(request)) },
  { method: 'post', path: `${paths.database}/exec`, handle: (request) => query(request, scriptIn(request)) },
  { method: 'get', path: `${paths.database}/changes`, handle: databaseChanges },
  { method: 'get', path: paths.tables, handle: (request) => jsonReply(databaseOf(request).tables.map(tableView)) },
  { method: 'get', path: paths.table, handle: (request) => jsonReply(tableView(placeOf(request).table)) },
  { method: 'get', path: `${paths.table}/changes`, handle: tableChanges },
  { method: 'post', path: `${paths.table}/record`, handle: lookUpRecord },
  { method: 'get', path: paths.records, handle: listRecords },
  { method: 'post', path: paths.records, handle: saveRecords },
  { method: 'delete', path: paths.records, handle: deleteMany },
  { method: 'get', path: paths.record, handle: (request) => present(request, recordOf(request)) },
  { method: 'put', path: paths.record, handle: putRecord },
  { method: 'delete', path: paths.record, handle: deleteOne },
  { method: 'get', path: `${paths.record}/changes`, handle: recordChanges },
];

function visibleTeams({ data, key }: NinoxRequest): readonly NinoxTeam[] {
  return data.teams.filter(({ id }) => key.teams === 'all' || key.teams.includes(id));
}

/** A team the key does not see is answered like one that does not exist. */
function teamOf(request: NinoxRequest): NinoxTeam {
  const team = visibleTeams(request).find(({ id }) => id === request.params.team);
  if (team === undefined) throw new NinoxRefusal(refusals.team);
  return team;
}

function databaseOf(request: NinoxRequest): NinoxDatabase {
  const database = teamOf(request).databases.find(({ id }) => id === request.params.database);
  if (database === undefined) throw new NinoxRefusal(refusals.database);
  return database;
}

function placeOf(request: NinoxRequest): RecordPlace {
  const database = databaseOf(request);
  const table = findTable(database, request.params.table ?? '');
  if (table === undefined) throw new NinoxRefusal(refusals.table);
  return { database, table };
}

/** The record the path names, its whole way down checked. */
export function findAddressed(request: NinoxRequest): { readonly place: RecordPlace; readonly record: NinoxRecord } {
  const place = placeOf(request);
  const record = place.table.records.get(readRecordId(request));
  if (record === undefined) throw new NinoxRefusal(refusals.record);
  return { place, record };
}

function readRecordId({ params }: NinoxRequest): number {
  const id = params.record ?? '';
  if (!/^[1-9]\d{0,15}$/.test(id)) throw new NinoxRefusal(refusals.malformedRecordId);
  return Number(id);
}

function recordOf(request: NinoxRequest): NinoxRecord {
  return findAddressed(request).record;
}

export function readJson({ body }: NinoxRequest): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new NinoxRefusal(refusals.malformedBody);
  }
}

function present(request: NinoxRequest, record: NinoxRecord): Reply {
  return jsonReply(recordView(placeOf(request), record, readStyle(request.query)));
}

function listRecords(request: NinoxRequest): Reply {
  const place = placeOf(request);
  const style = readStyle(request.query);
  return jsonReply(selectPage(place, request.query).map((record) => recordView(place, record, style)));
}

function lookUpRecord(request: NinoxRequest): Reply {
  const place = placeOf(request);
  const wanted = readFilters(place.table, asObject(readJson(request)).filters ?? {});
  const found = [...place.table.records.values()].find((record) => isMatch(place, record, wanted));
  if (found === undefined) throw new NinoxRefusal(refusals.record);
  return present(request, found);
}

function saveRecords(request: NinoxRequest): Reply {
  const place = placeOf(request);
  const body = readJson(request);
  const style = readStyle(request.query);
  const written = writeRecords(place, Array.isArray(body) ? body : [body]).map((record) =>
    recordView(place, record, style),
  );
  return jsonReply(Array.isArray(body) ? written : written[0]);
}

function putRecord(request: NinoxRequest): Reply {
  const { place, record } = findAddressed(request);
  return present(request, updateRecord(place, record, readJson(request)));
}

function deleteOne(request: NinoxRequest): Reply {
  const { place, record } = findAddressed(request);
  deleteRecord(place, record);
  return textReply(deletionBody);
}

/** Ids that are not there are passed over. */
function deleteMany(request: NinoxRequest): Reply {
  const place = placeOf(request);
  const ids = readJson(request);
  if (!Array.isArray(ids)) throw new NinoxRefusal(refusals.malformedBody);
  for (const id of ids) {
    const record = place.table.records.get(Number(id));
    if (record !== undefined) deleteRecord(place, record);
  }
  return textReply(deletionBody);
}

function scriptIn(request: NinoxRequest): string | null {
  const { query: script } = asObject(readJson(request));
  return typeof script === 'string' ? script : null;
}

function query(request: NinoxRequest, script: string | null): Reply {
  const database = databaseOf(request);
  if (script === null || script === '') throw new NinoxRefusal(refusals.malformedBody);
  return jsonReply(runScript(database, script));
}

interface Changes {
  readonly database: NinoxDatabase;
  readonly since: number;
  readonly includes: (table: string, record: number) => boolean;
}

function changesIn({ database, since, includes }: Changes): Readonly<Record<string, unknown>> {
  const changed = database.tables.flatMap((table) =>
    [...table.records.values()]
      .filter((record) => record.sequence > since && includes(table.id, record.id))
      .map((record) => [`${table.id}${record.id}`, changeView({ database, table }, record)] as const),
  );
  const removed = database.removals.filter(
    ({ sequence, table, record }) => sequence > since && includes(table, record),
  );
  return {
    seq: database.sequence,
    updates: Object.fromEntries(changed),
    removes: removed.map(({ table, record }) => `${table}${record}`),
    files: [],
    views: {},
  };
}

function sinceIn(request: NinoxRequest): number {
  return wholeNumber(request.query.get('sinceSq')) ?? -1;
}

function databaseChanges(request: NinoxRequest): Reply {
  const database = databaseOf(request);
  const changes = changesIn({ database, since: sinceIn(request), includes: () => true });
  const nextRids = Object.fromEntries(database.tables.map(({ id, nextId }) => [id, nextId]));
  return jsonReply({ ...changes, nextRids });
}

function tableChanges(request: NinoxRequest): Reply {
  const { database, table } = placeOf(request);
  const changes = changesIn({ database, since: sinceIn(request), includes: (id) => id === table.id });
  return jsonReply({ ...changes, nextRid: table.nextId });
}

/** Also answers for a record that is gone: that is how its removal is seen. */
function recordChanges(request: NinoxRequest): Reply {
  const { database, table } = placeOf(request);
  const wanted = readRecordId(request);
  const includes = (id: string, record: number) => id === table.id && record === wanted;
  return jsonReply(changesIn({ database, since: sinceIn(request), includes }));
}
