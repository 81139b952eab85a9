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
  /** True when this call made the file. */
  readonly isNew: boolean;
}

/**
 * The key of the audit's chain: `encoded` (base64, checked before) or else the file `audit-key` in the data folder,
 * made at the first start for its owner alone. Who loses it can no longer prove what was recorded.
 */
export function openAuditKey(encoded: string | undefined, dataDirectory: string): AuditKey {
  if (encoded !== undefined) return { key: Buffer.from(encoded, 'base64'), file: null, isNew: false };
  const file = path.join(dataDirectory, 'audit-key');
  try {
    const there = readIfThere(file);
    return { key: decodeKeyFile(there ?? createKeyFile(file), file), file, isNew: there === null };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      `AUDIT_KEY: not set, and the key file could not be read or made (${reason}). Make the folder DATA_DIR writable, or set AUDIT_KEY.`,
    );
  }
}

/**
 * What signs session cookies: `encoded` (base64, checked before) or else the file `auth-secret` in the data folder, made
 * at the first start. Who loses it has everybody sign in again.
 */
export function openAuthSecret(encoded: string | undefined, dataDirectory: string): Buffer {
  if (encoded !== undefined) return Buffer.from(encoded, 'base64');
  const file = path.join(dataDirectory, 'auth-secret');
  const cure = `Delete “${file}” to have a new one made, or set AUTH_SECRET; everybody then signs in again.`;
  try {
    const secret = Buffer.from((readIfThere(file) ?? createKeyFile(file)).trim(), 'base64');
    if (secret.length === 32) return secret;
    throw new ConfigError(`AUTH_SECRET: not set, and ${file} holds ${secret.length} bytes instead of 32. ${cure}`);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      `AUTH_SECRET: not set, and the file for it could not be read or made (${reason}). Make the folder DATA_DIR writable, or set AUTH_SECRET.`,
    );
  }
}

/**
 * What to do when the audit that exists was made with another key. Takes a file that this start made away again: it is
 * not the lost one, and must not be taken for it.
 */
export function refuseAuditKey({ file, isNew }: Omit<AuditKey, 'key'>): ConfigError {
  const foreign = 'does not belong to the audit that exists';
  if (file === null) return new ConfigError(`AUDIT_KEY: the key that is set ${foreign}. Set the one from the backup.`);
  if (!isNew) {
    return new ConfigError(
      `AUDIT_KEY: not set, and the key in “${file}” ${foreign}. Replace that file by the one from the backup, or set AUDIT_KEY.`,
    );
  }
  rmSync(file, { force: true });
  return new ConfigError(
    `AUDIT_KEY: not set, and “${file}” is not there, but an audit exists, to which no new key belongs. Put the file back from the backup, or set AUDIT_KEY.`,
  );
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
export function createKeyFile(file: string, makeText: () => string = newKeyText): string {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    writeDurably(draft, makeText());
    linkSync(draft, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, 'utf8');
}

function newKeyText(): string {
  return `${randomBytes(32).toString('base64')}\n`;
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
