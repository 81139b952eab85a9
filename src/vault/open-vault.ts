import { randomUUID } from 'node:crypto';
import type { SecretRecord, SecretRepository } from '#db/repositories/secrets.ts';
import type { Logger } from '#log';
import { type CheckedRing, createCheckedRing } from './checked-ring.ts';
import { bindingOf, openEnvelope, sealEnvelope } from './envelope.ts';
import type { VaultKeys } from './key-ring.ts';
import { type Resealing, type ResealReport, resealAll } from './rotate-keys.ts';
import type { Secret } from './secret.ts';
import type { SecretRegistry } from './secret-registry.ts';
import { SecretExists, type SecretRef, SecretUnavailable, type Vault } from './vault.ts';

export interface VaultDeps {
  readonly repository: SecretRepository;
  readonly keys: VaultKeys;
  /** Learns every secret that passes through. */
  readonly registry: SecretRegistry;
  readonly log?: Logger;
}

export interface OpenVault extends Vault {
  /** Seals what older keys sealed anew with the primary one. For the background: nothing waits for it. */
  resealAll(options?: Pick<Resealing, 'signal' | 'onResealed'>): Promise<ResealReport>;
}

/**
 * Opens the vault once every key has proved to be the right one. Throws ConfigError that names the key when one cannot
 * open what was sealed with it, or when secrets need a key that is not there.
 */
export async function openVault(deps: VaultDeps): Promise<OpenVault> {
  const { repository, registry } = deps;
  const ring = await createCheckedRing(deps);
  const openStored = createOpener(deps, ring);
  const loans = createLoans();
  const persist = async () => {
    if (!repository.inTransaction()) await repository.durable();
  };

  return {
    async withSecret(ref, origin, use) {
      const secret = loans.find(ref.holder, origin) ?? (await openStored(ref, origin));
      registry.add(secret);
      return use(secret);
    },
    async seal(ref, origin, value) {
      registry.add(value);
      const key = ring.current().primary;
      const sealed = await sealEnvelope(key, bindingOf(ref, origin), value);
      const { organizationId, holder, field, version } = ref;
      const secret = { organizationId, holder, field, version, origin, keyId: key.id, sealed };
      if (!(await repository.insert(secret))) throw new SecretExists();
      await persist();
    },
    lend(origin, value) {
      registry.add(value);
      return loans.add(origin, value);
    },
    async forget(holder) {
      await repository.remove(holder);
      await persist();
    },
    resealAll: (options = {}) => resealAll({ repository, ring: ring.current(), ...options }),
  };
}

function createOpener({ repository, log }: VaultDeps, ring: CheckedRing) {
  async function unseal(row: SecretRecord): Promise<Secret> {
    try {
      const key = await ring.find(row.keyId);
      if (key === undefined) throw new Error(`There is no key “${row.keyId}”.`);
      return await openEnvelope(key, bindingOf(row as SecretRef, row.origin), row.sealed);
    } catch (error) {
      const { sealed: _sealed, ...place } = row;
      log?.error({ ...place, err: error }, 'a stored secret cannot be opened');
      throw new SecretUnavailable('unreadable', { cause: error });
    }
  }
  return async (ref: SecretRef, origin: string): Promise<Secret> => {
    const row = await repository.find(ref);
    if (row === null) throw new SecretUnavailable('missing');
    if (row.origin !== origin) throw new SecretUnavailable('other_origin');
    return unseal(row);
  };
}

/** Secrets that are nowhere but in memory. */
function createLoans() {
  const lent = new Map<string, { readonly origin: string; readonly value: Secret }>();
  return {
    add(origin: string, value: Secret) {
      const holder = `lent:${randomUUID()}`;
      lent.set(holder, { origin, value });
      const ref = { organizationId: '', holder, field: 'api_key', version: 0 } as const;
      return { ref, release: () => void lent.delete(holder) };
    },
    find(holder: string, origin: string): Secret | null {
      const loan = lent.get(holder);
      if (loan === undefined) return null;
      if (loan.origin !== origin) throw new SecretUnavailable('other_origin');
      return loan.value;
    },
  };
}
