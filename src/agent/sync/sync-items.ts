import { isDeepStrictEqual } from 'node:util';

export type Fields = Readonly<Record<string, unknown>>;

/** A record as a tool has answered it. */
export interface FoundRecord {
  readonly id: string;
  readonly fields: Fields;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The list at a dotted path, or the first list of objects that a breadth-first look finds; null where there is none. */
export function findItems(output: unknown, path: string): readonly unknown[] | null {
  if (path !== '') {
    const found = path.split('.').reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), output);
    return Array.isArray(found) ? found : null;
  }
  const queue: unknown[] = [output];
  for (let at = 0; at < queue.length && at < 1_000; at += 1) {
    const value = queue[at];
    if (Array.isArray(value) && value.every(isObject)) return value;
    if (isObject(value)) queue.push(...Object.values(value));
  }
  return null;
}

/** Where a tool goes on with its answer; null at the end. */
export function nextCursor(output: unknown): string | null {
  const cursor = isObject(output) ? output.next_cursor : null;
  return typeof cursor === 'string' && cursor !== '' ? cursor : null;
}

/** The records in an answer of a Ninox tool, whichever way it names their numbers. */
export function recordsIn(output: unknown): readonly FoundRecord[] {
  const items = findItems(output, '') ?? (isObject(output) && isObject(output.record) ? [output.record] : []);
  return items.flatMap((item) => {
    if (!isObject(item) || !isObject(item.fields)) return [];
    const id = item.record_id ?? item.id;
    return typeof id === 'string' || typeof id === 'number' ? [{ id: String(id), fields: item.fields }] : [];
  });
}

/** A key as it is compared: numbers and text that read the same are the same, spaces around do not count. */
export function keyText(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value.trim();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** Those of the wanted fields that stand otherwise in the record. */
export function differences(wanted: Fields, there: Fields): Fields {
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => !isSame(value, there[name])));
}

function isSame(wanted: unknown, there: unknown): boolean {
  if (isEmpty(wanted) || isEmpty(there)) return isEmpty(wanted) && isEmpty(there);
  if (isDeepStrictEqual(wanted, there)) return true;
  const [left, right] = [keyText(wanted), keyText(there)];
  return left !== null && left === right;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === false;
}
