import type { VariableName } from './env.ts';

/** Names what a variable holds without giving a secret away: of a key only the length, of an address no credentials. */
export function describeFound(name: VariableName, value: string): string {
  if (/_(KEYS?|SECRET|TOKEN)$/.test(name)) return describeLength(value);
  if (name.endsWith('_URL')) return describeAddress(value);
  return value.length > 60 ? describeLength(value) : `“${value}”`;
}

function describeLength(value: string): string {
  return value.length === 1 ? '1 character' : `${value.length} characters`;
}

function describeAddress(value: string): string {
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? URL.parse(value) : null;
  if (url === null) return `${describeLength(value)} that are no address`;
  const plain =
    url.username === '' && url.password === '' && url.search === '' && url.hash === '' && !value.includes('@');
  return plain ? `“${value}”` : `an address at “${url.protocol}//${url.host}” with more than scheme, host and path`;
}
