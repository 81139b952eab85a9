import { looksLikeTableId, type Mention, type Message } from './demo-message.ts';
import { hasOddNumber, isClearYes } from './demo-order.ts';
import { wordKeys } from './demo-text.ts';
import {
  askingWords,
  conditionWords,
  deletedWords,
  deleteWords,
  duplicateWords,
  everythingWords,
  exceptWords,
  greetingWords,
  helpWords,
  joinWords,
  listWords,
  markWords,
  negationWords,
  noWords,
  pronounWords,
  reportWords,
  type Slot,
  thanksWords,
  unsupportedWords,
  wonderWords,
} from './demo-vocabulary.ts';

/** A team, or a database with its team, that a tool listed or the person gave by id. */
export interface Place {
  readonly id: string;
  /** The id again where no name is known. */
  readonly name: string;
  readonly team?: Place;
}

/** Where one record is. */
export interface RecordAddress extends FoundDatabase {
  readonly table: string;
  readonly record: string;
}

export interface FoundDatabase {
  readonly database: Place;
  readonly team: Place;
}

/** What was said, until it is known which place it means. */
export type Reference = { readonly said: Mention } | { readonly chosen: Place };

export const goalKinds = [
  'list-teams',
  'show-team',
  'list-databases',
  'find-database',
  'search-names',
  'compare-databases',
  'show-marked',
  'clean-up',
  'list-tables',
  'list-records',
  'delete-record',
  'delete-container',
  'wonder-about-delete',
  'report-deletions',
  'report-last',
  'change-something',
  'cancel',
  'agree',
  'greeting',
  'thanks',
  'help',
  'unknown',
] as const;
export type GoalKind = (typeof goalKinds)[number];

export interface TableSaid {
  readonly text: string;
  /** False for what is rather a table's name, which no tool can look up. */
  readonly isId: boolean;
}

/** What the person wants, with all that was said about it so far. */
export interface Goal {
  readonly kind: GoalKind;
  readonly team: Reference | null;
  readonly database: Reference | null;
  readonly table: TableSaid | null;
  readonly record: string | null;
  readonly loose: readonly Mention[];
  readonly everything: boolean;
  readonly conditional: boolean;
  /** “Its databases”: the team spoken of before. */
  readonly refersBack: boolean;
  /** The deletion the person has just said a clear yes to. */
  readonly confirmed: RecordAddress | null;
}

/** Recognises what a message asks for by itself, without what was said before. */
export function recognizeGoal(message: Message): Goal {
  const { named } = message;
  return {
    kind: kindOf(message),
    team: named.team === undefined ? null : { said: named.team },
    database: named.database === undefined ? null : { said: named.database },
    table: tableIn(message),
    record: message.numbers.length === 1 && !hasOddNumber(message.text) ? message.recordNumber : null,
    loose: message.loose,
    everything: isAboutMany(message),
    conditional: has({ keys: keysWithoutCourtesy(message) }, conditionWords),
    refersBack: refersBack(message),
    confirmed: null,
  };
}

/** “There are”, “in total” and “with their ids” speak of nothing said before. */
function refersBack(message: Message): boolean {
  const text = message.text
    .replace(/\bthere (?:is|are)\b|\b(?:is|are) there\b/gi, '')
    .replace(/\b(?:with|and|mit|und) (?:their|its|ihren|deren) (?:ids?|names?|namen)\b/gi, '');
  if (/\b(?:in total|overall|insgesamt)\b/i.test(text)) return false;
  return has({ keys: wordKeys(text) }, pronounWords) || /\b(?:th(?:at|is)|dies\w+) team/i.test(text);
}

/** More than one record, or one that is not to be touched: never a single, certain one. */
function isAboutMany(message: Message): boolean {
  const isRange = /\d\s*[-–]\s*\d/.test(message.text);
  return (
    isRange ||
    message.numbers.length > 1 ||
    message.plural.has('record') ||
    [everythingWords, exceptWords].some((words) => has(message, words))
  );
}

export function has(message: Pick<Message, 'keys'>, words: ReadonlySet<string>): boolean {
  return message.keys.some((key) => words.has(key));
}

/** Whether a message is a request of its own, not only words that could answer a question. */
export function isRequest(message: Message): boolean {
  const asksForList = (message.plural.has('team') || message.plural.has('database')) && message.loose.length === 0;
  return (
    asksForList ||
    promptPattern.test(message.text) ||
    lastResultPattern.test(message.text) ||
    [listWords, deleteWords, unsupportedWords, helpWords].some((words) => has(message, words))
  );
}

function kindOf(message: Message): GoalKind {
  if (has(message, deleteWords)) return deletionKind(message);
  if (has(message, deletedWords)) return 'report-deletions';
  if (lastResultPattern.test(message.text)) return 'report-last';
  if (isCancel(message)) return 'cancel';
  if (
    has(message, unsupportedWords) &&
    (mentions(message, 'record') || mentions(message, 'table') || !has(message, listWords))
  ) {
    return 'change-something';
  }
  return readingKind(message) ?? smallTalkKind(message);
}

