import path from 'node:path';
import { readVaultKeys } from '#config/vault-keys.ts';
import { openDatabase } from '#db/open-database.ts';
import { createSecretRepository, type SecretRepository } from '#db/repositories/secrets.ts';
import { parseKeyRing, type VaultKeys } from '#vault/key-ring.ts';
import { type OpenVault, openVault } from '#vault/open-vault.ts';
import { Secret } from '#vault/secret.ts';
import { createSecretRegistry } from '#vault/secret-registry.ts';
import type { SecretRef } from '#vault/vault.ts';

export const origin = 'https://api.ninox.com';

export function secretNumber(number: number): { readonly ref: SecretRef; readonly value: string } {
  const place = { organizationId: `org-${number % 7}`, holder: `connection-${number}` };
  return { ref: { ...place, field: 'api_key', version: 1 }, value: `secret-value-${number}` };
}

export const keyFileOf = (directory: string) => path.join(directory, 'vault-keys');

/** The keys that lie in a service's data folder. */
export function keysOf(directory: string): VaultKeys {
  return readVaultKeys({ text: null, file: keyFileOf(directory), fileIsNamed: false, primaryId: null });
}

export function ringOnly(line: string): VaultKeys {
  const ring = parseKeyRing(line);
  return { ring, file: null, isNew: false, reload: () => ring };
}

/** Works on the secrets of a data folder while no service does. */
export async function withVault<T>(
  directory: string,
  keys: VaultKeys,
  work: (vault: OpenVault, repository: SecretRepository) => Promise<T>,
): Promise<T> {
  const db = await openDatabase({ url: path.join(directory, 'personas.db') });
  try {
    const repository = createSecretRepository(db);
    return await work(await openVault({ repository, keys, registry: createSecretRegistry() }), repository);
  } finally {
    await db.close();
  }
}

/** Seals secrets number 0 to `count` - 1 with the primary key of the folder. */
export async function sealMany(directory: string, count: number): Promise<void> {
  const db = await openDatabase({ url: path.join(directory, 'personas.db') });
  try {
    const repository = createSecretRepository(db);
    const vault = await openVault({ repository, keys: keysOf(directory), registry: createSecretRegistry() });
    await db.transaction(async () => {
      for (let number = 0; number < count; number += 1) {
        const { ref, value } = secretNumber(number);
        await vault.seal(ref, origin, new Secret(value));
      }
    });
    await db.durable();
  } finally {
    await db.close();
  }
}

/** How many of the secrets open and are what they were. */
export async function countReadable(vault: OpenVault, count: number): Promise<number> {
  let readable = 0;
  for (let number = 0; number < count; number += 1) {
    const { ref, value } = secretNumber(number);
    const holds = await vault.withSecret(ref, origin, async (secret) => secret.reveal() === value);
    if (holds) readable += 1;
  }
  return readable;
}
