import { keyOf, type Language } from './demo-text.ts';
import {
  articleWords,
  companyWords,
  deleteWords,
  fillerWords,
  genitiveWords,
  isPlainWord,
  languageOf,
  linkWords,
  type Slot,
  type SlotWord,
  slotWordOf,
} from './demo-vocabulary.ts';

/** A stretch of a message that may name something. */
export interface Mention {
  /** As the person wrote it: the words that certainly belong to it. */
  readonly phrase: string;
  /** From its first word on into the message, as far as a longer known name may reach. */
  readonly rest: string;
  /** Whether the sentence ties it to the request, so that leaving it out would change the meaning. */
  readonly linked: boolean;
  readonly isId: boolean;
}

export interface Message {
  readonly text: string;
  readonly keys: readonly string[];
  readonly language: Language | null;
  /** Things named with their kind: “team Workshop”, “the CRM database”. */
  readonly named: Readonly<Partial<Record<Slot, Mention>>>;
  /** Names without a kind, in the order of the message. Whole numbers stand in `numbers` instead. */
  readonly loose: readonly Mention[];
  readonly numbers: readonly string[];
  /** The number after “record”, or right after “delete” unless it counts: “delete 12 from …”, not “delete 12 records”. */
  readonly recordNumber: string | null;
  readonly singular: ReadonlySet<Slot>;
  readonly plural: ReadonlySet<Slot>;
  /** Kinds that are only a place in the sentence: “from table B”, unlike “delete table B”. */
  readonly places: ReadonlySet<Slot>;
}

type TokenKind = 'content' | 'slot' | 'plain' | 'break';

interface Token {
  readonly raw: string;
  readonly key: string;
  readonly kind: TokenKind;
  readonly slot: SlotWord | null;
  readonly quoted: boolean;
  readonly possessive: boolean;
}

/** Longer messages are read up to here; the rules look for short requests. */
const maxCharacters = 2_000;
/** Each name is compared with every team and database; more than this in one message is no request. */
const maxLooseNames = 4;
/** A name that is read ends after this many words; a known name may reach as far again. */
const maxNameWords = 6;

const tokenPattern =
  /"([^"]+)"|„([^“”"]+)[“”"]|“([^”]+)”|«([^»]+)»|»([^«]+)«|‚([^‘’]+)[‘’]|‘([^’]+)’|`([^`]+)`|(?<![\p{L}\p{N}])'([^']+)'(?![\p{L}\p{N}])|([\p{L}\p{M}\p{N}]+(?:['’.&/_+][\p{L}\p{M}\p{N}]+)*)|([,.;!?()\n])/gu;
const wordGroup = 10;
const breakGroup = 11;

/** Splits a message into what it names and the small words around it. Pure; decides nothing about the request. */
export function readMessage(text: string): Message {
  const tokens = tokenize(text.slice(0, maxCharacters));
  const claimed = new Set<number>();
  const named: Partial<Record<Slot, Mention>> = {};
  for (const [index, token] of tokens.entries()) {
    if (token.slot === null || token.slot.plural || named[token.slot.slot] !== undefined) continue;
    const range = rangeNamedBy(tokens, index, claimed);
    if (range === null) continue;
    for (let at = range.from; at < range.to; at += 1) claimed.add(at);
    named[token.slot.slot] = mentionOf(tokens, range, true);
  }
  const runs = looseRuns(tokens, claimed);
  const isNumber = (run: Mention) => /^\d+$/.test(run.phrase);
  const slotTokens = tokens.flatMap((token) => (token.slot === null ? [] : [token.slot]));
  const record = /^\d+$/.test(named.record?.phrase ?? '') ? (named.record?.phrase ?? null) : null;
  const keys = tokens.map((token) => token.key);
  return {
    text,
    keys,
    language: languageOf(tokens.filter((token) => !token.quoted).map((token) => token.key)),
    named,
    loose: [...runs.filter((run) => !isNumber(run)), ...companyMentions(tokens)].slice(0, maxLooseNames),
    numbers: [...(record === null ? [] : [record]), ...runs.filter(isNumber).map((run) => run.phrase)],
    recordNumber: record ?? numberAfterDelete(tokens),
    singular: new Set(slotTokens.filter((word) => !word.plural).map((word) => word.slot)),
    plural: new Set(slotTokens.filter((word) => word.plural).map((word) => word.slot)),
    places: new Set(
      tokens.flatMap((token, index) => (token.slot !== null && isPlace(tokens, index) ? [token.slot.slot] : [])),
    ),
  };
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.normalize('NFC').matchAll(tokenPattern)) {
    const mark = match[breakGroup];
    const previous = tokens.at(-1);
    if (mark !== undefined) {
      const abbreviates = mark === '.' && previous !== undefined && ['nr', 'no'].includes(previous.key);
      if (!abbreviates)
        tokens.push({ raw: mark, key: mark, kind: 'break', slot: null, quoted: false, possessive: false });
      continue;
    }
    const word = match[wordGroup];
    const quotedText = match.slice(1, wordGroup).find((group) => group !== undefined);
    tokens.push(word === undefined ? quotedToken(quotedText ?? '') : wordToken(word, previous));
  }
  return tokens;
}

function quotedToken(text: string): Token {
  return { raw: text.trim(), key: keyOf(text), kind: 'content', slot: null, quoted: true, possessive: false };
}

