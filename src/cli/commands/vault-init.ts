import { existsSync } from 'node:fs';
import { createKeyFile } from '#config/secrets.ts';
import { appendKeyLines, newKeyFileText, readVaultKeys, type VaultKeysConfig } from '#config/vault-keys.ts';
import { makeKeyLine, primaryLine } from '#vault/key-ring.ts';

const keepIt = 'Keep a copy of it, apart from the backups of the database: without it no stored secret can be opened.';

/** Makes a new key and says where it is, or where it belongs. A key that is there stays what it is, and primary. */
export function initVault(keys: VaultKeysConfig, { print }: { print: boolean }): string {
  if (print || keys.text !== null) return printKey(keys);
  return existsSync(keys.file) ? addKey(keys) : makeFile(keys);
}

function printKey({ text }: VaultKeysConfig): string {
  const { id, line } = makeKeyLine();
  const advice =
    text === null
      ? ['Set VAULT_KEYS to this line. It is kept nowhere else.']
      : [
          'Add this line to VAULT_KEYS, after a comma; leave the keys that are there. It is kept nowhere else.',
          `Start every process of the service with it first. Then set VAULT_PRIMARY_KEY to ${id} and start them again:`,
          'the first one seals all secrets anew with it.',
        ];
  return [`A new key:`, '', `  ${line}`, '', ...advice, keepIt].join('\n');
}

function makeFile(keys: VaultKeysConfig): string {
  createKeyFile(keys.file, newKeyFileText);
  const { ring } = readVaultKeys({ ...keys, primaryId: null });
  const named = keys.fileIsNamed ? [] : [`In production, set VAULT_KEYS_FILE to the path of this file.`];
  return [`Made the key file “${keys.file}” with the key “${ring.primary.id}”.`, ...named, keepIt].join('\n');
}

function addKey(keys: VaultKeysConfig): string {
  const { ring } = readVaultKeys(keys);
  const { id, line } = makeKeyLine();
  appendKeyLines(keys.file, [line, primaryLine(ring.primary.id)]);
  const use =
    keys.primaryId === null
      ? `To use it, change the last line of the file to “${primaryLine(id)}”`
      : `To use it, set VAULT_PRIMARY_KEY to ${id}`;
  return [
    `Added the key “${id}” to the key file “${keys.file}”. New secrets are still sealed with “${ring.primary.id}”.`,
    `${use} and start the service again, or run “npm run persona -- vault rotate”.`,
    keepIt,
  ].join('\n');
}
