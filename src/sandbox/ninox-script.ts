import { scriptErrorStatus } from './ninox-assumptions.ts';
import { type FieldValue, findField, findTable, type NinoxDatabase, type NinoxRecord } from './ninox-model.ts';
import { compareValues } from './ninox-query.ts';
import { NinoxRefusal } from './ninox-reply.ts';
import {
  type Aggregate,
  type Comparison,
  type Condition,
  type Expression,
  parseScript,
} from './ninox-script-parser.ts';
import { type RecordPlace, readValue } from './ninox-views.ts';

interface Selection {
  readonly place: RecordPlace;
  readonly records: readonly NinoxRecord[];
  /** One record, as `first` gives it, instead of a list. */
  readonly single: boolean;
}

type Value =
  | { readonly kind: 'records'; readonly selection: Selection }
  | { readonly kind: 'list'; readonly values: readonly FieldValue[] }
  | { readonly kind: 'plain'; readonly value: FieldValue | null };

/**
 * Runs the small part of Ninox script the stand-in knows; it only reads. Records are given as table and number,
 * e.g. `"A6"`. Refuses everything else with a message that says what is understood.
 */
export function runScript(database: NinoxDatabase, script: string): unknown {
  const value = evaluate(database, parseScript(script));
  if (value.kind === 'plain') return value.value;
  if (value.kind === 'list') return value.values;
  const { place, records, single } = value.selection;
  const names = records.map(({ id }) => `${place.table.id}${id}`);
  return single ? (names[0] ?? null) : names;
}

function evaluate(database: NinoxDatabase, expression: Expression): Value {
  switch (expression.kind) {
    case 'literal':
      return { kind: 'plain', value: expression.value };
    case 'select':
      return { kind: 'records', selection: select(database, expression) };
    case 'field':
      return readField(evaluate(database, expression.of), expression.name);
    case 'ordered':
      return order(evaluate(database, expression.of), expression.by);
    case 'aggregate':
      return aggregate(expression.name, evaluate(database, expression.of));
  }
}

function select(database: NinoxDatabase, { table: name, where }: Extract<Expression, { kind: 'select' }>): Selection {
  const table = findTable(database, name);
  if (table === undefined) throw scriptError(`Table not found: ${name}`);
  const place = { database, table };
  const records = [...table.records.values()].sort((left, right) => left.id - right.id);
  return {
    place,
    records: where === null ? records : records.filter((record) => holds(place, record, where)),
    single: false,
  };
}

function holds(place: RecordPlace, record: NinoxRecord, condition: Condition): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.parts.every((part) => holds(place, record, part));
    case 'or':
      return condition.parts.some((part) => holds(place, record, part));
    case 'contains':
      return contains(fieldValue(place, record, condition.field), condition.part);
    case 'compare':
      return compare(fieldValue(place, record, condition.field), condition.comparison, condition.value);
  }
}

function compare(found: FieldValue | undefined, comparison: Comparison, value: FieldValue | null): boolean {
  // An unchecked box is stored as nothing at all.
  const left = found === undefined && typeof value === 'boolean' ? false : found;
  if (comparison === '=') return left === undefined ? value === null : equals(left, value);
  if (comparison === '!=') return left === undefined ? value !== null : !equals(left, value);
  if (left === undefined || value === null) return false;
  const order = compareValues(left, value);
  return { '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[comparison];
}

function equals(found: FieldValue, value: FieldValue | null): boolean {
  const members: readonly unknown[] = Array.isArray(found) ? found : [found];
  return members.some((member) => String(member) === String(value));
}

/** Upper and lower case are the same. */
function contains(found: FieldValue | undefined, part: FieldValue | null): boolean {
  if (found === undefined) return false;
  return String(found).toLowerCase().includes(String(part).toLowerCase());
}

function order(value: Value, by: string): Value {
  if (value.kind !== 'records') throw scriptError(`Field not found: ${by}`);
  const { place, records } = value.selection;
  const sorted = records.toSorted((left, right) =>
    compareValues(fieldValue(place, left, by), fieldValue(place, right, by)),
  );
  return { kind: 'records', selection: { ...value.selection, records: sorted } };
}

function readField(value: Value, name: string): Value {
  if (value.kind !== 'records') throw scriptError(`Field not found: ${name}`);
  const { place, records, single } = value.selection;
  if (findField(place.table, name) === undefined) throw scriptError(`Field not found: ${name}`);
  const values = records.map((record) => fieldValue(place, record, name)).filter((found) => found !== undefined);
  return single ? { kind: 'plain', value: values[0] ?? null } : { kind: 'list', values };
}

function fieldValue(place: RecordPlace, record: NinoxRecord, name: string): FieldValue | undefined {
  const field = findField(place.table, name);
  if (field === undefined) throw scriptError(`Field not found: ${name}`);
  return readValue(place, record, field);
}

function aggregate(name: Aggregate, value: Value): Value {
  if (name === 'cnt') return { kind: 'plain', value: countOf(value) };
  if (name === 'first' || name === 'last') return oneOf(name, value);
  if (value.kind !== 'list') throw scriptError(`${name} expects the values of a field`);
  const numbers = value.values.filter((one) => typeof one === 'number');
  if (name === 'sum') return { kind: 'plain', value: numbers.reduce((sum, one) => sum + one, 0) };
  if (numbers.length === 0) return { kind: 'plain', value: null };
  if (name === 'avg') return { kind: 'plain', value: numbers.reduce((sum, one) => sum + one, 0) / numbers.length };
  return { kind: 'plain', value: name === 'min' ? Math.min(...numbers) : Math.max(...numbers) };
}

function countOf(value: Value): number {
  if (value.kind === 'records') return value.selection.records.length;
  if (value.kind === 'list') return value.values.length;
  return value.value === null ? 0 : 1;
}

function oneOf(which: 'first' | 'last', value: Value): Value {
  if (value.kind === 'plain') return value;
  const at = which === 'first' ? 0 : -1;
  if (value.kind === 'list') return { kind: 'plain', value: value.values.at(at) ?? null };
  const record = value.selection.records.at(at);
  const records = record === undefined ? [] : [record];
  return { kind: 'records', selection: { ...value.selection, records, single: true } };
}

function scriptError(message: string): NinoxRefusal {
  return new NinoxRefusal({ status: scriptErrorStatus, message });
}
