import {
  apiUser,
  clearsReferencesToDeleted,
  dropsDanglingReferences,
  givesIdsOnce,
  invalidWriteStatus,
  refusals,
} from './ninox-assumptions.ts';
import {
  type FieldValue,
  findField,
  type NinoxDatabase,
  type NinoxField,
  type NinoxFile,
  type NinoxRecord,
  type NinoxTable,
  ninoxTime,
} from './ninox-model.ts';
import { isMatch } from './ninox-query.ts';
import { NinoxRefusal } from './ninox-reply.ts';
import type { RecordPlace } from './ninox-views.ts';

/** Field values of one write after checking, by name. A null empties the field. */
type CheckedFields = ReadonlyMap<string, FieldValue | null>;

interface Write {
  readonly place: RecordPlace;
  readonly fields: CheckedFields;
  /** Null creates a record with the next free id. */
  readonly record: number | null;
}

/**
 * Creates and updates in the order given. Everything is checked before anything is changed, so a refusal leaves
 * all as it was.
 */
export function writeRecords(place: RecordPlace, bodies: readonly unknown[]): NinoxRecord[] {
  const writes = bodies.map((body) => checkWrite(place, body));
  return writes.map(applyWrite);
}

export function updateRecord(place: RecordPlace, record: NinoxRecord, body: unknown): NinoxRecord {
  return applyWrite({ place, record: record.id, fields: checkFields(place, asObject(body).fields) });
}

function checkWrite(place: RecordPlace, body: unknown): Write {
  const { id, fields, _upsert } = asObject(body);
  const checked = checkFields(place, fields ?? {});
  if (Array.isArray(_upsert)) return { place, fields: checked, record: findByFields(place, checked, _upsert) };
  if (id === undefined || id === null) return { place, fields: checked, record: null };
  const record = Number(id);
  if (!Number.isSafeInteger(record) || record < 1) throw new NinoxRefusal(refusals.malformedRecordId);
  if (!place.table.records.has(record) && _upsert !== true) throw new NinoxRefusal(refusals.record);
  return { place, fields: checked, record };
}

/** The first record that agrees in every one of the named fields, for `_upsert: ["Field"]`. */
function findByFields(place: RecordPlace, fields: CheckedFields, names: readonly unknown[]): number | null {
  const wanted = names.map((name) => {
    const field = requireField(place.table, String(name));
    return [field, fields.get(field.name) ?? null] as const;
  });
  const found = [...place.table.records.values()].find((record) => isMatch(place, record, wanted));
  return found?.id ?? null;
}

function applyWrite({ place, fields, record }: Write): NinoxRecord {
  const { database, table } = place;
  const written = (record === null ? undefined : table.records.get(record)) ?? addRecord(table, record ?? table.nextId);
  for (const [name, value] of fields) {
    if (value === null) written.fields.delete(name);
    else written.fields.set(name, value);
  }
  touch(database, written);
  return written;
}

function addRecord(table: NinoxTable, id: number): NinoxRecord {
  const now = ninoxTime(new Date());
  const record: NinoxRecord = {
    id,
    sequence: 0,
    createdAt: now,
    createdBy: apiUser,
    modifiedAt: now,
    modifiedBy: apiUser,
    fields: new Map(),
    files: [],
  };
  table.records.set(id, record);
  table.nextId = Math.max(table.nextId, id + 1);
  return record;
}

function touch(database: NinoxDatabase, record: NinoxRecord): void {
  database.sequence += 1;
  record.sequence = database.sequence;
  record.modifiedAt = ninoxTime(new Date());
  record.modifiedBy = apiUser;
}

/** Removes one record and empties what pointed to it. */
export function deleteRecord({ database, table }: RecordPlace, record: NinoxRecord): void {
  table.records.delete(record.id);
  if (!givesIdsOnce && record.id === table.nextId - 1) table.nextId -= 1;
  database.sequence += 1;
  database.removals.push({ table: table.id, record: record.id, sequence: database.sequence });
  if (clearsReferencesToDeleted) clearReferences(database, table, record.id);
}

function clearReferences(database: NinoxDatabase, table: NinoxTable, id: number): void {
  for (const from of database.tables) {
    const pointing = from.fields.filter((field) => field.type === 'ref' && field.referenceToTable === table.id);
    for (const record of from.records.values()) {
      const toClear = pointing.filter(({ name }) => record.fields.get(name) === id);
      for (const { name } of toClear) record.fields.delete(name);
      if (toClear.length > 0) touch(database, record);
    }
  }
}

/** A file of the same name is replaced. */
export function putFile(
  database: NinoxDatabase,
  record: NinoxRecord,
  file: Pick<NinoxFile, 'name' | 'contentType' | 'content' | 'field'>,
): void {
  touch(database, record);
  const stored = { ...file, modifiedDate: record.modifiedAt, modifiedUser: apiUser, sequence: record.sequence };
  record.files = [...record.files.filter(({ name }) => name !== file.name), stored];
}

export function removeFile(database: NinoxDatabase, record: NinoxRecord, file: NinoxFile): void {
  record.files = record.files.filter((other) => other !== file);
  touch(database, record);
}

/** The body of a write as an object; anything else is refused. */
export function asObject(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw new NinoxRefusal(refusals.malformedBody);
}

function checkFields(place: RecordPlace, fields: unknown): CheckedFields {
  const { table } = place;
  return new Map(
    Object.entries(asObject(fields)).map(([name, value]) => {
      const field = requireField(table, name);
      if (field.type === 'formula' || field.type === 'rev') throw invalidWrite(`Field ${name} is read-only`);
      return [field.name, field.type === 'ref' ? checkReference(place, field, value) : checkValue(field, value)];
    }),
  );
}

function requireField(table: NinoxTable, name: string): NinoxField {
  const field = findField(table, name);
  if (field === undefined) throw invalidWrite(`Field ${name} not found in ${table.name}`);
  return field;
}

function checkValue(field: NinoxField, value: unknown): FieldValue | null {
  if (value === null || value === '') return null;
  if (field.type === 'choice') return captionOf(field, value);
  if (field.type === 'multi') return (Array.isArray(value) ? value : [value]).map((one) => captionOf(field, one));
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw invalidWrite(`Invalid value for field ${field.name}`);
}

/** One id, also as text or as a list of one. */
function checkReference({ database }: RecordPlace, field: NinoxField, value: unknown): number | null {
  const [one, second]: unknown[] = Array.isArray(value) ? value : [value];
  if (one === null || one === undefined || one === '') return null;
  const id = typeof one === 'number' || typeof one === 'string' ? Number(one) : Number.NaN;
  if (second !== undefined || !Number.isSafeInteger(id) || id < 1) {
    throw invalidWrite(`Invalid value for field ${field.name}`);
  }
  const target = database.tables.find((table) => table.id === field.referenceToTable);
  return dropsDanglingReferences && target?.records.has(id) !== true ? null : id;
}

/** A choice is sent by caption or by id; it is kept by caption. */
function captionOf(field: NinoxField, value: unknown): string {
  const choice = field.choices?.find(({ id, caption }) => caption === value || id === String(value));
  if (choice === undefined) throw invalidWrite(`Invalid value for field ${field.name}`);
  return choice.caption;
}

function invalidWrite(message: string): NinoxRefusal {
  return new NinoxRefusal({ status: invalidWriteStatus, message });
}
