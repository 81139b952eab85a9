/** Texts to be replaced wherever they occur. However many there are, one pass over a text finds them all. */
export interface Needles {
  /** Nothing of fewer than `shortestNeedle` characters is taken. */
  add(needle: string, mask: string): void;
  remove(needle: string): void;
  readonly replace: (text: string) => string;
}

export const shortestNeedle = 6;

interface Needle {
  readonly text: string;
  readonly mask: string;
  /** How many secrets have it among their forms. */
  holders: number;
}

/** How many characters the hash looks at: each one that follows shifts it by four of its sixteen bits. */
const hashed = 4;
const hashMask = 0xffff;

export function createNeedles(): Needles {
  const index = createIndex();
  return {
    add(text, mask) {
      if (text.length >= shortestNeedle) index.add(text, mask);
    },
    remove: index.remove,
    replace(text) {
      let clean = '';
      let from = 0;
      for (let found = findFrom(index, text, from); found !== null; found = findFrom(index, text, from)) {
        clean += text.slice(from, found.start) + found.needle.mask;
        from = found.start + found.needle.text.length;
      }
      return from === 0 ? text : clean + text.slice(from);
    },
  };
}

type Index = ReturnType<typeof createIndex>;

/** The needles by the hash of their beginning, in each bucket the longest first. */
function createIndex() {
  const known = new Map<string, Needle>();
  const buckets = new Map<number, Needle[]>();
  // Asked for every character of every text; the buckets only where it says that some needle begins like this.
  const marks = new Uint8Array(hashMask + 1);
  return {
    marks,
    longestAt: (hash: number, text: string, start: number) =>
      buckets.get(hash)?.find((needle) => text.startsWith(needle.text, start)),
    add(text: string, mask: string): void {
      const there = known.get(text);
      if (there !== undefined) {
        there.holders += 1;
        return;
      }
      const needle = { text, mask, holders: 1 };
      known.set(text, needle);
      const hash = hashOf(text);
      const bucket = buckets.get(hash) ?? [];
      const shorter = bucket.findIndex((other) => other.text.length < text.length);
      bucket.splice(shorter < 0 ? bucket.length : shorter, 0, needle);
      buckets.set(hash, bucket);
      marks[hash] = 1;
    },
    remove: (text: string): void => {
      const needle = known.get(text);
      if (needle === undefined) return;
      needle.holders -= 1;
      if (needle.holders > 0) return;
      known.delete(text);
      const hash = hashOf(text);
      const bucket = buckets.get(hash) ?? [];
      bucket.splice(bucket.indexOf(needle), 1);
      if (bucket.length > 0) return;
      buckets.delete(hash);
      marks[hash] = 0;
    },
  };
}

function findFrom(index: Index, text: string, from: number): { start: number; needle: Needle } | null {
  const { marks } = index;
  let hash = 0;
  for (let at = from; at < text.length; at += 1) {
    hash = step(hash, text.charCodeAt(at));
    const start = at - hashed + 1;
    if (marks[hash] === 0 || start < from) continue;
    const needle = index.longestAt(hash, text, start);
    if (needle !== undefined) return { start, needle };
  }
  return null;
}

function step(hash: number, code: number): number {
  return ((hash << 4) ^ code) & hashMask;
}

function hashOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < hashed; index += 1) hash = step(hash, text.charCodeAt(index));
  return hash;
}
