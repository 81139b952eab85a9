import { directEvent } from '#audit/direct-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { ConnectionRecord } from '#db/repositories/connections.ts';
import { findRevocable } from './access.ts';
import type { ConnectionServiceDeps } from './connection-deps.ts';
import { toConnection } from './to-connection.ts';

/** For good: the secret is forgotten in the same step, and calls under way are told. To do it twice changes nothing. */
export async function revokeConnection(
  deps: ConnectionServiceDeps,
  actor: Actor,
  id: string,
): Promise<ConnectionRecord> {
  const { db, repository, vault, audit, revocations, catalog, log, clock = () => new Date() } = deps;
  const record = await findRevocable(repository, actor, id);
  const { organizationId } = record;
  const at = clock();
  const revoked = await db.transaction(async () => {
    const row = await repository.change({
      key: record,
      expected: {},
      values: { status: 'revoked', revokedAt: at, revokedBy: actor.id, updatedAt: at, renewingUntil: null },
      counts: true,
    });
    if (row === null) return null;
    await vault.forget({ organizationId, holder: id });
    const details = { label: row.label, integration: row.integration };
    await audit.append(directEvent({ actor, action: 'connection.revoked', connectionId: id, details }));
    return row;
  });
  revocations.announce(record);
  await db.durable();
  if (revoked === null) return (await repository.find(record)) ?? record;
  try {
    await deps.onRevoked?.(toConnection(revoked, catalog));
  } catch (error) {
    log.error({ err: error, connectionId: id }, 'what waits for a revoked connection could not be told');
  }
  return revoked;
}
