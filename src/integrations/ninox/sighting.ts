import { UpstreamError } from '#integrations/upstream-error.ts';
import type { NinoxClient, NinoxRecordIds, NinoxTableIds } from './client.ts';
import { NinoxError } from './errors.ts';
import type { NinoxCall } from './perform.ts';
import type { NinoxField, NinoxFile, NinoxRecord, NinoxTable } from './responses.ts';
import { quoted } from './words.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** A field of some table that points to records of the table in question. */
export interface Referrer {
  readonly tableId: string;
  readonly tableName: string;
  /** Of the table in question: lists who points to a record; null where there is no such field. */
  readonly listedIn: string | null;
}

export interface Place {
  readonly team: Named;
  readonly database: Named;
  readonly table: NinoxTable;
}

export interface Sighting extends Place {
  readonly record: NinoxRecord;
  /** The table that each link of this table points to. */
  readonly linkedTables: readonly Named[];
  readonly referrers: readonly Referrer[];
  /** Names, in alphabetical order; null where Ninox does not tell. */
  readonly files: readonly string[] | null;
}

/**
 * Everything a person should see of one record before it changes, read with five requests, one after the other.
 * UPSTREAM_NOT_FOUND, in plain words, when any level of it is not there.
 */
export async function sightRecord(client: NinoxClient, call: NinoxCall, ids: NinoxRecordIds): Promise<Sighting> {
  const sighted = await sightTable(client, call, ids);
  const record = await orMissing(
    () => client.getRecord(call, ids),
    () => recordMissing(ids.record, sighted.table),
  );
  return { ...sighted, record, files: namesOf(await filesOrNull(client, call, ids)) };
}

/** A table with what its records point to and are pointed to from, read with three requests. */
export async function sightTable(
  client: NinoxClient,
  call: NinoxCall,
  ids: NinoxTableIds,
): Promise<Omit<Sighting, 'record' | 'files'>> {
  const { team, database } = await sightDatabase(client, call, ids);
  const tables = await orMissing(
    () => client.listTables(call, ids.team, ids.database),
    () => databaseMissing(ids.database, team),
  );
  const table = tables.find(({ id }) => id === ids.table);
  if (table === undefined) throw tableMissing(ids.table, database);
  const linked = new Set(table.fields.map(({ referenceToTable }) => referenceToTable));
  return {
    team,
    database,
    table,
    linkedTables: tables.filter(({ id }) => linked.has(id)).map(({ id, name }) => ({ id, name })),
    referrers: referrersOf(table, tables),
  };
}

/** Where something would be created, read with three requests. UPSTREAM_NOT_FOUND as above. */
export async function sightPlace(client: NinoxClient, call: NinoxCall, ids: NinoxTableIds): Promise<Place> {
  const { team, database } = await sightDatabase(client, call, ids);
  const table = await orMissing(
    () => client.getTable(call, ids),
    () => tableMissing(ids.table, database),
  );
  return { team, database, table };
}

/** One record without what hangs on it, read with four requests. UPSTREAM_NOT_FOUND as above. */
export async function sightAlone(
  client: NinoxClient,
  call: NinoxCall,
  ids: NinoxRecordIds,
): Promise<Place & { readonly record: NinoxRecord }> {
  const place = await sightPlace(client, call, ids);
  const record = await orMissing(
    () => client.getRecord(call, ids),
    () => recordMissing(ids.record, place.table),
  );
  return { ...place, record };
}

/** The record, or null where its table has none of that number. */
export async function findRecord(
  client: NinoxClient,
  call: NinoxCall,
  ids: NinoxRecordIds,
): Promise<NinoxRecord | null> {
  try {
    return await client.getRecord(call, ids);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

async function sightDatabase(client: NinoxClient, call: NinoxCall, ids: NinoxTableIds) {
  const missing = () =>
    notFound(`Ninox knows no team ${ids.team}, or the key of this connection does not see it. Look the team up again.`);
  const team = await orMissing(() => client.getTeam(call, ids.team), missing);
  const databases = await orMissing(() => client.listDatabases(call, ids.team), missing);
  const database = databases.find(({ id }) => id === ids.database);
  if (database === undefined) throw databaseMissing(ids.database, team);
  return { team, database };
}

async function orMissing<Result>(read: () => Promise<Result>, missing: () => UpstreamError): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw isNotFound(error) ? missing() : error;
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof NinoxError && error.kind === 'not_found';
}

function notFound(message: string): UpstreamError {
  return new UpstreamError('UPSTREAM_NOT_FOUND', message);
}

function databaseMissing(id: string, team: Named): UpstreamError {
  return notFound(
    `There is no database ${id} in the team ${quoted(team.name)}. Look the databases of the team up again.`,
  );
}

function tableMissing(id: string, database: Named): UpstreamError {
  return notFound(`There is no table ${id} in the database ${quoted(database.name)}. Check the letters of the table.`);
}

function recordMissing(id: string, table: Named): UpstreamError {
  return notFound(
    `There is no record ${id} in the table ${quoted(table.name)}. It may have been deleted already; check its number.`,
  );
}

/** The record was there a moment ago, so a 404 here says that this Ninox lists no files. */
export async function filesOrNull(client: NinoxClient, call: NinoxCall, ids: NinoxRecordIds) {
  try {
    return await client.listFiles(call, ids);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

export function namesOf(files: readonly NinoxFile[] | null): readonly string[] | null {
  return files === null ? null : files.map(({ name }) => name).toSorted();
}

/** Told by the links of all tables and by the table's own back links; either may be missing. */
function referrersOf(table: NinoxTable, tables: readonly NinoxTable[]): readonly Referrer[] {
  const found = new Map<string, Referrer>();
  const add = (tableId: string, fieldId: string, listedIn: NinoxField | undefined) => {
    const tableName = tables.find(({ id }) => id === tableId)?.name ?? tableId;
    const key = `${tableId} ${fieldId}`;
    if (!found.has(key)) found.set(key, { tableId, tableName, listedIn: listedIn?.name ?? null });
  };
  for (const field of table.fields) {
    if (field.type === 'rev' && field.referenceFromTable !== undefined) {
      add(field.referenceFromTable, field.referenceFromField ?? field.id, field);
    }
  }
  for (const from of tables) {
    for (const field of from.fields) {
      if (field.type !== 'ref' || field.referenceToTable !== table.id) continue;
      add(
        from.id,
        field.id,
        table.fields.find(({ id }) => id === field.reverseField),
      );
    }
  }
  return [...found.values()];
}
