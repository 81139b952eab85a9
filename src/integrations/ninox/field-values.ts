import { isEmpty, roleOf } from './fields.ts';
import { nearNames } from './near-names.ts';
import type { NinoxField } from './responses.ts';
import { listed, quoted } from './words.ts';

const textTypes = ['string', 'text', 'email', 'phone', 'link', 'url', 'html'];

/**
 * What is wrong with a value for its field, in one sentence; null where nothing obvious is. What empties a field is
 * right for each.
 */
export function problemOfValue(field: NinoxField, value: unknown): string | null {
  if (isEmpty(value)) return null;
  const wanted = wantedOf(field, value);
  return wanted === null ? null : `The field ${quoted(field.name)} takes ${wanted}.`;
}

const isText = (value: unknown) => typeof value === 'string';

interface Form {
  readonly isRight: (value: unknown) => boolean;
  /** What the field takes. */
  readonly words: string;
}

const linkForm: Form = { isRight: isRecordNumber, words: 'the number of one record, e.g. 12' };
const dateTimeForm: Form = {
  isRight: isDateTime,
  words: 'a date with its time as YYYY-MM-DDThh:mm:ss, e.g. 2026-01-31T09:30:00',
};

const forms: ReadonlyMap<string, Form> = new Map([
  ...textTypes.map((type) => [type, { isRight: isText, words: 'text' }] as const),
  ['number', { isRight: (value) => typeof value === 'number', words: 'a number, without quotation marks and units' }],
  ['boolean', { isRight: (value) => typeof value === 'boolean', words: 'true or false' }],
  ['date', { isRight: isDate, words: 'a date as YYYY-MM-DD, e.g. 2026-01-31' }],
  ['datetime', dateTimeForm],
  ['timestamp', dateTimeForm],
  ['time', { isRight: isTime, words: 'a time as hh:mm or hh:mm:ss' }],
]);

/** What the field takes, where the value is something else. */
function wantedOf(field: NinoxField, value: unknown): string | null {
  if (field.type === 'choice') return wantedOption(field, [value]);
  if (field.type === 'multi') return Array.isArray(value) ? wantedOption(field, value) : 'a list of its options';
  const form = roleOf(field) === 'link' ? linkForm : forms.get(field.type);
  if (form !== undefined) return form.isRight(value) ? null : form.words;
  return Array.isArray(value) ? 'no list' : null;
}

function isRecordNumber(value: unknown): boolean {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^[1-9]\d{0,15}$/.test(text);
}

function isDate(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = new Date(`${value}T00:00:00Z`);
  // A 30th of February turns into another day.
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(value);
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?$/.test(value);
}

function isDateTime(value: unknown): boolean {
  const [date, time = '', ...rest] = typeof value === 'string' ? value.split('T') : [];
  return rest.length === 0 && isDate(date) && isTime(time.replace(/Z$/, ''));
}

/** Where Ninox lists no options, none is known to be wrong. */
function wantedOption({ choices = [] }: NinoxField, values: readonly unknown[]): string | null {
  const captions = choices.map(({ caption }) => caption);
  const wrong = values.find((value) => typeof value !== 'string' || !captions.includes(value));
  if (captions.length === 0 || wrong === undefined) return null;
  const text = typeof wrong === 'string' ? wrong : JSON.stringify(wrong);
  const near = nearNames(text, captions);
  const options = near.length > 0 ? `near to it: ${listed(near.map(quoted))}` : listed(captions.map(quoted));
  return `one of its options as it is written, and ${quoted(text)} is none (${options})`;
}
