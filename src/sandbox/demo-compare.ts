import type { Place } from './demo-intents.ts';
import { isWithinSlips, wordKeys } from './demo-text.ts';
import { markWords } from './demo-vocabulary.ts';

export interface Lookalikes {
  /** Each group has one name, or nearly one. */
  readonly alike: readonly (readonly Place[])[];
  /** Databases whose name says that they are old, a copy or a test. */
  readonly marked: readonly Place[];
}

/** Compares names only; nothing here can look inside a database. */
export function compareNames(databases: readonly Place[]): Lookalikes {
  const groups: Place[][] = [];
  for (const database of databases) {
    const group = groups.find(([first]) => first !== undefined && isAlike(first.name, database.name));
    if (group === undefined) groups.push([database]);
    else group.push(database);
  }
  return {
    alike: groups.filter((group) => group.length > 1),
    marked: databases.filter(({ name }) => wordKeys(name).some((key) => markWords.has(key))),
  };
}

function isAlike(left: string, right: string): boolean {
  const [one, other] = [bareName(left), bareName(right)];
  return isWithinSlips(one, other, Math.min(one.length, other.length) < 5 ? 0 : 1);
}

/** “CRM (old) 2” is compared as “crm”. */
function bareName(name: string): string {
  const keys = wordKeys(name);
  const bare = keys.filter((key) => !markWords.has(key) && !/^\d{1,2}$/.test(key));
  return (bare.length > 0 ? bare : keys).join(' ');
}

/** Teams and databases whose name holds every word of one of the phrases. */
export function namesHolding(places: readonly Place[], phrases: readonly string[]): Place[] {
  const wanted = phrases.map(wordKeys).filter((keys) => keys.length > 0);
  return places.filter(({ name }) => {
    const held = wordKeys(name);
    return wanted.some((keys) => keys.every((key) => held.includes(key)));
  });
}
