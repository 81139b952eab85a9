const mostNear = 3;

/** The names that somebody who wrote `name` may have meant, nearest first; at most three. */
export function nearNames(name: string, names: readonly string[]): readonly string[] {
  const wanted = plain(name);
  const near = names.flatMap((candidate) => {
    const distance = distanceOf(wanted, plain(candidate));
    return distance === null ? [] : [{ candidate, distance }];
  });
  // The same but for how it is spelled is what was meant.
  const same = near.filter(({ distance }) => distance === 0);
  return (same.length > 0 ? same : near)
    .toSorted((left, right) => left.distance - right.distance)
    .slice(0, mostNear)
    .map(({ candidate }) => candidate);
}

const longest = 80;

/** Without case, accents, and everything but letters and digits. */
function plain(name: string): string {
  const letters = name.slice(0, longest).normalize('NFKD').toLowerCase();
  return letters.replace(/[^\p{L}\p{N}]/gu, '');
}

/** Null for what is not near. One that holds the other is nearer than one with as many other letters. */
function distanceOf(wanted: string, candidate: string): number | null {
  if (wanted === '' || candidate === '') return null;
  if (wanted === candidate) return 0;
  const edits = editsBetween(wanted, candidate);
  if (edits <= Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3))) return edits;
  const [short, long] = wanted.length < candidate.length ? [wanted, candidate] : [candidate, wanted];
  return short.length >= 3 && long.includes(short) ? edits : null;
}

/** Letters put in, taken out or replaced; two that changed places count as one. */
function editsBetween(left: string, right: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let row = 1; row <= left.length; row += 1) {
    const next = [row];
    for (let at = 1; at <= right.length; at += 1) {
      const isSame = left[row - 1] === right[at - 1];
      const replaced = numberAt(last, at - 1) + (isSame ? 0 : 1);
      const swaps = row > 1 && left[row - 2] === right[at - 1] && left[row - 1] === right[at - 2];
      const swapped = swaps ? numberAt(beforeLast, at - 2) + 1 : replaced;
      next.push(Math.min(numberAt(last, at) + 1, numberAt(next, at - 1) + 1, replaced, swapped));
    }
    beforeLast = last;
    last = next;
  }
  return numberAt(last, right.length);
}

function numberAt(row: readonly number[], at: number): number {
  return row[at] ?? Number.POSITIVE_INFINITY;
}
