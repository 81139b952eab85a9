import { type Condition, emptiness, type Operator, operatorOf, orders, type Plain } from './comparisons.ts';
import { roleOf } from './fields.ts';
import type { NinoxField } from './responses.ts';
import { quoted } from './words.ts';

/*
 * A query is a script, and whoever writes a script can do more than read one table. So it is only ever put together
 * here: of names that are in the schema, of operators of a closed list, and of values as literals. Which escapes Ninox
 * knows inside a text is not documented; a text therefore never holds a character that could need one.
 */

/** What is wrong with a query, in one sentence. */
export class QueryProblem extends Error {}

const longestScript = 1_900;

export const aggregates = ['count', 'sum', 'average', 'minimum', 'maximum'] as const;
export type Aggregate = (typeof aggregates)[number];

const aggregateFunctions: Record<Aggregate, string> = {
  count: 'cnt',
  sum: 'sum',
  average: 'avg',
  minimum: 'min',
  maximum: 'max',
};

/** A field of the table; null for the type of one that Ninox computes. */
export interface QueryField {
  readonly name: string;
  readonly field: NinoxField | null;
}

export interface QueryParts {
  readonly table: string;
  readonly where: readonly { readonly on: QueryField; readonly condition: Condition }[];
  readonly order: QueryField | null;
  readonly aggregate: { readonly function: Aggregate; readonly on: QueryField | null } | null;
}

/** Throws QueryProblem for what cannot be asked this way. */
export function buildScript({ table, where, order, aggregate }: QueryParts): string {
  const conditions = where.map(({ on, condition }) => compare(on, condition));
  const filter = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
  const select = `(select ${nameLiteral(table)}${filter})`;
  const script = aggregate === null ? ordered(select, order) : aggregated(select, aggregate);
  if (script.length > longestScript) throw new QueryProblem('The query is too long. Use fewer or shorter conditions.');
  return script;
}

function ordered(select: string, order: QueryField | null): string {
  return order === null ? select : `${select} order by ${nameLiteral(order.name)}`;
}

function aggregated(select: string, { function: name, on }: NonNullable<QueryParts['aggregate']>): string {
  if (name === 'count') return `cnt(${select})`;
  if (on === null) throw new QueryProblem(`“${name}” needs the field to reckon with.`);
  return `${aggregateFunctions[name]}(${select}.${nameLiteral(on.name)})`;
}

function compare({ name, field }: QueryField, condition: Condition): string {
  const operator = operatorOf(condition);
  const column = nameLiteral(name);
  if (emptiness.includes(operator)) return `${column} ${operator === 'is empty' ? '=' : '!='} null`;
  const value = condition.value ?? null;
  if (value === null || value === '') {
    throw new QueryProblem(`The condition on ${quoted(name)} needs a value for “${operator}”.`);
  }
  if (operator === 'contains') return `contains(text(${column}), ${textLiteral(String(value))})`;
  if (operator === 'starts with') throw listInstead(name, operator);
  return field === null ? compareComputed(column, operator, value) : compareField({ column, field, operator, value });
}

function compareComputed(column: string, operator: Operator, value: string | number | boolean): string {
  if (typeof value === 'string') return `text(${column}) ${operator} ${textLiteral(value)}`;
  if (typeof value === 'number') return `number(${column}) ${operator} ${numberLiteral(value)}`;
  return `${column} ${operator} ${value}`;
}

interface Comparison {
  readonly column: string;
  readonly field: NinoxField;
  readonly operator: Operator;
  readonly value: string | number | boolean;
}

const textTypes = new Set(['string', 'text', 'email', 'phone', 'link', 'url']);

function compareField({ column, field, operator, value }: Comparison): string {
  const { name, type } = field;
  if (roleOf(field) === 'link') {
    if (orders.includes(operator)) throw listInstead(name, operator);
    return `number(${column}.Id) ${operator} ${recordLiteral(name, value)}`;
  }
  if (textTypes.has(type)) return `${column} ${operator} ${textLiteral(String(value))}`;
  switch (type) {
    case 'number':
      return `${column} ${operator} ${numberLiteral(numberOf(name, value))}`;
    case 'date':
      return `${column} ${operator} ${dateLiteral(name, value)}`;
    case 'choice':
      if (orders.includes(operator)) throw listInstead(name, operator);
      return `text(${column}) ${operator} ${textLiteral(String(value))}`;
    case 'boolean':
      if (typeof value !== 'boolean' || orders.includes(operator)) {
        throw new QueryProblem(`The field ${quoted(name)} is true or false, and only = and != can be asked of it.`);
      }
      return `${column} ${operator} ${value}`;
    default:
      throw listInstead(name, operator);
  }
}

function listInstead(name: string, operator: Operator): QueryProblem {
  return new QueryProblem(`“${operator}” on ${quoted(name)} cannot be asked in a query; ninox_list_records can do it.`);
}

const encoded = /[!'()*~]/g;

/** A text of letters, digits and a few harmless signs as it is; any other encoded so that only such are left. */
export function textLiteral(text: string): string {
  if (!text.isWellFormed()) throw new QueryProblem('A value holds broken characters.');
  if (/^[\p{L}\p{N} .,_@-]*$/u.test(text)) return `"${text}"`;
  const safe = encodeURIComponent(text).replace(encoded, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return `urlDecode("${safe}")`;
}

/** Quotes a name of the schema. One that could end its own quotation is refused. */
export function nameLiteral(name: string): string {
  if (name !== '' && name.length <= 200 && name.isWellFormed() && !/['"`\\\p{C}]/u.test(name)) return `'${name}'`;
  throw new QueryProblem(
    `The name ${quoted(name)} holds signs that no query can hold; ninox_list_records can be used.`,
  );
}

function numberLiteral(value: number): string {
  const text = String(value);
  if (!/^-?\d{1,15}(?:\.\d{1,15})?$/.test(text))
    throw new QueryProblem('A number is too large or too small for a query.');
  return text;
}

function numberOf(name: string, value: Plain): number {
  const text = typeof value === 'string' ? value.trim() : value;
  if (typeof text === 'number') return text;
  if (typeof text === 'string' && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(text)) return Number(text);
  throw new QueryProblem(`The field ${quoted(name)} takes a number, without quotation marks and units.`);
}

function recordLiteral(name: string, value: Plain): string {
  if (/^[1-9]\d{0,14}$/.test(String(value))) return String(value);
  throw new QueryProblem(`The field ${quoted(name)} takes the number of one record, e.g. 12.`);
}

function dateLiteral(name: string, value: Plain): string {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(String(value)) ?? [];
  if (year === undefined || month === undefined || day === undefined) {
    throw new QueryProblem(`The field ${quoted(name)} takes a date as YYYY-MM-DD, e.g. 2026-01-31.`);
  }
  return `date(${Number(year)}, ${Number(month)}, ${Number(day)})`;
}
