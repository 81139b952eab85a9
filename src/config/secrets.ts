import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { ConfigError } from '#errors';
import { Secret } from '#vault/secret.ts';

export function toSecret(key: string): Secret {
  return new Secret(key);
}

export interface AuditKey {
  readonly key: Buffer;
  /** The file it lies in, or null when it came from the environment. */
  readonly file: string | null;
}

/**
 * The key of the audit's chain: `encoded` (base64, checked before) or else the file `audit-key` in the data folder,
 * made at the first start for its owner alone. Who loses it can no longer prove what was recorded.
 */
export function openAuditKey(encoded: string | undefined, dataDirectory: string): AuditKey {
  if (encoded !== undefined) return { key: Buffer.from(encoded, 'base64'), file: null };
  const file = path.join(dataDirectory, 'audit-key');
  try {
    const text = readIfThere(file) ?? createKeyFile(file);
    return { key: decodeKeyFile(text, file), file };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      `AUDIT_KEY: not set, and the key file could not be read or made (${reason}). Make the folder DATA_DIR writable, or set AUDIT_KEY.`,
    );
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/**
 * Makes the file with a new key unless another process was faster, and returns what the file then holds: a whole file is
 * linked into place, and a second link fails.
 */
export function createKeyFile(file: string): string {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    writeDurably(draft, `${randomBytes(32).toString('base64')}\n`);
    linkSync(draft, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, 'utf8');
}

function writeDurably(file: string, text: string): void {
  const handle = openSync(file, 'wx', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function decodeKeyFile(text: string, file: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === 32) return key;
  throw new ConfigError(
    `AUDIT_KEY: not set, and ${file} holds ${key.length} bytes instead of 32. Put the key back from a backup; a new key cannot prove the audit that exists.`,
  );
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