function deletionKind(message: Message): GoalKind {
  if (has(message, negationWords) || /\bno need\b/i.test(message.text)) return 'cancel';
  if (has(message, unsupportedWords)) return 'change-something';
  const opening = message.keys.find((key) => !greetingWords.has(key) && key !== ',') ?? '';
  if (reportWords.has(opening)) return 'report-deletions';
  if (wonderWords.has(opening) || has(message, askingWords)) return 'wonder-about-delete';
  const objects = (['table', 'database', 'team'] as const).filter(
    (slot) => mentions(message, slot) && !message.places.has(slot),
  );
  const isAboutRecord = mentions(message, 'record') || message.numbers.length > 0;
  return objects.length > 0 && !isAboutRecord ? 'delete-container' : 'delete-record';
}

const lastResultPattern =
  /\b(?:did (?:it|that|this) (?:work|succeed)|has (?:it|that) worked|(?:hat|hats) (?:das|es|dies)?\s*(?:geklappt|funktioniert)|was (?:it|that) successful|war (?:das|es) erfolgreich)\b/i;
/** “A table of our databases” is a form of answer, not a table of Ninox. */
const formPattern =
  /\btable (?:of|with|listing|for)\b|\b(?:as|in) an? table\b|\b(?:tabelle (?:der|mit|von|aller|unserer|meiner)|als tabelle|in einer tabelle)\b/i;
const promptPattern =
  /\bsystem ?-?prompt\b|\b(?:ignore|disregard|ignoriere|vergiss)\b.*\b(?:rules|instructions|regeln|anweisungen)\b/i;
const cleanUpPattern = /\b(?:clean(?:ed|ing)? ?up|tidy up|aufräumen|bereinigen|aufgeräumt)\b/iu;
const searchPattern = /\b(?:(?:is|are) there|do (?:we|i) have|gibt es|gibts|haben wir)\b/i;

function isForm(message: Message): boolean {
  const hasList = message.plural.has('database') || message.plural.has('team');
  return hasList && !message.plural.has('table') && formPattern.test(message.text);
}

/** Questions about databases that their names can answer. */
function aboutNamesKind(message: Message): GoalKind | null {
  if (mentions(message, 'record') || mentions(message, 'table') || message.singular.has('team')) return null;
  const isAboutDatabases = mentions(message, 'database');
  if (isAboutDatabases && has(message, duplicateWords)) return 'compare-databases';
  if (isAboutDatabases && cleanUpPattern.test(message.text)) return 'clean-up';
  const said = [message.named.database, ...message.loose].flatMap((mention) => mention?.phrase ?? []);
  const marks = wordKeys(said.join(' '));
  if (isAboutDatabases && marks.length > 0 && marks.every((key) => markWords.has(key))) return 'show-marked';
  const isSearch = !isAboutDatabases && !message.plural.has('team') && message.loose.length > 0;
  return isSearch && searchPattern.test(message.text) ? 'search-names' : null;
}

function readingKind(message: Message): GoalKind | null {
  if (promptPattern.test(message.text) && !mentions(message, 'database') && !mentions(message, 'team')) return 'help';
  const aboutNames = aboutNamesKind(message);
  if (aboutNames !== null) return aboutNames;
  if (mentions(message, 'record')) return 'list-records';
  if (mentions(message, 'table') && !isForm(message)) return 'list-tables';
  if (message.plural.has('database')) return 'list-databases';
  if (message.singular.has('database'))
    return message.named.database === undefined ? 'list-databases' : 'find-database';
  if (message.singular.has('team') && !message.plural.has('team')) return 'show-team';
  return message.plural.has('team') ? 'list-teams' : null;
}

function smallTalkKind(message: Message): GoalKind {
  if (has(message, helpWords) || /\b(?:who are you|what can you|wer bist du|was kannst du)\b/i.test(message.text))
    return 'help';
  if (has(message, thanksWords)) return 'thanks';
  if (isClearYes(message.text)) return 'agree';
  return has(message, greetingWords) ? 'greeting' : 'unknown';
}

function isCancel(message: Message): boolean {
  // “No” is also short for number: “record no 12”.
  const isBare = message.numbers.length === 0 && message.singular.size + message.plural.size === 0;
  const isRefusal = noWords.has(message.keys[0] ?? '') || (isBare && has(message, noWords));
  return isRefusal || /\b(?:never ?mind|forget it)\b/i.test(message.text);
}

function mentions(message: Message, slot: Slot): boolean {
  return message.singular.has(slot) || message.plural.has(slot);
}

/** “If possible” and its like are politeness, not a condition. */
function keysWithoutCourtesy(message: Message): readonly string[] {
  const text = message.keys
    .join(' ')
    .replace(/\b(?:if (?:possible|you can|you could|you please)|wenn (?:moglich|du kannst|es geht))\b/g, '');
  return text.split(' ');
}

/** The table as said, an id in its proper spelling. Null as well where two are named. */
function tableIn(message: Message): TableSaid | null {
  const said = message.named.table?.phrase;
  if (said === undefined) return null;
  const further = message.loose.filter((mention) => /^[A-Z]$/.test(mention.phrase) && isJoined(message, mention));
  if (further.length > 0) return null;
  return looksLikeTableId(said) ? { text: said.toUpperCase(), isId: true } : { text: said, isId: false };
}

function isJoined(message: Message, mention: Mention): boolean {
  return message.keys.some(
    (key, at) => key === mention.phrase.toLowerCase() && joinWords.has(message.keys[at - 1] ?? ''),
  );
}
