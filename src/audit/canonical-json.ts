/**
 * One text for one value, whatever the order of its keys: sorted keys, no spaces, dates as milliseconds, undefined and
 * functions left out of objects. Throws on what JSON cannot hold (bigint, a cycle).
 */
export function canonicalJson(value: unknown): string {
  return write(value) ?? 'null';
}

function write(value: unknown): string | undefined {
  if (value instanceof Date) return JSON.stringify(value.getTime());
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => write(item) ?? 'null').join(',')}]`;
  // A secret, for one, decides itself what may be seen of it.
  if ('toJSON' in value && typeof value.toJSON === 'function') return write(value.toJSON());
  return writeObject(value as Record<string, unknown>);
}

function writeObject(value: Record<string, unknown>): string {
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const text = write(value[key]);
    if (text !== undefined) members.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${members.join(',')}}`;
}
