/** So many characters of a text one answer shows. */
export const longestSlice = 40_000;

export interface TextSlice {
  readonly text: string;
  readonly from: number;
  /** Of the whole text. */
  readonly characters: number;
  /** Where to read on; null at the end. */
  readonly next_from: number | null;
}

/** A part of a text that ends between two characters, and where the rest begins. */
export function sliceOf(whole: string, from: number): TextSlice {
  const start = Math.min(from, whole.length);
  let end = Math.min(start + longestSlice, whole.length);
  // Not between the halves of a pair; the rest begins with it then.
  if (end < whole.length && /[\uD800-\uDBFF]/.test(whole[end - 1] ?? '')) end -= 1;
  return {
    text: whole.slice(start, end).toWellFormed(),
    from: start,
    characters: whole.length,
    next_from: end < whole.length ? end : null,
  };
}
