import { makeKeyLine, parseKeyRing, type VaultKeys } from '#vault/key-ring.ts';
import type { OpenVault } from '#vault/open-vault.ts';
import { Secret } from '#vault/secret.ts';
import { type SecretRef, SecretUnavailable } from '#vault/vault.ts';

export const origin = 'https://api.ninox.com';
export const first = makeKeyLine();
export const second = makeKeyLine();
export const refOf = (change: Partial<SecretRef> = {}): SecretRef => ({
  organizationId: 'org',
  holder: 'connection-1',
  field: 'api_key',
  version: 1,
  ...change,
});
export const keysOf = (lines: readonly { readonly line: string }[], primaryId: string | null = null): VaultKeys => {
  const ring = parseKeyRing(lines.map(({ line }) => line).join('\n'), primaryId);
  return { ring, file: null, isNew: false, reload: () => ring };
};
export const onFirst = keysOf([first]);
export const onSecond = keysOf([first, second], second.id);
export const secret = new Secret('k3y-Of-A-test_0123456789');

/** What is in a secret, for those who may open it. */
export function readSecret(vault: OpenVault, ref = refOf(), from = origin): Promise<string> {
  return vault.withSecret(ref, from, async (found) => found.reveal());
}

/** Why a secret was not given. */
export async function problemOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  if (error instanceof SecretUnavailable) return error.problem;
  throw new Error('The secret was given.', { cause: error });
}
