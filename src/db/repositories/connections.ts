import type { SQL } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { and, asc, desc, eq, inArray, isNull, lt, lte, ne, or, sql } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type ConnectionRecord = Tables['connections']['$inferSelect'];
export type ConnectionStatusRecord = ConnectionRecord['status'];

export interface ConnectionKey {
  readonly organizationId: string;
  readonly id: string;
}

/** What a row must still be for a change to be made. Without `status` it must only not be revoked. */
export type ExpectedConnection = Partial<
  Pick<ConnectionRecord, 'revision' | 'secretVersion' | 'lastCheckedAt' | 'status'>
>;

export type ConnectionValues = Partial<Omit<ConnectionRecord, 'organizationId' | 'id' | 'revision' | 'createdAt'>>;

export interface ConnectionViewer {
  readonly organizationId: string;
  /** Connections of other people are left out. */
  readonly actorId: string;
}

export interface ConnectionListing extends ConnectionViewer {
  readonly integration?: string;
  readonly status?: ConnectionStatusRecord;
  /** The last row of the page before. */
  readonly after: { readonly createdAt: Date; readonly id: string } | null;
  readonly limit: number;
}

export interface ConnectionRepository {
  insert(connection: ConnectionRecord): Promise<void>;
  find(key: ConnectionKey): Promise<ConnectionRecord | null>;
  /** Newest first. */
  list(listing: ConnectionListing): Promise<ConnectionRecord[]>;
  /** Those that are not revoked, oldest first. */
  listAlive(viewer: ConnectionViewer, integration: string): Promise<ConnectionRecord[]>;
  findLastRevoked(viewer: ConnectionViewer, integration: string): Promise<ConnectionRecord | null>;
  /** How many active ones there are, by integration. */
  countActive(viewer: ConnectionViewer): Promise<ReadonlyMap<string, number>>;
  /** Which of these connections are there and not revoked. */
  filterAlive(keys: readonly ConnectionKey[]): Promise<ConnectionKey[]>;
  /** Compare-and-set: null when the row is not as expected any more. `counts` makes it a new revision. */
  change(change: {
    readonly key: ConnectionKey;
    readonly expected: ExpectedConnection;
    readonly values: ConnectionValues;
    readonly counts: boolean;
  }): Promise<ConnectionRecord | null>;
  /** Writes when it was used, unless it was written after `unlessSince`. */
  noteUse(key: ConnectionKey, at: Date, unlessSince: Date): Promise<void>;
  /** An active connection of any organization whose last check is older; the longest unchecked one. */
  findUnchecked(before: Date): Promise<ConnectionRecord | null>;
  /** False while another process has the right to renew, or has renewed already. */
  claimRenewal(key: ConnectionKey, secretVersion: number, lease: { now: Date; until: Date }): Promise<boolean>;
}

export function createConnectionRepository(db: Database): ConnectionRepository {
  return withStorageErrors<ConnectionRepository>({ ...reading(db), ...counting(db), ...changes(db) });
}

type Changes = 'insert' | 'change' | 'noteUse' | 'claimRenewal';

type Counts = 'countActive' | 'filterAlive';

function reading(db: Database): Omit<ConnectionRepository, Changes | Counts> {
  const { connections } = db.tables;
  const at = keyCondition(connections);
  const visible = visibleCondition(connections);
  const select = () => db.query.select().from(connections);
  return {
    find: async (key) => first(select().where(at(key))),
    list: async (listing) =>
      select()
        .where(and(visible(listing), ...listConditions(connections, listing)))
        .orderBy(desc(connections.createdAt), desc(connections.id))
        .limit(listing.limit),
    listAlive: async (viewer, integration) =>
      select()
        .where(and(visible(viewer), eq(connections.integration, integration), ne(connections.status, 'revoked')))
        .orderBy(asc(connections.createdAt), asc(connections.id)),
    findLastRevoked: async (viewer, integration) =>
      first(
        select()
          .where(and(visible(viewer), eq(connections.integration, integration), eq(connections.status, 'revoked')))
          .orderBy(desc(connections.revokedAt))
          .limit(1),
      ),
    findUnchecked: async (before) =>
      first(
        select()
          .where(
            and(
              eq(connections.status, 'active'),
              or(isNull(connections.lastCheckedAt), lt(connections.lastCheckedAt, before)),
            ),
          )
          .orderBy(asc(connections.lastCheckedAt))
          .limit(1),
      ),
  };
}

