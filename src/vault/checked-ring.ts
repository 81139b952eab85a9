import { rmSync } from 'node:fs';
import type { SecretRepository } from '#db/repositories/secrets.ts';
import { ConfigError } from '#errors';
import type { Logger } from '#log';
import { inspectVault, sealCanary, type VaultState } from './inspect-vault.ts';
import type { KeyRing, VaultKey, VaultKeys } from './key-ring.ts';
import type { SecretRegistry } from './secret-registry.ts';

interface CheckedRingDeps {
  readonly repository: SecretRepository;
  readonly keys: VaultKeys;
  readonly registry: SecretRegistry;
  readonly log?: Logger;
}

export interface CheckedRing {
  current(): KeyRing;
  find(keyId: string): Promise<VaultKey | undefined>;
}

/** The ring in use. A key that is not in it is looked for where the keys lie: a command may have put it there. */
export async function createCheckedRing({ repository, keys, registry, log }: CheckedRingDeps): Promise<CheckedRing> {
  let ring = keys.ring;
  const keepKeys = () => {
    for (const { written } of ring.keys) registry.keep(written);
  };
  keepKeys();
  await requireKeys(repository, ring, keys);

  async function reload(): Promise<void> {
    try {
      const found = keys.reload();
      await requireKeys(repository, found, { ...keys, isNew: false });
      ring = found;
      keepKeys();
    } catch (error) {
      log?.error({ err: error }, 'the keys of the vault cannot be read again; those read before stay in use');
    }
  }

  return {
    current: () => ring,
    async find(keyId) {
      if (ring.find(keyId) === undefined) await reload();
      return ring.find(keyId);
    },
  };
}

type KeysPlace = Pick<VaultKeys, 'file' | 'isNew'>;

async function requireKeys(repository: SecretRepository, ring: KeyRing, place: KeysPlace): Promise<void> {
  const state = await inspectVault(repository, ring);
  refuseMissing(state, place);
  refuseWrong(state, place);
  const unseen = state.keys.filter(({ canary }) => canary === 'none');
  if (unseen.length === 0) return;
  for (const { key } of unseen) await repository.insertCanary({ keyId: key.id, sealed: await sealCanary(key) });
  await repository.durable();
  // Another process may have been faster, with another key under the same id.
  refuseWrong(await inspectVault(repository, ring), place);
}

function refuseMissing({ missing }: VaultState, { file, isNew }: KeysPlace): void {
  if (missing.length === 0) return;
  const needed = missing.map(({ keyId, secrets }) => `“${keyId}” (${countOf(secrets)})`).join(', ');
  if (file === null) {
    throw new ConfigError(
      `VAULT_KEYS: stored secrets were sealed with keys that are not there: ${needed}. Add them; they are in the backup of the keys.`,
    );
  }
  if (!isNew) {
    throw new ConfigError(
      `VAULT_KEYS: stored secrets were sealed with keys that are not in “${file}”: ${needed}. Put them back from the backup of that file.`,
    );
  }
  // The file that this start made is not the lost one, and must not be taken for it.
  rmSync(file, { force: true });
  throw new ConfigError(
    `VAULT_KEYS: not set, and “${file}” is not there, but stored secrets were sealed with keys that were: ${needed}. Put the file back from the backup, or set VAULT_KEYS.`,
  );
}

function refuseWrong({ keys }: VaultState, { file }: KeysPlace): void {
  const wrong = keys.filter(({ canary }) => canary === 'fails').map(({ key }) => `“${key.id}”`);
  if (wrong.length === 0) return;
  const where = file === null ? '' : ` in “${file}”`;
  const which =
    wrong.length === 1
      ? `the key ${wrong.join()}${where} is not the one`
      : `the keys ${wrong.join(', ')}${where} are not the ones`;
  throw new ConfigError(
    `VAULT_KEYS: ${which} that secrets were sealed with under this name. Put it back from the backup; a new key needs a new id.`,
  );
}

function countOf(secrets: number): string {
  return secrets === 1 ? 'one secret needs it' : `${secrets} secrets need it`;
}
