import { z } from 'zod';
import type { NinoxClient, NinoxFields, NinoxTableIds } from './client.ts';
import { findCreated, type Search } from './find-created.ts';
import type { NinoxCall } from './perform.ts';
import type { NinoxRecord, NinoxTable, WrittenRecord } from './responses.ts';
import type { Restoration, WritableValue } from './restoration-report.ts';
import type { Place } from './sighting.ts';
import { keepPlace, keptPlace, readKept } from './written-place.ts';

const values = z.record(z.string(), z.unknown());

const createdRecord = z.object({
  id: z.string(),
  /** As they stood right after; null where that could not be read. */
  sequence: z.number().nullable(),
  fields: values.nullable(),
});

const createdRecords = z.object({
  version: z.literal(1),
  ...keptPlace,
  /** What was sent, by the names of the fields. */
  records: z.array(values),
  /** The newest records before, which are none of the new ones. */
  known: z.array(z.string()),
  plannedAt: z.iso.datetime(),
  /** Added once Ninox has said so; left out where its answer was lost. */
  created: z.array(createdRecord).optional(),
});

/** What is kept of a creation for its undo. JSON. */
export type CreatedRecords = Readonly<z.output<typeof createdRecords>>;
export type CreatedRecord = Readonly<z.output<typeof createdRecord>>;

export interface Creation {
  readonly place: Place;
  readonly records: readonly NinoxFields[];
  readonly known: readonly string[];
  readonly plannedAt: Date;
}

export function keepCreation({ place, records, known, plannedAt }: Creation): CreatedRecords {
  const kept = { version: 1, ...keepPlace(place), records, known, plannedAt: plannedAt.toISOString() };
  return createdRecords.parse(kept);
}

export function readCreation(snapshot: unknown): CreatedRecords {
  return readKept(createdRecords, snapshot);
}

/** The ids of the newest records of a table: whatever is created afterwards is none of them. */
export async function listKnown(client: NinoxClient, call: NinoxCall, ids: NinoxTableIds): Promise<readonly string[]> {
  const { records } = await client.listNewestRecords(call, ids, () => true);
  return records.map(({ id }) => id);
}

/** How the new records stand, as far as the answer tells or they can be read at once. */
export async function readCreated(
  client: NinoxClient,
  { call, ids }: { readonly call: NinoxCall; readonly ids: NinoxTableIds },
  written: readonly WrittenRecord[],
): Promise<readonly CreatedRecord[]> {
  const isTold = written.every(({ sequence, fields }) => sequence !== undefined && fields !== undefined);
  const found = isTold ? [] : await readNewest(client, { call, ids }, written);
  const byId = new Map(found.map((record) => [record.id, record]));
  return written.map((one) => {
    const read = byId.get(one.id);
    return {
      id: one.id,
      sequence: read?.sequence ?? one.sequence ?? null,
      fields: read?.fields ?? one.fields ?? null,
    };
  });
}

/** What has been created is created, whatever becomes of reading it. */
async function readNewest(
  client: NinoxClient,
  { call, ids }: { readonly call: NinoxCall; readonly ids: NinoxTableIds },
  written: readonly WrittenRecord[],
): Promise<readonly NinoxRecord[]> {
  const isEach = (records: readonly NinoxRecord[]) => {
    const seen = new Set(records.map(({ id }) => id));
    return written.every(({ id }) => seen.has(id));
  };
  try {
    return (await client.listNewestRecords(call, ids, isEach)).records;
  } catch {
    return [];
  }
}

interface SentRecords {
  readonly records: readonly NinoxFields[];
  /** As the table had them then. */
  readonly tableFields: NinoxTable['fields'];
}

/** What was sent, as a restoration has it, under the names that the table's fields have now. */
function restorationsOf({ records, tableFields }: SentRecords, table: NinoxTable): readonly Restoration[] {
  return records.map((fields) => ({
    writable: Object.entries(fields).map(([name, value]) => writableOf({ name, value }, tableFields, table)),
    lost: [],
  }));
}

function writableOf(
  { name, value }: { readonly name: string; readonly value: unknown },
  before: NinoxTable['fields'],
  table: NinoxTable,
): WritableValue {
  const was = before.find((field) => field.name === name) ?? { id: name, name, type: 'unknown' };
  const field = table.fields.find(({ id }) => id === was.id) ?? was;
  return { name: field.name, value, field };
}

/** The table as far as it was written: Ninox may fill in the other fields of a new record by itself. */
function writtenPart(table: NinoxTable, restorations: readonly Restoration[]): NinoxTable {
  const names = new Set(restorations.flatMap(({ writable }) => writable.map(({ name }) => name)));
  return { ...table, fields: table.fields.filter(({ name }) => names.has(name)) };
}

export interface CreationSearch extends SentRecords {
  readonly call: NinoxCall;
  readonly ids: NinoxTableIds;
  readonly others: readonly string[];
  readonly sentAt: Date;
  /** Whether fields that were not written must be empty. */
  readonly isExact: boolean;
}

/** Looks for what a creation whose answer was lost has left behind. Reads only. */
export async function searchCreated(client: NinoxClient, search: CreationSearch): Promise<Search> {
  const { call, ids, others, sentAt, isExact } = search;
  const table = await client.getTable(call, ids);
  const restorations = restorationsOf(search, table);
  const seen = isExact ? table : writtenPart(table, restorations);
  return findCreated(client, { call, ids }, { table: seen, restorations, others, sentAt });
}
