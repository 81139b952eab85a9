import type { AddressPolicy } from '#integrations/address-policy.ts';
import type { Connection } from '#integrations/connection.ts';
import { createEgress, type Egress, type EgressOptions } from '#integrations/egress.ts';
import { Secret } from '#vault/secret.ts';
import { type SecretOpener, SecretUnavailable } from '#vault/vault.ts';

export const testKey = 'k3y-Of-A-test_0123456789';

/** The keys of all connections that tests have made, each with the origin it is for. */
const keys = new Map<string, { readonly secret: Secret; readonly origin: string }>();

/** An organization's Ninox connection that may do everything; `testOpener` opens its key. */
export function connectionTo(baseUrl: string, key = testKey): Connection {
  const secret = new Secret(key);
  const origin = URL.parse(baseUrl)?.origin ?? baseUrl;
  const id = `connection-${key.slice(0, 8)}`;
  const holder = `${secret.fingerprint} ${origin}`;
  keys.set(holder, { secret, origin });
  return {
    id,
    organizationId: 'organization-1',
    integration: 'ninox',
    ownerId: null,
    label: 'Main key',
    baseUrl,
    status: 'active',
    grant: {
      scopes: ['ninox:teams:read', 'ninox:databases:read', 'ninox:records:read', 'ninox:records:delete'],
      limits: {},
    },
    secret: { organizationId: 'organization-1', holder, field: 'api_key', version: 1 },
    fingerprint: secret.fingerprint,
    origin,
  };
}

export const testOpener: SecretOpener = {
  async withSecret(ref, origin, use) {
    const found = keys.get(ref.holder);
    if (found === undefined) throw new SecretUnavailable('missing');
    if (found.origin !== origin) throw new SecretUnavailable('other_origin');
    return use(found.secret);
  },
};

/** For servers on this machine. */
export const anyAddress: AddressPolicy = { admit: async () => undefined, allowsSocket: () => true };

export function createTestEgress(options: Partial<EgressOptions> = {}): Egress {
  return createEgress({ vault: testOpener, policy: anyAddress, ...options });
}
