import { type Condition, emptiness, type Operator, operatorOf, orders, type Plain, partOf } from './comparisons.ts';
import { problemOfValue } from './field-values.ts';
import { isEmpty, roleOf } from './fields.ts';
import type { NinoxField, NinoxRecord } from './responses.ts';
import { quoted } from './words.ts';

/** A condition whose field is known and whose value fits it. */
export interface Filter {
  readonly field: NinoxField;
  readonly operator: Operator;
  /** Null where the operator takes none. */
  readonly value: Plain;
}

const textTypes = new Set(['string', 'text', 'email', 'phone', 'link', 'url', 'html', 'location', 'unknown']);
const orderedTypes = new Set(['number', 'date', 'datetime', 'timestamp', 'time', 'timeinterval']);

/** The filter, or what is wrong with it in one sentence. */
export function readFilter(field: NinoxField, condition: Condition): Filter | string {
  const operator = operatorOf(condition);
  if (roleOf(field) === 'back_link') {
    return `The field ${quoted(field.name)} lists the records that point here and is no filter. List those records by their link.`;
  }
  if (emptiness.includes(operator)) return { field, operator, value: null };
  const value = asFieldHasIt(field, condition.value ?? null);
  if (value === null || value === '') return `The condition on ${quoted(field.name)} needs a value for “${operator}”.`;
  if (partOf.includes(operator)) {
    const isText = textTypes.has(field.type) || field.type === 'choice' || field.type === 'multi';
    if (!isText) return `“${operator}” is for text, and the field ${quoted(field.name)} holds none.`;
    return { field, operator, value: String(value) };
  }
  if (orders.includes(operator) && !orderedTypes.has(field.type) && !textTypes.has(field.type)) {
    return `The field ${quoted(field.name)} has no order, so “${operator}” cannot be asked of it.`;
  }
  return problemOfValue(field, field.type === 'multi' ? [value] : value) ?? { field, operator, value };
}

/** A number that comes as text, or the other way round, is meant as the field has it. */
function asFieldHasIt(field: NinoxField, value: Plain): Plain {
  if (field.type === 'number' && typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value.trim())) {
    return Number(value.trim());
  }
  if (field.type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  const isTextField = textTypes.has(field.type) || field.type === 'choice' || field.type === 'multi';
  return isTextField && value !== null ? String(value) : value;
}

/*
 * Ninox documents equality alone, and in two forms that contradict each other. So it is told only what it can hardly
 * understand differently, which keeps the answers short, and every record that comes is judged here as well.
 */
const toldTypes = new Set(['string', 'text', 'number', 'email', 'phone', 'link', 'url']);

/** What Ninox itself is asked to look for, by the ids of the fields; undefined for nothing. */
export function upstreamFilters(filters: readonly Filter[]): Readonly<Record<string, string | number>> | undefined {
  const told = filters.flatMap(({ field, operator, value }) => {
    const isTold = operator === '=' && toldTypes.has(field.type) && value !== null && typeof value !== 'boolean';
    return isTold ? [[field.id, value] as const] : [];
  });
  return told.length === 0 ? undefined : Object.fromEntries(told);
}

export function isMatch(filters: readonly Filter[], record: Pick<NinoxRecord, 'fields'>): boolean {
  return filters.every((filter) => holds(filter, record.fields[filter.field.name]));
}

function holds({ field, operator, value }: Filter, found: unknown): boolean {
  // An unchecked box is stored as nothing at all.
  const there = field.type === 'boolean' && isEmpty(found) ? false : found;
  if (operator === 'is empty') return isEmpty(found);
  if (operator === 'is not empty') return !isEmpty(found);
  if (operator === '=') return isEqual(there, value);
  if (operator === '!=') return !isEqual(there, value);
  if (isEmpty(there)) return false;
  if (partOf.includes(operator)) return holdsPart(operator, there, String(value));
  const order = compareValues(there, value);
  return { '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[operator as '<' | '<=' | '>' | '>='];
}

/** Numbers and text that read the same are the same; a list is equal to each of its members. */
function isEqual(found: unknown, value: Plain): boolean {
  if (isEmpty(found)) return false;
  const members: readonly unknown[] = Array.isArray(found) ? found : [found];
  return members.some((member) => textOf(member) === String(value));
}

function holdsPart(operator: Operator, found: unknown, part: string): boolean {
  const members: readonly unknown[] = Array.isArray(found) ? found : [found];
  const wanted = part.toLowerCase();
  return members.some((member) => {
    const text = textOf(member).toLowerCase();
    return operator === 'contains' ? text.includes(wanted) : text.startsWith(wanted);
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** Numbers by size, everything else as text. */
export function compareValues(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [first, second] = [textOf(left), textOf(right)];
  if (first === second) return 0;
  return first < second ? -1 : 1;
}

/** Whether records certainly do not follow an order that can be told from here, which text cannot. */
export function isOutOfOrder(records: readonly NinoxRecord[], field: NinoxField, descending: boolean): boolean {
  if (!orderedTypes.has(field.type)) return false;
  const values = records.map(({ fields }) => fields[field.name]).filter((value) => !isEmpty(value));
  return values.some((value, at) => {
    if (at === 0) return false;
    const order = compareValues(values[at - 1], value);
    return descending ? order < 0 : order > 0;
  });
}
