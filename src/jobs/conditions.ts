import type { Condition } from './job-definition.ts';

/** A record that was changed, its values by the names of their fields; an empty field is absent. */
export interface ConditionedRecord {
  readonly fields: Readonly<Record<string, unknown>>;
  /** What its fields held before; null where that is not known. */
  readonly before: Readonly<Record<string, unknown>> | null;
}

/** Whether all conditions hold for what an event brought. Pure; a field that is not there is empty. */
export function meetsConditions(conditions: readonly Condition[], payload: unknown): boolean {
  return conditions.every((condition) => {
    const value = valueAt(payload, condition.field);
    return holds(condition, value, () => !isEmpty(value));
  });
}

/**
 * The same for a changed record. Whether a field was changed is only known where its earlier value is; where it is not, it
 * counts as changed, for a run too many is seen and one too few is not.
 */
export function recordMeetsConditions(
  conditions: readonly Condition[],
  { fields, before }: ConditionedRecord,
): boolean {
  return conditions.every((condition) => {
    const { field } = condition;
    const value = ownValue(fields, field);
    return holds(condition, value, () => before === null || !isSame(value, ownValue(before, field)));
  });
}

function holds({ is, value }: Condition, found: unknown, hasChanged: () => boolean): boolean {
  switch (is) {
    case 'changed':
      return hasChanged();
    case 'is_empty':
      return isEmpty(found);
    case 'is_not_empty':
      return !isEmpty(found);
    case 'equals':
      return isEqual(found, value);
    case 'not_equals':
      return !isEqual(found, value);
    case 'contains':
      return contains(found, value);
    case 'starts_with':
      return textOf(found)?.startsWith(String(value)) === true;
    case 'greater_than':
      return (compare(found, value) ?? 0) > 0;
    case 'less_than':
      return (compare(found, value) ?? 0) < 0;
  }
}

/** Goes down at each dot; a name that holds the dots itself comes first. */
function valueAt(value: unknown, path: string): unknown {
  const whole = ownValue(value, path);
  if (whole !== undefined) return whole;
  let found = value;
  for (const name of path.split('.')) found = ownValue(found, name);
  return found;
}

function ownValue(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  return Array.isArray(value) && value.length === 0;
}

/** Whoever writes a condition writes texts: `5` is meant for the number too. */
function isEqual(found: unknown, value: unknown): boolean {
  if (Array.isArray(found)) return found.length === 1 && isEqual(found[0], value);
  if (found === undefined || found === null) return value === '';
  if (typeof found === 'number' || typeof value === 'number') {
    const [left, right] = [numberOf(found), numberOf(value)];
    return left !== null && left === right;
  }
  return textOf(found) === textOf(value);
}

/** Of a list, whether an item of it is the value; of a text, whether it stands in it. */
function contains(found: unknown, value: unknown): boolean {
  if (Array.isArray(found)) return found.some((item) => isEqual(item, value));
  return textOf(found)?.includes(String(value)) === true;
}

/** Numbers as such, else times as such; null where the two cannot be compared. */
function compare(found: unknown, value: unknown): number | null {
  const [left, right] = [numberOf(found), numberOf(value)];
  if (left !== null && right !== null) return left - right;
  const [earlier, later] = [timeOf(found), timeOf(value)];
  return earlier === null || later === null ? null : earlier - later;
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^\s*[+-]?\d+(?:\.\d+)?\s*$/.test(value)) return null;
  return Number(value);
}

const day = /^\d{4}-\d{2}-\d{2}$/;
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/;

/** Without a zone it is in UTC, as Ninox writes its times. */
function timeOf(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  const found = instant.exec(text);
  if (found === null && !day.test(text)) return null;
  const time = Date.parse(found !== null && found[1] === undefined ? `${text}Z` : text);
  return Number.isNaN(time) ? null : time;
}

function isSame(left: unknown, right: unknown): boolean {
  if (isEmpty(left) && isEmpty(right)) return true;
  return JSON.stringify(left) === JSON.stringify(right);
}
