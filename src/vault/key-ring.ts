import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { Secret } from './secret.ts';

export interface VaultKey {
  readonly id: string;
  readonly key: KeyObject;
  /** As it is written down, for the scrubber. */
  readonly written: Secret;
}

/** The keys secrets are sealed with: new ones with the primary, older ones with whichever it was then. */
export interface KeyRing {
  readonly primary: VaultKey;
  readonly keys: readonly VaultKey[];
  find(keyId: string): VaultKey | undefined;
}

/** The keys the service was given, and where. */
export interface VaultKeys {
  readonly ring: KeyRing;
  /** The file they lie in, or null when a variable holds them. */
  readonly file: string | null;
  /** True when this start made that file. */
  readonly isNew: boolean;
  /** Reads them again: a command may have added one meanwhile. Throws what the first reading would. */
  readonly reload: () => KeyRing;
}

/** What is wrong with a list of keys and where; never the key. */
export class KeyRingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'KeyRingError';
  }
}

const keyIdPattern = /^[A-Za-z\d][\w.-]{0,63}$/;
/** What stands in place of a key's id in the line that names the primary one. */
const primaryWord = 'primary';
const keyBytes = 32;

/**
 * Reads lines `id:key` (32 bytes in base64) and `primary:id`, of which the last counts; blank lines and such that begin
 * with `#` are passed over. Commas part lines, too. `primaryId` wins over what the lines say. Throws KeyRingError.
 */
export function parseKeyRing(text: string, primaryId: string | null = null): KeyRing {
  const keys = new Map<string, VaultKey>();
  let named: string | null = null;
  for (const [line, words] of linesOf(text)) {
    const [id, rest] = partsOf(line, words);
    if (id === primaryWord) named = rest;
    else keys.set(id, readKey({ line, id, encoded: rest, known: [...keys.values()] }));
  }
  const primary = choosePrimary([...keys.values()], primaryId ?? named);
  return { primary, keys: [...keys.values()], find: (keyId) => keys.get(keyId) };
}

function linesOf(text: string): [number, string][] {
  return text.split(/\r?\n/).flatMap((line, index): [number, string][] =>
    line.trimStart().startsWith('#')
      ? []
      : line
          .split(',')
          .map((part): [number, string] => [index + 1, part.trim()])
          .filter(([, part]) => part !== ''),
  );
}

function partsOf(line: number, words: string): [string, string] {
  const colon = words.indexOf(':');
  if (colon < 0) throw new KeyRingError(`line ${line} has no “:”. Each line is an id, a colon and a key.`);
  const id = words.slice(0, colon).trim();
  // The id is not shown: who swapped the two has the key there.
  if (!keyIdPattern.test(id)) {
    throw new KeyRingError(
      `line ${line} does not begin with an id: at most 64 letters, digits, “.”, “-” and “_”, then a colon and the key.`,
    );
  }
  return [id, words.slice(colon + 1).trim()];
}

interface KeyLine {
  readonly line: number;
  readonly id: string;
  readonly encoded: string;
  readonly known: readonly VaultKey[];
}

function readKey({ line, id, encoded, known }: KeyLine): VaultKey {
  if (!/^[A-Za-z\d+/]*=?$/.test(encoded)) {
    throw new KeyRingError(`line ${line}: the key “${id}” is not base64; “openssl rand -base64 32” makes one.`);
  }
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length !== keyBytes) {
    throw new KeyRingError(`line ${line}: the key “${id}” has ${bytes.length} bytes instead of ${keyBytes}.`);
  }
  if (known.some((other) => other.id === id)) {
    throw new KeyRingError(`line ${line}: there is a key “${id}” already. Give each key an id of its own.`);
  }
  const key = createSecretKey(bytes);
  const same = known.find((other) => other.key.equals(key));
  if (same !== undefined) {
    throw new KeyRingError(`line ${line}: the keys “${same.id}” and “${id}” are the same. A new id needs a new key.`);
  }
  return { id, key, written: new Secret(encoded) };
}

function choosePrimary(keys: readonly VaultKey[], id: string | null): VaultKey {
  const [only] = keys;
  if (only === undefined) throw new KeyRingError('there is no key in it.');
  const ids = keys.map((key) => key.id).join(', ');
  if (id === null) {
    if (keys.length === 1) return only;
    throw new KeyRingError(
      `there are ${keys.length} keys (${ids}), but none is named as the primary one. Set VAULT_PRIMARY_KEY to the id of one.`,
    );
  }
  const primary = keys.find((key) => key.id === id);
  if (primary !== undefined) return primary;
  throw new KeyRingError(`the primary key is to be “${id}”, but there are only: ${ids}.`);
}

/** A new key and the line that holds it. */
export function makeKeyLine(now: Date = new Date()): { readonly id: string; readonly line: string } {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '');
  const id = `k${day}-${randomBytes(3).toString('hex')}`;
  return { id, line: `${id}:${randomBytes(keyBytes).toString('base64')}` };
}

/** The line that makes a key of the list the primary one. */
export function primaryLine(keyId: string): string {
  return `${primaryWord}:${keyId}`;
}
