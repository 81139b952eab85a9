/** Text both dialects give back as it was: Postgres refuses U+0000, and neither can hold half a surrogate pair. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}
