import type { RecordAddress } from './demo-intents.ts';
import { keyOf, wordKeys } from './demo-text.ts';
import { articleWords, deleteWords, linkWords, slotWordOf } from './demo-vocabulary.ts';

const keySet = (text: string): ReadonlySet<string> => new Set(text.split(' ').map(keyOf));

/** What an order may hold besides the verb, the names and the kinds. Every other word may change its meaning. */
const courtesyWords = keySet(
  'please kindly bitte can could you kannst könntest du hello hi hey hallo moin thanks thank danke for me mir mal now jetzt yes ja',
);
const qualifierWords = keySet('id nr no number nummer kennung called named namens with the mit der dem');
/** Stands where a name was taken out. */
const gap = '/';
const plainMarks = /^[\p{L}\p{M}\p{N}\s.,;:!#"'„“”«»‚‘’`/]*$/u;

/** Whether a number is negative, fractional or grouped, and so no record's. */
export function hasOddNumber(text: string): boolean {
  return /(?<![\p{L}\p{N}])[-−–+]\s?\d|\d[.,]\d|\d\s*%/u.test(text);
}

/** Whether the whole message orders the deletion of exactly this record and says nothing else. Names must be exact. */
export function isPlainOrder(text: string, address: RecordAddress): boolean {
  const { database, team } = address;
  const withoutNames = [database.name, database.id, team.name, team.id].reduce(removeOnce, text.normalize('NFC'));
  if (text.includes(gap)) return false;
  const joined = withoutNames.replace(/(?<=[\p{L}\p{N}/])-(?=\p{L})/gu, ' ');
  if (hasOddNumber(text) || !plainMarks.test(joined)) return false;
  const words = takeTable(takeNames(wordKeys(text), address), address.table);
  return words !== null && isOnlyOrder(words, address.record);
}

function removeOnce(text: string, name: string): string {
  const at = text.toLowerCase().indexOf(name.toLowerCase());
  return at < 0 ? text : `${text.slice(0, at)}${gap}${text.slice(at + name.length)}`;
}

/** Null where the database is not named. The team may go unsaid. */
function takeNames(words: readonly string[], { database, team }: RecordAddress): readonly string[] | null {
  const rest = takeOnce(words, [database.name, database.id]);
  return rest === null ? null : (takeOnce(rest, [team.name, team.id]) ?? rest);
}

function takeOnce(words: readonly string[], spellings: readonly string[]): readonly string[] | null {
  for (const name of spellings.map(wordKeys)) {
    const at = words.findIndex((_, start) => name.every((key, offset) => words[start + offset] === key));
    if (at >= 0 && name.length > 0) return [...words.slice(0, at), ...words.slice(at + name.length)];
  }
  return null;
}

function takeTable(words: readonly string[] | null, table: string): readonly string[] | null {
  if (words === null) return null;
  const slot = words.findIndex((key) => slotWordOf(key)?.slot === 'table');
  let at = slot + 1;
  while (qualifierWords.has(words[at] ?? '')) at += 1;
  const isNamed = slot >= 0 && words[at] === keyOf(table);
  return isNamed ? [...words.slice(0, slot), ...words.slice(at + 1)] : null;
}

/** One verb, one number, each kind at most once, and courtesy. What belongs to a record is not the record itself. */
function isOnlyOrder(words: readonly string[], record: string): boolean {
  const verbs = words.filter((key) => deleteWords.has(key));
  const numbers = words.filter((key) => /\d/.test(key));
  const kinds = words.flatMap((key) => slotWordOf(key) ?? []);
  if (verbs.length !== 1 || numbers.length !== 1 || numbers[0] !== record) return false;
  if (kinds.some(({ plural }) => plural) || new Set(kinds.map(({ slot }) => slot)).size !== kinds.length) return false;
  return words.every((key, at) => isPartOfOrder(words, key, at)) && !isPartOfRecord(words);
}

function isPartOfOrder(words: readonly string[], key: string, at: number): boolean {
  const isKind = slotWordOf(key) !== null || deleteWords.has(key) || /\d/.test(key);
  return isKind || courtesyWords.has(key) || isSmallWord(key) || qualifies(words, at);
}

function isSmallWord(key: string): boolean {
  const mayNegateOrOwn = ['does', 'has', 'have', 'hat', 'haben'].includes(key);
  return !mayNegateOrOwn && (linkWords.has(key) || articleWords.has(key));
}

/** “Record no 12”, but not “delete the number of record 12”. */
function qualifies(words: readonly string[], at: number): boolean {
  let before = at;
  while (qualifierWords.has(words[before] ?? '')) before -= 1;
  return before < at && slotWordOf(words[before] ?? '') !== null;
}

function isPartOfRecord(words: readonly string[]): boolean {
  const record = words.findIndex((key) => slotWordOf(key)?.slot === 'record');
  let before = (record >= 0 ? record : words.findIndex((key) => /\d/.test(key))) - 1;
  while (articleWords.has(words[before] ?? '') && !linkWords.has(words[before] ?? '')) before -= 1;
  return linkWords.has(words[before] ?? '');
}

const clearYes = keySet('yes y yep yeah ja jawohl');
const besideYes = keySet(
  'please bitte do it delete lösche löschen lösch ihn es den das that exactly genau mach tu go ahead thanks danke',
);

/** Yes and nothing that could take it back. */
export function isClearYes(text: string): boolean {
  const words = wordKeys(text);
  const isOnlyYes = words.every((key) => clearYes.has(key) || besideYes.has(key));
  return /^[\p{L}\p{M}\s.,!]*$/u.test(text) && isOnlyYes && clearYes.has(words[0] ?? '');
}
