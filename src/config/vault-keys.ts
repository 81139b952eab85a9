import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { ConfigError } from '#errors';
import { type KeyRing, KeyRingError, makeKeyLine, parseKeyRing, type VaultKeys } from '#vault/key-ring.ts';
import { Secret } from '#vault/secret.ts';
import type { Environment } from './env.ts';
import { createKeyFile } from './secrets.ts';

/** Where the keys of the vault are. */
export interface VaultKeysConfig {
  /** The keys themselves, where VAULT_KEYS holds them. */
  readonly text: Secret | null;
  /** The file they lie in otherwise. */
  readonly file: string;
  /** True when VAULT_KEYS_FILE names that file; else it is the one in the data folder, which a first start makes. */
  readonly fileIsNamed: boolean;
  readonly primaryId: string | null;
}

export function vaultKeysOf(environment: Environment): VaultKeysConfig {
  const { VAULT_KEYS, VAULT_KEYS_FILE, VAULT_PRIMARY_KEY, DATA_DIR } = environment;
  return {
    text: VAULT_KEYS === undefined ? null : new Secret(VAULT_KEYS),
    file: VAULT_KEYS_FILE ?? path.join(DATA_DIR, 'vault-keys'),
    fileIsNamed: VAULT_KEYS_FILE !== undefined,
    primaryId: VAULT_PRIMARY_KEY ?? null,
  };
}

/** Reads the keys; the first start makes the file in the data folder, for its owner alone. Throws ConfigError. */
export function openVaultKeys(config: VaultKeysConfig): VaultKeys {
  const isNew = config.text === null && !config.fileIsNamed && !existsSync(config.file);
  if (!isNew) return readVaultKeys(config);
  makeKeyFile(config);
  return { ...readVaultKeys(config), isNew };
}

/** The same for a command, which looks at what is there and makes nothing. */
export function readVaultKeys(config: VaultKeysConfig): VaultKeys {
  const { text, file, primaryId } = config;
  if (text !== null) {
    const ring = asConfigError('VAULT_KEYS:', () => parseKeyRing(text.reveal(), primaryId));
    return { ring, file: null, isNew: false, reload: () => ring };
  }
  const reload = () => readRing(config);
  return { ring: reload(), file, isNew: false, reload };
}

function readRing({ file, fileIsNamed, primaryId }: VaultKeysConfig): KeyRing {
  const where = fileIsNamed ? 'VAULT_KEYS_FILE: in' : 'VAULT_KEYS: not set, and in';
  return asConfigError(`${where} the key file “${file}”`, () => parseKeyRing(readFile(file, fileIsNamed), primaryId));
}

function readFile(file: string, fileIsNamed: boolean): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const where = fileIsNamed ? 'VAULT_KEYS_FILE:' : 'VAULT_KEYS: not set, and';
    throw new ConfigError(
      `${where} the key file “${file}” cannot be read (${reasonOf(error)}). Put it back from the backup; “npm run persona -- vault init” makes a first one.`,
    );
  }
}

function makeKeyFile({ file }: VaultKeysConfig): void {
  try {
    createKeyFile(file, newKeyFileText);
  } catch (error) {
    throw new ConfigError(
      `VAULT_KEYS: not set, and the key file “${file}” could not be made (${reasonOf(error)}). Make the folder DATA_DIR writable, or set VAULT_KEYS.`,
    );
  }
}

/** Adds whole lines at the end of a key file; what is there stays as it is. */
export function appendKeyLines(file: string, lines: readonly string[]): void {
  const endsInLine = readFileSync(file, 'utf8').endsWith('\n');
  const handle = openSync(file, 'a', 0o600);
  try {
    // In one go: another command may add a key at the same moment.
    writeSync(handle, `${endsInLine ? '' : '\n'}${lines.join('\n')}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function asConfigError<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof KeyRingError) throw new ConfigError(`${where} ${error.message}`);
    throw error;
  }
}

/** A key file with one new key. */
export function newKeyFileText(): string {
  return [
    '# Keys of the vault. Whoever has this file and the database can read every stored secret; without it nobody can.',
    '# Keep a copy of it, apart from the backups of the database.',
    makeKeyLine().line,
    '',
  ].join('\n');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
