import { changeTime, showsReverseFields } from './ninox-assumptions.ts';
import type { FieldValue, NinoxDatabase, NinoxField, NinoxRecord, NinoxTable } from './ninox-model.ts';

/** How a record is written out, as the caller asked for it. */
export interface RecordStyle {
  /** Keys of `fields` are ids instead of names. */
  readonly fieldIds: boolean;
  /** Choices are given by id instead of by caption. */
  readonly choiceIds: boolean;
}

export const defaultStyle: RecordStyle = { fieldIds: false, choiceIds: false };

export function readStyle(query: URLSearchParams): RecordStyle {
  const choiceStyle = query.get('choiceStyle') ?? '';
  return { fieldIds: query.get('ids') === 'true', choiceIds: choiceStyle === 'ids' || choiceStyle === 'id' };
}

export function nameView({ id, name }: { readonly id: string; readonly name: string }): unknown {
  return { id, name };
}

export function tableView(table: NinoxTable): unknown {
  return {
    id: table.id,
    name: table.name,
    fields: table.fields.filter(({ type }) => type !== 'formula').map(fieldView),
  };
}

function fieldView(field: NinoxField): unknown {
  return field.choices === undefined ? field : { ...field, choices: choiceViews(field.choices) };
}

function choiceViews(choices: NonNullable<NinoxField['choices']>): unknown {
  return choices.map(({ id, caption }, order) => ({ id, caption, captions: {}, order }));
}

export function databaseView(database: NinoxDatabase): unknown {
  const { name, icon, color } = database;
  return { settings: { name, icon, color }, schema: schemaView(database) };
}

export function schemaView(database: NinoxDatabase): unknown {
  return {
    seq: database.sequence,
    version: 1,
    nextTypeId: database.tables.length + 1,
    types: Object.fromEntries(database.tables.map((table) => [table.id, typeView(table)])),
  };
}

function typeView(table: NinoxTable): unknown {
  return {
    caption: table.name,
    kind: 'table',
    fields: Object.fromEntries(table.fields.map((field) => [field.id, schemaFieldView(field)])),
  };
}

/** Keys without a value are left out by JSON. */
function schemaFieldView(field: NinoxField): unknown {
  const { name: caption, type, choices, script } = field;
  if (type === 'formula') return { base: 'fn', caption, fn: script };
  const { referenceToTable, reverseField, referenceFromTable, referenceFromField } = field;
  const references = {
    refTypeId: referenceToTable ?? referenceFromTable,
    refFieldId: reverseField ?? referenceFromField,
  };
  return { base: type, caption, ...references, ...(choices === undefined ? {} : { values: choiceViews(choices) }) };
}

export interface RecordPlace {
  readonly database: NinoxDatabase;
  readonly table: NinoxTable;
}

export function recordView(place: RecordPlace, record: NinoxRecord, style: RecordStyle): unknown {
  const { id, sequence, createdAt, createdBy, modifiedAt, modifiedBy } = record;
  const fields: Record<string, unknown> = {};
  for (const field of place.table.fields) {
    const value = readValue(place, record, field);
    if (value === undefined || (field.type === 'rev' && !showsReverseFields)) continue;
    fields[style.fieldIds ? field.id : field.name] = style.choiceIds ? withChoiceIds(field, value) : value;
  }
  return { id, sequence, createdAt, createdBy, modifiedAt, modifiedBy, fields };
}

/** A reverse field holds nothing of its own: its value is whoever points here. */
export function readValue(place: RecordPlace, record: NinoxRecord, field: NinoxField): FieldValue | undefined {
  if (field.type !== 'rev') return record.fields.get(field.name);
  const from = place.database.tables.find(({ id }) => id === field.referenceFromTable);
  const pointing = from?.fields.find(({ id }) => id === field.referenceFromField);
  if (from === undefined || pointing === undefined) return undefined;
  const found = [...from.records.values()].filter((other) => other.fields.get(pointing.name) === record.id);
  return found.length === 0 ? undefined : found.map(({ id }) => id);
}

function withChoiceIds({ choices }: NinoxField, value: FieldValue): FieldValue {
  if (choices === undefined) return value;
  const idOf = (caption: string | number | boolean) =>
    choices.find((choice) => choice.caption === caption)?.id ?? String(caption);
  return Array.isArray(value) ? value.map(idOf) : idOf(value as string);
}

/** A record inside `changes`: fields by id, then the times, users and sequence of its life. */
export function changeView(place: RecordPlace, record: NinoxRecord): unknown {
  const stored = place.table.fields.flatMap((field) => {
    const value = record.fields.get(field.name);
    return value === undefined ? [] : [[field.id, value] as const];
  });
  return {
    ...Object.fromEntries(stored),
    _cd: changeTime(record.createdAt),
    _cu: record.createdBy,
    _md: changeTime(record.modifiedAt),
    _mu: record.modifiedBy,
    _sq: record.sequence,
  };
}
