import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { NinoxField, NinoxRecord, NinoxTable } from './responses.ts';

/**
 * What a field is to somebody who writes records: `value` and `link` (to a record of another table) can be written;
 * `back_link` lists who points here, `computed` is made by Ninox or holds a file.
 */
export type FieldRole = 'value' | 'link' | 'back_link' | 'computed';

/*
 * Seen on the wire: string number date boolean choice multi ref rev phone email html link location timeinterval icon.
 * The computed ones are not among the fields Ninox lists of a table; they stand here in case a version lists them.
 */
const computedTypes = new Set(['formula', 'fn', 'button', 'view', 'file', 'files', 'image', 'signature']);
const textTypes = new Set(['string', 'text', 'email', 'phone', 'link', 'url']);

export function roleOf({ type }: Pick<NinoxField, 'type'>): FieldRole {
  if (type === 'ref') return 'link';
  if (type === 'rev') return 'back_link';
  return computedTypes.has(type) ? 'computed' : 'value';
}

export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

export interface FieldValue {
  readonly name: string;
  readonly value: unknown;
  /** Null where the table does not list the field: then Ninox computes it. */
  readonly field: NinoxField | null;
}

/** The fields that hold something, in the table's order; those it does not list come after, by name. */
export function valuesOf(record: Pick<NinoxRecord, 'fields'>, fields: readonly NinoxField[]): readonly FieldValue[] {
  const listed = fields.map((field) => ({ name: field.name, value: record.fields[field.name], field }));
  const names = new Set(fields.map(({ name }) => name));
  const others = Object.keys(record.fields)
    .filter((name) => !names.has(name))
    .sort()
    .map((name) => ({ name, value: record.fields[name], field: null }));
  return [...listed, ...others].filter(({ value }) => !isEmpty(value));
}

const longestTitle = 80;

/** The first text that is not empty; null where there is none. */
export function titleOf(record: Pick<NinoxRecord, 'fields'>, table: Pick<NinoxTable, 'fields'>): string | null {
  for (const { field, value } of valuesOf(record, table.fields)) {
    const text = field !== null && textTypes.has(field.type) && typeof value === 'string' ? value.trim() : '';
    const [line = ''] = text.split('\n', 1);
    if (line !== '') return line.length > longestTitle ? `${line.slice(0, longestTitle).toWellFormed()}…` : line;
  }
  return null;
}

/** The ids in the value of a link, which is one id or a list of them. */
export function linkedIds(value: unknown): readonly string[] {
  const items = Array.isArray(value) ? value : [value];
  const ids = items.filter((item) => typeof item === 'number' || (typeof item === 'string' && item !== ''));
  return ids.map(String).toSorted((left, right) => Number(left) - Number(right) || left.localeCompare(right));
}

const longestShown = 2_000;

/** A value as people are shown it. A long one is cut, and what was cut away still shows in a fingerprint. */
export function shownValue({ field, value }: Pick<FieldValue, 'field' | 'value'>): unknown {
  const isLink = field !== null && (field.type === 'ref' || field.type === 'rev');
  const shown = isLink && Array.isArray(value) ? linkedIds(value) : value;
  const text = typeof shown === 'string' ? shown : JSON.stringify(shown);
  if (text.length <= longestShown) return shown;
  const start = text.slice(0, longestShown).toWellFormed();
  return `${start}… (${text.length} characters in all, fingerprint ${fingerprintOf(text)})`;
}

export function fingerprintOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Whether two values of one field say the same: Ninox may leave out a no, write a number as text, one link as a list, a list in another order. */
export function isSameValue(field: Pick<NinoxField, 'type'>, left: unknown, right: unknown): boolean {
  if (field.type === 'boolean') return isYes(left) === isYes(right);
  if (isEmpty(left) || isEmpty(right)) return isEmpty(left) && isEmpty(right);
  if (roleOf(field) === 'link') return isDeepStrictEqual(linkedIds(left), linkedIds(right));
  return isDeepStrictEqual(comparable(left), comparable(right));
}

function isYes(value: unknown): boolean {
  return value === true || value === 1 || value === 'true';
}

function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => JSON.stringify(comparable(item))).toSorted();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}
