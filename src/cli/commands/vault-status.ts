import { readVaultKeys, type VaultKeysConfig } from '#config/vault-keys.ts';
import { openConfiguredDatabase } from '#db/open-database.ts';
import { createSecretRepository } from '#db/repositories/secrets.ts';
import { type CanaryState, inspectVault, type VaultKeyState, type VaultState } from '#vault/inspect-vault.ts';

export interface VaultPlace {
  readonly databaseUrl: string;
  readonly keys: VaultKeysConfig;
}

/** Which keys there are and what is sealed with each; shows ids alone. Not ok when something cannot be opened. */
export async function describeVault({ databaseUrl, keys }: VaultPlace): Promise<{ ok: boolean; text: string }> {
  const { ring, file } = readVaultKeys(keys);
  const db = await openConfiguredDatabase({ url: databaseUrl });
  try {
    const state = await inspectVault(createSecretRepository(db), ring);
    const wrong = state.keys.filter(({ canary }) => canary === 'fails');
    const text = [
      `Keys in ${file === null ? 'VAULT_KEYS' : `“${file}”`}:`,
      ...tableOf(state.keys),
      '',
      ...wrong.map(
        ({ key }) =>
          `“${key.id}” is not the key that secrets were sealed with under this id. Put it back from the backup.`,
      ),
      ...state.missing.map(
        ({ keyId, secrets }) =>
          `“${keyId}” is not there, but ${countOf(secrets)} sealed with it. Put it back from the backup.`,
      ),
      ...adviceOn(state),
    ];
    return { ok: wrong.length + state.missing.length === 0, text: text.join('\n') };
  } finally {
    await db.close();
  }
}

const canaryWords: Record<CanaryState, string> = {
  holds: 'opens what it sealed',
  fails: 'wrong key',
  none: 'not used yet',
};

function tableOf(keys: readonly VaultKeyState[]): string[] {
  const width = Math.max(...keys.map(({ key }) => key.id.length));
  return keys.map(({ key, isPrimary, canary, secrets }) =>
    [
      `  ${key.id.padEnd(width)}`,
      isPrimary ? 'primary' : '       ',
      canaryWords[canary].padEnd(20),
      secretsOf(secrets),
    ].join('  '),
  );
}

function adviceOn({ keys, missing }: VaultState): string[] {
  if (missing.length > 0 || keys.some(({ canary }) => canary === 'fails')) return [];
  const left = keys.filter(({ isPrimary }) => !isPrimary).reduce((sum, { secrets }) => sum + secrets, 0);
  if (left === 0) return ['All secrets are sealed with the primary key.'];
  return [
    `${countOf(left)} sealed with an older key. The next start seals them anew; so does “npm run persona -- vault rotate”.`,
  ];
}

function secretsOf(count: number): string {
  return count === 1 ? '1 secret' : `${count} secrets`;
}

function countOf(count: number): string {
  return `${secretsOf(count)} ${count === 1 ? 'is' : 'are'}`;
}
