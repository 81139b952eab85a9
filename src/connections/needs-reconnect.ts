import { directEvent } from '#audit/direct-event.ts';
import type { ConnectionRecord } from '#db/repositories/connections.ts';
import type { ConnectionDeps } from './connection-deps.ts';
import { serviceActor } from './service-actor.ts';

export type ReconnectDeps = Pick<ConnectionDeps, 'db' | 'repository' | 'audit' | 'clock'>;

/**
 * For a credential that the other service takes no more: only a person can go on from here. Changes nothing where the
 * connection was revoked or has another credential by now. Answers the row as it is then.
 */
export async function markNeedsReconnect(
  { db, repository, audit, clock = () => new Date() }: ReconnectDeps,
  record: ConnectionRecord,
  problem: string,
): Promise<ConnectionRecord> {
  const { organizationId, id, label, secretVersion } = record;
  const at = clock();
  await db.transaction(async () => {
    const row = await repository.change({
      key: record,
      expected: { secretVersion, status: 'active' },
      values: { status: 'needs_reconnect', lastCheckProblem: problem, renewingUntil: null, updatedAt: at },
      counts: true,
    });
    if (row === null) return;
    const actor = serviceActor(organizationId);
    await audit.append(
      directEvent({ actor, action: 'connection.needs_reconnect', connectionId: id, details: { label } }),
    );
  });
  await db.durable();
  return (await repository.find(record)) ?? record;
}
