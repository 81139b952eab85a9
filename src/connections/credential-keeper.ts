import type { ConnectionRecord, ConnectionRepository } from '#db/repositories/connections.ts';
import type { Catalog } from '#integrations/catalog.ts';
import type { Connection } from '#integrations/connection.ts';
import type { CredentialKeeper } from '#integrations/egress.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import type { RenewTokens } from './oauth/renew-tokens.ts';
import { toConnection } from './to-connection.ts';

export interface CredentialKeeperDeps {
  readonly repository: ConnectionRepository;
  /** Asked late: the catalog's integrations are themselves built on the egress client. */
  readonly catalog: () => Catalog;
  readonly renewTokens: RenewTokens;
  readonly clock?: () => Date;
}

/** A token that ends sooner is renewed first, so that it does not end on its way. */
const renewBeforeMs = 60_000;

export function createCredentialKeeper(deps: CredentialKeeperDeps): CredentialKeeper {
  const { repository, renewTokens, clock = () => new Date() } = deps;
  const endsWithin = ({ tokenExpiresAt }: ConnectionRecord, milliseconds: number) =>
    tokenExpiresAt !== null && tokenExpiresAt.getTime() - clock().getTime() <= milliseconds;

  async function findUsable(connection: Connection): Promise<ConnectionRecord> {
    const record = await repository.find(connection);
    if (record?.status === 'active') return record;
    throw gone(connection, record?.status ?? 'revoked');
  }

  /** A service that cannot renew just now does not keep a token that still counts from being used. */
  async function renewInTime(record: ConnectionRecord): Promise<ConnectionRecord> {
    try {
      return await renewTokens(record);
    } catch (error) {
      if (error instanceof UpstreamError && !endsWithin(record, 0)) return record;
      throw error;
    }
  }

  return {
    async current(connection) {
      const found = await findUsable(connection);
      const record = endsWithin(found, renewBeforeMs) ? await renewInTime(found) : found;
      if (record.status !== 'active') throw gone(connection, record.status);
      return toConnection(record, deps.catalog());
    },
    async renewed(connection) {
      const found = await findUsable(connection);
      const isNewer = found.secretVersion !== connection.secret?.version;
      const record = isNewer ? found : await renewTokens(found);
      if (record.status !== 'active') throw gone(connection, record.status);
      return toConnection(record, deps.catalog());
    },
  };
}

function gone({ label }: Connection, status: ConnectionRecord['status']): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_UNAUTHORIZED',
    status === 'needs_reconnect'
      ? `The sign-in behind the connection “${label}” has ended, so nothing was sent. Whoever manages the connection must sign in again.`
      : `The connection “${label}” was revoked, so nothing was sent.`,
  );
}
