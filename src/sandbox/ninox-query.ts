import { invalidWriteStatus, paging, refusals } from './ninox-assumptions.ts';
import { type FieldValue, findField, type NinoxField, type NinoxRecord, type NinoxTable } from './ninox-model.ts';
import { NinoxRefusal } from './ninox-reply.ts';
import { type RecordPlace, readValue } from './ninox-views.ts';

type Wanted = readonly (readonly [NinoxField, unknown])[];

/**
 * The page of records a list request asks for. `limit` and `pageSize` have no effect, as in Ninox: a client that
 * counts on them sees the first page for ever.
 */
export function selectPage(place: RecordPlace, query: URLSearchParams): NinoxRecord[] {
  const wanted = parseFilters(place.table, query.get('filters'));
  const sinceId = wholeNumber(query.get('sinceId')) ?? 0;
  const sinceSequence = wholeNumber(query.get('sinceSq')) ?? -1;
  const found = [...place.table.records.values()].filter(
    (record) => record.id > sinceId && record.sequence > sinceSequence && isMatch(place, record, wanted),
  );
  const perPage = Math.min(wholeNumber(query.get('perPage')) || paging.defaultPerPage, paging.maxPerPage);
  const start = (wholeNumber(query.get('page')) ?? 0) * perPage;
  return found.sort(orderOf(place, query)).slice(start, start + perPage);
}

type Order = (left: NinoxRecord, right: NinoxRecord) => number;

/** `new` and `updated` go before `order`. An unknown field orders nothing, which leaves the order of the ids. */
function orderOf(place: RecordPlace, query: URLSearchParams): Order {
  if (query.get('new') === 'true') return (left, right) => right.id - left.id;
  if (query.get('updated') === 'true') return (left, right) => right.sequence - left.sequence;
  const field = findField(place.table, query.get('order') ?? '');
  const direction = query.get('desc') === 'true' ? -1 : 1;
  return (left, right) => {
    const compared =
      field === undefined ? 0 : compareValues(readValue(place, left, field), readValue(place, right, field));
    return direction * (compared || left.id - right.id);
  };
}

/** Empty goes first; numbers by size, everything else as text. */
export function compareValues(left: FieldValue | undefined, right: FieldValue | undefined): number {
  if (left === undefined || right === undefined) return Number(left !== undefined) - Number(right !== undefined);
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left).localeCompare(String(right), 'en');
}

/** Both forms that are in use are taken: `{"A": "x"}` and `{"fields": {"Name": "x"}}`, each with ids or names. */
function parseFilters(table: NinoxTable, text: string | null): Wanted {
  if (text === null || text === '') return [];
  try {
    return readFilters(table, JSON.parse(text));
  } catch (error) {
    throw error instanceof SyntaxError ? new NinoxRefusal(refusals.malformedBody) : error;
  }
}

export function readFilters(table: NinoxTable, filters: unknown): Wanted {
  if (!isObject(filters)) throw new NinoxRefusal(refusals.malformedBody);
  return Object.entries(isObject(filters.fields) ? filters.fields : filters).map(([name, value]) => {
    const field = findField(table, name);
    if (field !== undefined) return [field, value] as const;
    throw new NinoxRefusal({ status: invalidWriteStatus, message: `Field ${name} not found in ${table.name}` });
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isMatch(place: RecordPlace, record: NinoxRecord, wanted: Wanted): boolean {
  return wanted.every(([field, value]) => isEqual(field, readValue(place, record, field), value));
}

/** Equal as text, so that 5 and "5" are. A list equals each of its members; a choice is met by its id too. */
function isEqual(field: NinoxField, found: FieldValue | undefined, value: unknown): boolean {
  if (value === null || value === '') return found === undefined;
  if (found === undefined) return false;
  const wanted = typeof value === 'string' ? value : JSON.stringify(value);
  const choice = field.choices?.find(({ id }) => id === wanted);
  const accepted = [wanted, ...(choice === undefined ? [] : [choice.caption])];
  return (Array.isArray(found) ? found : [found]).some((one) => accepted.includes(String(one)));
}

/** Null for everything that is not a whole number from 0. */
export function wholeNumber(text: string | null): number | null {
  const number = text !== null && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isNaN(number) ? null : number;
}
