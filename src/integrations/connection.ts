import type { Secret } from '#vault/secret.ts';
import type { Grant } from './tool-definition.ts';

/** One stored credential for an integration, owned by the organization (`ownerId` null) or by one person. */
export interface Connection {
  readonly id: string;
  readonly organizationId: string;
  readonly integration: string;
  readonly ownerId: string | null;
  readonly label: string;
  /** Scheme, host, port and path prefix every request starts with, without a trailing slash. */
  readonly baseUrl: string;
  readonly status: 'active' | 'revoked';
  readonly grant: Grant;
  readonly secret: Secret;
}

/** Where the guard finds connections. It asks on every call, so a revoked connection stops at once. */
export interface ConnectionStore {
  /** The connection a call of this integration uses, or null when the organization has none. */
  find(organizationId: string, integration: string): Promise<Connection | null>;
}
