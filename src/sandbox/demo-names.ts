import type { Mention } from './demo-message.ts';
import { allowedSlips, isWithinSlips, stemOf, wordKeys } from './demo-text.ts';
import { isPlainWord, slotWordOf } from './demo-vocabulary.ts';

export interface Named {
  readonly id: string;
  readonly name: string;
}

export interface NameMatch<Item> {
  /** The person can only have meant these: same id or same name, apart from case and umlauts. */
  readonly exact: readonly Item[];
  /** Plural, a slip of the finger, part of a name: to be confirmed where it matters. */
  readonly near: readonly Item[];
}

/** Finds which items a mention can mean. Two exact ones are two things with one name. */
export function matchName<Item extends Named>(items: readonly Item[], mention: Mention): NameMatch<Item> {
  const byId = items.filter((item) => item.id === mention.phrase);
  if (byId.length > 0) return { exact: byId, near: [] };
  const said = { phrase: wordKeys(mention.phrase), rest: wordKeys(mention.rest) };
  const named = items.map((item) => ({ item, names: spellings(item.name) }));
  const exact = longest(named.map(({ item, names }) => ({ item, length: lengthSaid(names, said) })));
  if (exact.length > 0) return { exact, near: [] };
  const slips = named.filter(({ names }) => names.some((name) => isSlipOf(name, said)));
  const near =
    slips.length > 0 ? slips : named.filter(({ names }) => names.some((name) => isPartOf(said.phrase, name)));
  return { exact: [], near: near.map(({ item }) => item) };
}

/** The words of a name, and those of them that tell it apart: “The Garage team” is also “garage”. */
function spellings(name: string): string[][] {
  const all = wordKeys(name);
  const telling = all.filter((key) => !isPlainWord(key) && slotWordOf(key) === null);
  return telling.length > 0 && telling.length < all.length ? [all, telling] : [all];
}

interface Said {
  readonly phrase: readonly string[];
  readonly rest: readonly string[];
}

/** How many words of the message the name accounts for; 0 unless it accounts for the whole phrase. */
function lengthSaid(names: readonly string[][], said: Said): number {
  const fits = (name: readonly string[]) =>
    name.length >= said.phrase.length && name.length > 0 && name.every((key, at) => key === said.rest[at]);
  return Math.max(0, ...names.filter(fits).map((name) => name.length));
}

function longest<Item>(found: readonly { item: Item; length: number }[]): Item[] {
  const most = Math.max(0, ...found.map(({ length }) => length));
  return most === 0 ? [] : found.filter(({ length }) => length === most).map(({ item }) => item);
}

function isSlipOf(name: readonly string[], said: Said): boolean {
  const wanted = name.join(' ');
  return said.phrase.some((_, start) => {
    const window = said.rest.slice(start, start + name.length);
    if (window.length < name.length) return false;
    const found = window.join(' ');
    const limit = allowedSlips(Math.min(found.length, wanted.length));
    return isWithinSlips(found, wanted, limit) || hasSameStems(window, name);
  });
}

function hasSameStems(window: readonly string[], name: readonly string[]): boolean {
  return window.every((key, at) => key[0] === name[at]?.[0] && stemOf(key) === stemOf(name[at] ?? ''));
}

function isPartOf(phrase: readonly string[], name: readonly string[]): boolean {
  if (phrase.length === 0 || phrase.join('').length < 3) return false;
  return name.some((_, start) => phrase.every((key, at) => name[start + at] === key));
}