function wordToken(word: string, previous: Token | undefined): Token {
  const raw = word.replace(/['’]s$/u, '');
  const possessive = raw !== word;
  const key = keyOf(raw);
  const slot = slotWordOf(key);
  const isGenitive = slot?.slot === 'team' && previous !== undefined && genitiveWords.has(previous.key);
  if (slot !== null) {
    return {
      raw,
      key,
      kind: 'slot',
      slot: isGenitive ? { slot: 'team', plural: false } : slot,
      quoted: false,
      possessive,
    };
  }
  const kind = isPlainWord(key) || fillerWords.has(key) ? 'plain' : 'content';
  return { raw, key, kind, slot: null, quoted: false, possessive };
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Where the name of the thing at `index` stands: after it (“team Workshop”), else before it (“the Workshop team”). */
function rangeNamedBy(tokens: readonly Token[], index: number, claimed: ReadonlySet<number>): Range | null {
  const slot = tokens[index]?.slot?.slot;
  let from = index + 1;
  while (tokens[from]?.kind === 'plain' && fillerWords.has(tokens[from]?.key ?? '')) from += 1;
  const first = tokens[from];
  // Some table ids are small words as well: A, AN, AB.
  if (slot === 'table' && first !== undefined && /^(?:[A-Za-z]|[A-Z]{2})$/.test(first.raw))
    return { from, to: from + 1 };
  let to = from;
  while (tokens[to]?.kind === 'content' && !tokens[to - 1]?.possessive) to += 1;
  if (to > from) return { from, to: standsAlone(first, slot) ? from + 1 : to };
  // What stands before “record” counts it: “delete 12 records”.
  if (slot === 'record') return null;
  let start = index;
  while (tokens[start - 1]?.kind === 'content' && !claimed.has(start - 1)) start -= 1;
  return start < index ? { from: start, to: index } : null;
}

function numberAfterDelete(tokens: readonly Token[]): string | null {
  const verb = tokens.findIndex((token) => deleteWords.has(token.key));
  let at = verb + 1;
  while (verb >= 0 && fillerWords.has(tokens[at]?.key ?? '')) at += 1;
  const number = tokens[at];
  const next = tokens[at + 1];
  const isCounting = next !== undefined && next.kind !== 'break' && !linkWords.has(next.key);
  return verb >= 0 && number !== undefined && /^\d+$/.test(number.raw) && !isCounting ? number.raw : null;
}

function standsAlone(token: Token | undefined, slot: Slot | undefined): boolean {
  if (token === undefined) return false;
  if (token.quoted) return true;
  if (slot === 'record') return /^\d+$/.test(token.raw);
  if (slot === 'table') return looksLikeTableId(token.raw);
  return looksLikeId(token.raw);
}

function mentionOf(tokens: readonly Token[], range: Range, linked: boolean): Mention {
  const raw = (to: number) =>
    tokens
      .slice(range.from, to)
      .map((token) => token.raw)
      .join(' ');
  const phrase = raw(Math.min(range.to, range.from + maxNameWords));
  const wasCalledId = tokens[range.from - 1]?.key === 'id' && /^[A-Za-z0-9]{8,32}$/.test(phrase);
  return { phrase, rest: raw(range.from + 2 * maxNameWords), linked, isId: looksLikeId(phrase) || wasCalledId };
}

/** Team and database ids mix letters and digits in no order a name has. */
function looksLikeId(text: string): boolean {
  if (!/^[A-Za-z0-9]{8,32}$/.test(text) || !/\d/.test(text) || !/[A-Za-z]/.test(text)) return false;
  const changes = text.match(/\d(?=[A-Za-z])|[A-Za-z](?=\d)/g)?.length ?? 0;
  return changes >= 2 || /^\d/.test(text);
}

/** Table ids are A, B, … AA; three letters and more are rather a name. */
export function looksLikeTableId(text: string): boolean {
  return /^(?:[a-z]|[A-Z]{1,2}\d{0,3})$/.test(text);
}

function looseRuns(tokens: readonly Token[], claimed: ReadonlySet<number>): Mention[] {
  const runs: Mention[] = [];
  const isFree = (at: number) => tokens[at]?.kind === 'content' && !claimed.has(at);
  for (let from = 0; from < tokens.length; from += 1) {
    if (!isFree(from)) continue;
    let to = from + 1;
    const isWhole = (at: number) => /^\d+$/.test(tokens[at]?.raw ?? '') || tokens[at]?.quoted || tokens[at]?.possessive;
    while (!isWhole(to - 1) && !isWhole(to) && isFree(to)) to += 1;
    runs.push(mentionOf(tokens, { from, to }, isLinked(tokens, { from, to })));
    from = to - 1;
  }
  return runs;
}

function isLinked(tokens: readonly Token[], range: Range): boolean {
  const next = tokens[range.to];
  const last = tokens[range.to - 1];
  if (last?.quoted || last?.possessive || next?.slot?.plural) return true;
  let before = range.from - 1;
  while (articleWords.has(tokens[before]?.key ?? '') && !linkWords.has(tokens[before]?.key ?? '')) before -= 1;
  const previous = tokens[before];
  return previous !== undefined && (linkWords.has(previous.key) || previous.slot !== null);
}

function isPlace(tokens: readonly Token[], index: number): boolean {
  let before = index - 1;
  const isPassed = (token: Token | undefined) => token?.kind === 'content' || articleWords.has(token?.key ?? '');
  while (isPassed(tokens[before]) && !linkWords.has(tokens[before]?.key ?? '')) before -= 1;
  return linkWords.has(tokens[before]?.key ?? '');
}

/** “My company” means everything, unless a team is really called that. */
function companyMentions(tokens: readonly Token[]): Mention[] {
  return tokens.flatMap((token, index) => {
    if (!companyWords.has(token.key) || token.quoted) return [];
    const owner = tokens[index - 1];
    const from = owner !== undefined && articleWords.has(owner.key) ? index - 1 : index;
    return [{ ...mentionOf(tokens, { from, to: index + 1 }, false), isId: false }];
  });
}
