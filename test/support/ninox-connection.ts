import type { Connection } from '#integrations/connection.ts';
import { Secret } from '#vault/secret.ts';

export const testKey = 'k3y-Of-A-test_0123456789';

/** An organization's Ninox connection that may do everything. */
export function connectionTo(baseUrl: string, key = testKey): Connection {
  return {
    id: `connection-${key.slice(0, 8)}`,
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
    secret: new Secret(key),
  };
}
