/** “a”, “a and b”, “a, b and c”; beyond the limit, the others are counted. */
export function listed(items: readonly string[], limit = 20): string {
  const shown = items.length > limit ? [...items.slice(0, limit), `${items.length - limit} more`] : items;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}

const longestQuoted = 120;

/** A name from outside, in quotation marks and on one line. */
export function quoted(name: string): string {
  const line = name.replace(/\s+/g, ' ').trim();
  return `“${line.length > longestQuoted ? `${line.slice(0, longestQuoted).toWellFormed()}…` : line}”`;
}

export function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
