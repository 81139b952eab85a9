import { type DirectEvent, directEvent } from '#audit/direct-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { ConnectionKey, ConnectionRecord } from '#db/repositories/connections.ts';
import { findRevocable } from './access.ts';
import type { ConnectionDeps, ConnectionServiceDeps } from './connection-deps.ts';
import { serviceActor } from './service-actor.ts';
import { toConnection } from './to-connection.ts';

/** For good: the secret is forgotten in the same step, and calls under way are told. To do it twice changes nothing. */
export async function revokeConnection(
  deps: ConnectionServiceDeps,
  actor: Actor,
  id: string,
): Promise<ConnectionRecord> {
  return revoke(deps, await findRevocable(deps.repository, actor, id), { actor });
}

export interface Leaving {
  readonly organizationId: string;
  readonly userId: string;
}

/** Revokes what a person who left had connected for themselves alone, on the service's own behalf. */
export async function revokePersonalConnections(deps: RevokingDeps, left: Leaving): Promise<void> {
  const { organizationId, userId } = left;
  const viewer = { organizationId, actorId: userId };
  const integrations = deps.catalog.integrations.map(({ name }) => name);
  const alive = await Promise.all(integrations.map((name) => deps.repository.listAlive(viewer, name)));
  for (const record of alive.flat()) {
    if (record.ownerId === userId) await revoke(deps, record, { actor: serviceActor(organizationId) });
  }
}

/** Revokes what the other service has ended, on the service's own behalf; `why` is recorded. */
export async function revokeEndedConnection(deps: RevokingDeps, key: ConnectionKey, why: string): Promise<void> {
  const record = await deps.repository.find(key);
  if (record !== null) await revoke(deps, record, { actor: serviceActor(key.organizationId), why });
}

export type RevokingDeps = ConnectionDeps & Pick<ConnectionServiceDeps, 'onRevoked'>;

interface Revoking {
  readonly actor: DirectEvent['actor'];
  /** Said where it was nobody’s decision here. */
  readonly why?: string;
}

async function revoke(deps: RevokingDeps, record: ConnectionRecord, { actor, why }: Revoking) {
  const { db, repository, vault, audit, revocations, catalog, log, clock = () => new Date() } = deps;
  const { organizationId, id } = record;
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
    const details = { label: row.label, integration: row.integration, ...(why === undefined ? {} : { why }) };
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
