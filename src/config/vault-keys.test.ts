import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ConfigError } from '#errors';
import { makeKeyLine, primaryLine } from '#vault/key-ring.ts';
import { readEnvironment } from './env.ts';
import { appendKeyLines, openVaultKeys, readVaultKeys, type VaultKeysConfig, vaultKeysOf } from './vault-keys.ts';

let parent: string;
let directory: string;
let file: string;
beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'personas-vault-keys-'));
  directory = path.join(parent, 'data');
  file = path.join(directory, 'vault-keys');
});
afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

const configOf = (variables: Record<string, string> = {}): VaultKeysConfig =>
  vaultKeysOf(readEnvironment({ DATA_DIR: directory, ...variables }));

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('It was taken.');
}

it('makes a key file at the first start, for its owner alone, and finds it at the next', () => {
  const first = openVaultKeys(configOf());
  expect(first).toMatchObject({ file, isNew: true });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  const second = openVaultKeys(configOf());
  expect(second.isNew).toBe(false);
  expect(second.ring.primary.id).toBe(first.ring.primary.id);
  expect(second.ring.primary.key.equals(first.ring.primary.key)).toBe(true);
  expect(readdirSync(directory)).toEqual(['vault-keys']);
});

it('takes the keys of the variable and touches no file', () => {
  const { id, line } = makeKeyLine();
  expect(openVaultKeys(configOf({ VAULT_KEYS: line }))).toMatchObject({
    file: null,
    isNew: false,
    ring: { primary: { id } },
  });
  expect(readdirSync(parent)).toEqual([]);
});

it('does not show the keys of the variable', () => {
  const { line } = makeKeyLine();
  expect(JSON.stringify(configOf({ VAULT_KEYS: line }))).not.toContain(line.split(':')[1]);
});

it('a file that was named must be there, and commands never make one', () => {
  const named = path.join(parent, 'keys');
  const message = refusal(() => openVaultKeys(configOf({ VAULT_KEYS_FILE: named })));
  expect(message).toMatch(/^VAULT_KEYS_FILE: the key file “\S+keys” cannot be read \(ENOENT.*vault init/);
  expect(refusal(() => readVaultKeys(configOf()))).toMatch(/^VAULT_KEYS: not set, and the key file .* cannot be read/);
  expect(readdirSync(parent)).toEqual([]);
});

it('names the file and the line of what is wrong in it, and leaves it as it is', () => {
  openVaultKeys(configOf());
  const text = `${readFileSync(file, 'utf8')}broken\n`;
  writeFileSync(file, text);
  expect(refusal(() => openVaultKeys(configOf()))).toMatch(
    /^VAULT_KEYS: not set, and in the key file “\S+” line 4 has no “:”/,
  );
  expect(readFileSync(file, 'utf8')).toBe(text);
});

it('says what to do when the file cannot be made', () => {
  writeFileSync(directory, 'a file where the folder should be');
  expect(refusal(() => openVaultKeys(configOf()))).toMatch(
    /^VAULT_KEYS: not set, and the key file .* could not be made .*Make the folder DATA_DIR writable, or set VAULT_KEYS/,
  );
});

it('a key that a command adds is found when the keys are read again', () => {
  const keys = openVaultKeys(configOf());
  const old = keys.ring.primary.id;
  // As an editor leaves it that puts no line break at the end.
  writeFileSync(file, readFileSync(file, 'utf8').trimEnd());
  const { id, line } = makeKeyLine();
  appendKeyLines(file, [line, primaryLine(id)]);
  const ring = keys.reload();
  expect(ring.keys.map((key) => key.id)).toEqual([old, id]);
  expect(ring.primary.id).toBe(id);
  expect(openVaultKeys(configOf({ VAULT_PRIMARY_KEY: old })).ring.primary.id).toBe(old);
});
