import { directEvent } from '#audit/direct-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { ConnectionRecord, ConnectionStatusRecord } from '#db/repositories/connections.ts';
import type { Integration, Resource, ResourceQuestion } from '#integrations/catalog.ts';
import { type ConnectionStatus, standInPlace } from '#integrations/connection.ts';
import { changedMeanwhile, findManageable, findVisible, mayManage, requireAlive } from './access.ts';
import { checkConnection } from './check-connection.ts';
import type { ConnectionServiceDeps } from './connection-deps.ts';
import {
  type ConnectionTarget,
  createConnection,
  factsOf,
  type NewConnection,
  testTarget,
} from './create-connection.ts';
import { type Dependent, listDependents } from './dependents.ts';
import { type KeyReplacement, replaceKey } from './replace-key.ts';
import { revokeConnection } from './revoke-connection.ts';
import { type ConnectionRights, toStoredRights } from './rights.ts';
import { serviceActorId } from './service-actor.ts';
import { toConnection } from './to-connection.ts';
import { askUpstream, requireIntegration } from './try-credential.ts';

/** A connection as one person sees it. Nothing in it is secret. */
export interface ConnectionFacts {
  readonly record: Omit<ConnectionRecord, 'fingerprint' | 'secretVersion'>;
  /** As this process can use it. */
  readonly status: ConnectionStatus;
  readonly baseUrl: string;
  readonly isStandIn: boolean;
  /** Whether the person may change and revoke it. */
  readonly manageable: boolean;
  readonly owner: { readonly id: string; readonly name: string } | null;
  readonly createdBy: string;
}

export interface ConnectionPlace {
  readonly createdAt: Date;
  readonly id: string;
}

export interface ConnectionQuery {
  readonly integration?: string;
  readonly status?: ConnectionStatusRecord;
  readonly after: ConnectionPlace | null;
  readonly limit: number;
}

export interface ConnectionChange extends ConnectionRights {
  readonly id: string;
  /** The one the change was made on. */
  readonly revision: number;
  readonly label: string;
}

export interface ReplacedKeyFacts {
  readonly replaced: boolean;
  readonly lost: readonly Resource[];
  readonly connection: ConnectionFacts;
}

/** Everything throws AppError: NOT_FOUND also for what is somebody else's, CONNECTION_REFUSED for what a service answers. */
export interface ConnectionService {
  /** The catalog, with how many connections there are that the person can use. */
  integrations(actor: Actor): Promise<readonly { integration: Integration; connections: number }[]>;
  test(actor: Actor, target: ConnectionTarget): Promise<{ baseUrl: string; sees: readonly Resource[] }>;
  create(actor: Actor, wanted: NewConnection): Promise<ConnectionFacts>;
  /** Newest first; other people's personal ones are left out. */
  list(actor: Actor, query: ConnectionQuery): Promise<readonly ConnectionFacts[]>;
  find(actor: Actor, id: string): Promise<ConnectionFacts>;
  change(actor: Actor, change: ConnectionChange): Promise<ConnectionFacts>;
  check(actor: Actor, id: string): Promise<ConnectionFacts>;
  replaceKey(actor: Actor, wanted: KeyReplacement): Promise<ReplacedKeyFacts>;
  revoke(actor: Actor, id: string): Promise<ConnectionFacts>;
  browse(actor: Actor, id: string, question: ResourceQuestion): Promise<readonly Resource[]>;
  dependents(actor: Actor, id: string): Promise<readonly Dependent[]>;
}

export function createConnectionService(deps: ConnectionServiceDeps): ConnectionService {
  const { repository, catalog } = deps;
  const present = createPresenter(deps);
  const presentOne = async (actor: Actor, record: ConnectionRecord) => only(await present(actor, [record]));

  return {
    async integrations(actor) {
      const counts = await repository.countActive({ organizationId: actor.organizationId, actorId: actor.id });
      return catalog.integrations.map((integration) => ({
        integration,
        connections: counts.get(integration.name) ?? 0,
      }));
    },
    test: (actor, target) => testTarget(deps, actor, target),
    create: async (actor, wanted) => presentOne(actor, await createConnection(deps, actor, wanted)),
    async list(actor, query) {
      const viewer = { organizationId: actor.organizationId, actorId: actor.id };
      return present(actor, await repository.list({ ...viewer, ...query }));
    },
    find: async (actor, id) => presentOne(actor, await findVisible(repository, actor, id)),
    change: async (actor, change) => presentOne(actor, await changeConnection(deps, actor, change)),
    async check(actor, id) {
      const record = await findManageable(repository, actor, id);
      requireAlive(record);
      return presentOne(actor, (await checkConnection(deps, record)) ?? record);
    },
    async replaceKey(actor, wanted) {
      const { record, ...outcome } = await replaceKey(deps, actor, wanted);
      return { ...outcome, connection: await presentOne(actor, record) };
    },
    revoke: async (actor, id) => presentOne(actor, await revokeConnection(deps, actor, id)),
    async browse(actor, id, question) {
      const record = await findManageable(repository, actor, id);
      requireAlive(record);
      const integration = requireIntegration(catalog, record.integration);
      const connection = toConnection(record, catalog);
      return askUpstream(deps, integration, (signal) => integration.browse(connection, question, signal));
    },
    async dependents(actor, id) {
      return listDependents(deps, actor, await findVisible(repository, actor, id));
    },
  };
}

async function changeConnection(
  deps: ConnectionServiceDeps,
  actor: Actor,
  change: ConnectionChange,
): Promise<ConnectionRecord> {
  const { db, repository, catalog, audit, clock = () => new Date() } = deps;
  const before = await findManageable(repository, actor, change.id);
  requireAlive(before);
  const rights = toStoredRights(requireIntegration(catalog, before.integration), change);
  const changed = await db.transaction(async () => {
    const row = await repository.change({
      key: before,
      expected: { revision: change.revision },
      values: { label: change.label, ...rights, updatedAt: clock() },
      counts: true,
    });
    if (row === null) throw changedMeanwhile();
    const details = { before: factsOf(before), after: factsOf(row) };
    await audit.append(directEvent({ actor, action: 'connection.changed', connectionId: row.id, details }));
    return row;
  });
  await db.durable();
  return changed;
}

function createPresenter({ catalog, namesOf }: ConnectionServiceDeps) {
  return async (actor: Actor, records: readonly ConnectionRecord[]): Promise<ConnectionFacts[]> => {
    const ids = new Set(
      records.flatMap(({ ownerId, createdBy }) => [createdBy, ...(ownerId === null ? [] : [ownerId])]),
    );
    const names = await namesOf(actor.organizationId, [...ids]);
    const nameOf = (id: string) => (id === actor.id ? actor.name : (names.get(id) ?? describeUnknown(id)));
    return records.map((record) => {
      const { status, baseUrl } = toConnection(record, catalog);
      const { fingerprint: _fingerprint, secretVersion: _secretVersion, ...facts } = record;
      return {
        record: facts,
        status,
        baseUrl,
        isStandIn: record.place === standInPlace,
        manageable: mayManage(actor, record),
        owner: record.ownerId === null ? null : { id: record.ownerId, name: nameOf(record.ownerId) },
        createdBy: nameOf(record.createdBy),
      };
    });
  };
}

function describeUnknown(id: string): string {
  return id === serviceActorId ? 'This service' : 'Somebody who has left';
}

function only<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error('There is nothing to present.');
  return item;
}
