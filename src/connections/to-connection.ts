import type { ConnectionRecord } from '#db/repositories/connections.ts';
import type { Catalog } from '#integrations/catalog.ts';
import { type Connection, noCredential, standInOrigin, standInPlace } from '#integrations/connection.ts';
import type { Scope } from '#integrations/rights.ts';

/** Connections are read as what this process can do with them: without its own stand-in, one to a stand-in is not usable. */
export function toConnection(record: ConnectionRecord, catalog: Catalog): Connection {
  const { organizationId, id, integration, ownerId, label, secretVersion, fingerprint } = record;
  const isStandIn = record.place === standInPlace;
  const standInUrl = isStandIn ? standInUrlOf(catalog, integration) : null;
  const isLost = isStandIn && standInUrl === null && record.status === 'active';
  const baseUrl = standInUrl ?? record.baseUrl;
  return {
    id,
    organizationId,
    integration,
    ownerId,
    label,
    baseUrl,
    status: isLost ? 'needs_reconnect' : record.status,
    settings: record.settings,
    grant: { scopes: record.scopes as readonly Scope[], limits: record.limits },
    secret:
      fingerprint === noCredential
        ? null
        : {
            organizationId,
            holder: id,
            field: record.auth === 'oauth' ? 'access_token' : 'api_key',
            version: secretVersion,
          },
    fingerprint,
    origin: isStandIn ? standInOrigin : originOf(baseUrl),
  };
}

/** Scheme, host and port, also of schemes that a browser does not know. */
export function originOf(baseUrl: string): string {
  const { origin, protocol, host } = new URL(baseUrl);
  return origin === 'null' ? `${protocol}//${host}` : origin;
}

function standInUrlOf(catalog: Catalog, integration: string): string | null {
  const connect = catalog.findIntegration(integration)?.connect;
  if (connect?.kind !== 'api_key') return null;
  return connect.places.find((place) => place.bringsKey)?.baseUrl ?? null;
}
