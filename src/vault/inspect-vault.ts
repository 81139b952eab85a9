import type { CanaryRecord, SecretRepository } from '#db/repositories/secrets.ts';
import { bindingOf, openEnvelope, sealEnvelope } from './envelope.ts';
import type { KeyRing, VaultKey } from './key-ring.ts';
import { Secret } from './secret.ts';
import type { SecretRef } from './vault.ts';

/** `holds`: the key opens what was once sealed with it. `none`: it was never used here. */
export type CanaryState = 'holds' | 'fails' | 'none';

export interface VaultKeyState {
  readonly key: VaultKey;
  readonly isPrimary: boolean;
  readonly canary: CanaryState;
  /** How many secrets are sealed with it. */
  readonly secrets: number;
}

export interface VaultState {
  readonly keys: readonly VaultKeyState[];
  /** Keys that secrets are sealed with and that are not in the ring. */
  readonly missing: readonly { readonly keyId: string; readonly secrets: number }[];
}

const canaryText = 'This key opens what it has sealed.';

/** Compares the keys with what the database holds. Changes nothing. */
export async function inspectVault(repository: SecretRepository, ring: KeyRing): Promise<VaultState> {
  const counts = await repository.countByKey();
  const canaries = await repository.listCanaries();
  const keys: VaultKeyState[] = [];
  for (const key of ring.keys) {
    const canary = canaries.find(({ keyId }) => keyId === key.id);
    keys.push({
      key,
      isPrimary: key === ring.primary,
      canary: canary === undefined ? await tryOnSecret(repository, key) : await tryOnCanary(key, canary),
      secrets: counts.find(({ keyId }) => keyId === key.id)?.secrets ?? 0,
    });
  }
  return { keys, missing: counts.filter(({ keyId }) => ring.find(keyId) === undefined) };
}

export async function sealCanary(key: VaultKey): Promise<string> {
  return sealEnvelope(key, canaryBinding(key), new Secret(canaryText));
}

async function tryOnCanary(key: VaultKey, canary: CanaryRecord): Promise<CanaryState> {
  try {
    const text = await openEnvelope(key, canaryBinding(key), canary.sealed);
    return text.reveal() === canaryText ? 'holds' : 'fails';
  } catch {
    return 'fails';
  }
}

/** Without a canary a secret tells: a wrong key must not become the right one by getting a canary of its own. */
async function tryOnSecret(repository: SecretRepository, key: VaultKey): Promise<CanaryState> {
  const secret = await repository.findSealedWith(key.id);
  if (secret === null) return 'none';
  try {
    await openEnvelope(key, bindingOf(secret as SecretRef, secret.origin), secret.sealed);
    return 'none';
  } catch {
    return 'fails';
  }
}

function canaryBinding(key: VaultKey): string {
  return JSON.stringify(['v1', 'canary', key.id]);
}
