import type { ConnectionRecord, ConnectionRepository } from '#db/repositories/connections.ts';
import type { Catalog } from '#integrations/catalog.ts';
import type { Connection, ConnectionQuestion, ConnectionStore } from '#integrations/connection.ts';
import type { Logger } from '#log';
import type { Revocations } from './revocations.ts';
import { toConnection } from './to-connection.ts';

export interface ConnectionStoreDeps {
  readonly repository: ConnectionRepository;
  readonly catalog: Catalog;
  readonly revocations: Revocations;
  readonly log: Logger;
  readonly clock?: () => Date;
}

const noteEveryMs = 60_000;

export function createConnectionStore(deps: ConnectionStoreDeps): ConnectionStore {
  const { repository, catalog, revocations } = deps;
  const noteUse = createUseNotes(deps);

  async function findAttached(question: ConnectionQuestion, id: string): Promise<Connection | null> {
    const record = await repository.find({ organizationId: question.organizationId, id });
    if (record === null || record.integration !== question.integration) return null;
    // A persona is everybody's, so what it is attached to by its maker must not become a way into a person's own account.
    if (record.ownerId !== null && record.ownerId !== question.actorId) return null;
    return toConnection(record, catalog);
  }

  return {
    async find(question) {
      const { attached, integration } = question;
      if (attached !== null) return findAttached(question, attached);
      const alive = (await repository.listAlive(question, integration)).map((record) => toConnection(record, catalog));
      const chosen = choose(alive);
      if (chosen !== null) return chosen;
      const revoked = await repository.findLastRevoked(question, integration);
      return revoked === null ? null : toConnection(revoked, catalog);
    },
    follow(connection, signal) {
      noteUse(connection);
      return revocations.follow(connection, signal);
    },
  };
}

/** Among those that are not revoked, oldest first: the person's own active one, the organization's, then one that tells why. */
export function choose<Candidate extends Pick<Connection, 'status' | 'ownerId'>>(
  alive: readonly Candidate[],
): Candidate | null {
  const own = alive.filter(({ ownerId }) => ownerId !== null);
  const shared = alive.filter(({ ownerId }) => ownerId === null);
  const isActive = ({ status }: Candidate) => status === 'active';
  return own.find(isActive) ?? shared.find(isActive) ?? own[0] ?? shared[0] ?? null;
}

/** Written beside the call, at most once a minute: when a connection was last used is worth no waiting. */
function createUseNotes({ repository, log, clock = () => new Date() }: ConnectionStoreDeps) {
  const notedAt = new Map<string, number>();
  return ({ organizationId, id }: Pick<ConnectionRecord, 'organizationId' | 'id'>): void => {
    const now = clock();
    const since = now.getTime() - noteEveryMs;
    const name = JSON.stringify([organizationId, id]);
    if ((notedAt.get(name) ?? Number.NEGATIVE_INFINITY) > since) return;
    for (const [other, at] of notedAt) if (at <= since) notedAt.delete(other);
    notedAt.set(name, now.getTime());
    repository
      .noteUse({ organizationId, id }, now, new Date(since))
      .catch((error: unknown) => log.warn({ err: error }, 'could not note the use of a connection'));
  };
}
