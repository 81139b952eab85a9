import { distance } from '#personas/describe-issue.ts';
import { knownWords } from './schedule-words.ts';

/** The word of schedules that somebody who wrote another one may have meant. */
export function suggestWord(written: string): string | null {
  const farthest = written.length < 6 ? 1 : 2;
  const [near] = knownWords
    .map((word) => ({ word, edits: editsBetween(word, written.slice(0, 40)) }))
    .filter(({ edits }) => edits <= farthest)
    .toSorted((left, right) => left.edits - right.edits);
  return near?.word ?? null;
}

/** The same letters in another order are one slip. */
function editsBetween(word: string, written: string): number {
  const sorted = (text: string) => text.split('').toSorted().join('');
  return sorted(word) === sorted(written) ? 1 : distance(word, written);
}
