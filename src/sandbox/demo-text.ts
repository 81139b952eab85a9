/** The languages the demo model answers in. */
export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

/**
 * One spelling for all spellings of a word: case, accents and both ways to write an umlaut fall together,
 * so that “Büro”, “Buero” and “buro” are equal. For comparing only, never for showing.
 */
export function keyOf(word: string): string {
  const isPlainAscii = /^[\x20-\x7e]*$/.test(word);
  const bare = isPlainAscii ? word : word.normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('ß', 'ss');
  return bare.toLowerCase().replace(/([aou])e/g, '$1');
}

/** The compared words of a name or phrase; punctuation and hyphens only separate. */
export function wordKeys(text: string): string[] {
  return text
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .map(keyOf)
    .filter((key) => key !== '');
}

/** How many single-letter slips a word of this length may hold and still be taken for the other one. */
export function allowedSlips(length: number): number {
  if (length < 4) return 0;
  return length < 8 ? 1 : 2;
}

/** Whether two words differ by at most `limit` inserted, lost, changed or swapped letters. */
export function isWithinSlips(left: string, right: string, limit: number): boolean {
  if (Math.abs(left.length - right.length) > limit) return false;
  if (limit === 0) return left === right;
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = nextRow({ left, right, row, last, beforeLast });
    if (Math.min(...current) > limit) return false;
    beforeLast = last;
    last = current;
  }
  return (last[right.length] ?? Infinity) <= limit;
}

/** One row of the edit distance table: the cheapest way from the first `row` letters to each start of `right`. */
function nextRow(state: { left: string; right: string; row: number; last: number[]; beforeLast: number[] }): number[] {
  const { left, right, row, last, beforeLast } = state;
  const current = [row];
  for (let column = 1; column <= right.length; column += 1) {
    const cost = left[row - 1] === right[column - 1] ? 0 : 1;
    const isSwap = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
    const swapped = isSwap ? (beforeLast[column - 2] ?? Infinity) + 1 : Infinity;
    const changed = (last[column - 1] ?? Infinity) + cost;
    current.push(Math.min((last[column] ?? Infinity) + 1, (current[column - 1] ?? Infinity) + 1, changed, swapped));
  }
  return current;
}

/** The word without its usual plural or genitive ending in either language. */
export function stemOf(key: string): string {
  const stem = key.replace(/(?:en|es|er|e|n|s)$/, '');
  return stem.length >= 3 ? stem : key;
}
