/*
 * Slack changes marks, entities and spaces of what it stores, and letters never: by them a text that was sent is found
 * again in what Slack gives back.
 */

const letter = /[\p{L}\p{N}]/u;

export function lettersOf(text: string): string {
  return text.replace(/&(?:amp|lt|gt);/g, '').replace(/[^\p{L}\p{N}]/gu, '');
}

/** The text without its first letters, so many UTF-16 units of them, and without all that stands between them. */
export function dropLetters(text: string, count: number): string {
  let left = count;
  let at = 0;
  for (const character of text) {
    if (left <= 0) break;
    if (letter.test(character)) left -= character.length;
    at += character.length;
  }
  return text.slice(at);
}

/**
 * How many letters of `stored` need not be posted, since `shown` is there: of one that goes no further all of its own, of
 * one that goes further than what was stored all there are. Null where they are not the same text.
 */
export function lettersShown(stored: string, shown: string): number | null {
  const [kept, seen] = [lettersOf(stored), lettersOf(shown)];
  if (kept.startsWith(seen)) return seen.length;
  return seen.startsWith(kept) ? kept.length : null;
}