function counting(db: Database): Pick<ConnectionRepository, Counts> {
  const { connections } = db.tables;
  const visible = visibleCondition(connections);
  return {
    async countActive(viewer) {
      const rows = await db.query
        .select({ integration: connections.integration, count: sql<number>`count(*)` })
        .from(connections)
        .where(and(visible(viewer), eq(connections.status, 'active')))
        .groupBy(connections.integration);
      return new Map(rows.map(({ integration, count }) => [integration, Number(count)]));
    },
    async filterAlive(keys) {
      if (keys.length === 0) return [];
      const ids = [...new Set(keys.map(({ id }) => id))];
      const rows = await db.query
        .select({ organizationId: connections.organizationId, id: connections.id })
        .from(connections)
        .where(and(inArray(connections.id, ids), ne(connections.status, 'revoked')));
      return rows.filter((row) => keys.some((key) => key.id === row.id && key.organizationId === row.organizationId));
    },
  };
}

function changes(db: Database): Pick<ConnectionRepository, Changes> {
  const { connections } = db.tables;
  const at = keyCondition(connections);
  return {
    async insert(connection) {
      await db.query.insert(connections).values(connection);
    },
    async change({ key, expected, values, counts }) {
      const revision = counts ? { revision: sql`${connections.revision} + 1` } : {};
      return first(
        db.query
          .update(connections)
          .set({ ...values, ...revision } as never)
          .where(and(at(key), ...expectations(connections, expected)))
          .returning(),
      );
    },
    async noteUse(key, usedAt, unlessSince) {
      const { lastUsedAt } = connections;
      await db.query
        .update(connections)
        .set({ lastUsedAt: usedAt })
        .where(and(at(key), or(isNull(lastUsedAt), lte(lastUsedAt, unlessSince))));
    },
    async claimRenewal(key, secretVersion, { now, until }) {
      const { renewingUntil } = connections;
      const rows = await db.query
        .update(connections)
        .set({ renewingUntil: until })
        .where(
          and(
            at(key),
            eq(connections.status, 'active'),
            eq(connections.secretVersion, secretVersion),
            or(isNull(renewingUntil), lte(renewingUntil, now)),
          ),
        )
        .returning({ id: connections.id });
      return rows.length > 0;
    },
  };
}

async function first(rows: PromiseLike<ConnectionRecord[]>): Promise<ConnectionRecord | null> {
  return (await rows)[0] ?? null;
}

function visibleCondition(table: ConnectionTable) {
  return ({ organizationId, actorId }: ConnectionViewer) =>
    and(eq(table.organizationId, organizationId), or(isNull(table.ownerId), eq(table.ownerId, actorId)));
}

function keyCondition(table: ConnectionTable) {
  return ({ organizationId, id }: ConnectionKey) => and(eq(table.organizationId, organizationId), eq(table.id, id));
}

type ConnectionTable = Tables['connections'];

function listConditions(table: ConnectionTable, { integration, status, after }: ConnectionListing) {
  return [
    integration === undefined ? undefined : eq(table.integration, integration),
    status === undefined ? undefined : eq(table.status, status),
    after === null
      ? undefined
      : or(lt(table.createdAt, after.createdAt), and(eq(table.createdAt, after.createdAt), lt(table.id, after.id))),
  ];
}

function expectations(table: ConnectionTable, expected: ExpectedConnection): (SQL | undefined)[] {
  const { revision, secretVersion, lastCheckedAt, status } = expected;
  return [
    status === undefined ? ne(table.status, 'revoked') : eq(table.status, status),
    revision === undefined ? undefined : eq(table.revision, revision),
    secretVersion === undefined ? undefined : eq(table.secretVersion, secretVersion),
    lastCheckedAt === undefined
      ? undefined
      : lastCheckedAt === null
        ? isNull(table.lastCheckedAt)
        : eq(table.lastCheckedAt, lastCheckedAt),
  ];
}
