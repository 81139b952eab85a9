import type { SQL } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { and, desc, eq, isNull, sql } from '../drizzle.ts';
import { placeholders, prepare } from '../prepare.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';
import type { MemberRole } from './organizations.ts';

type Row = Tables['apiKeys']['$inferSelect'];

export interface ApiKeyRecord extends Omit<Row, 'hash'> {
  readonly ownerName: string;
}

/** A key with the person it acts as, who still belongs to its organization. */
export interface ApiKeyHolderRecord
  extends Pick<Row, 'id' | 'name' | 'organizationId' | 'scopes' | 'expiresAt' | 'revokedAt' | 'lastUsedAt'> {
  readonly user: { readonly id: string; readonly name: string; readonly email: string };
  readonly role: MemberRole;
}

export interface ApiKeyPlace {
  readonly createdAt: Date;
  readonly id: string;
}

/** Whose keys: those of an organization, or of one person in it. */
export interface ApiKeyOwner {
  readonly organizationId: string;
  readonly userId?: string;
}

export interface ApiKeyRepository {
  /** One query: it is asked with every request of a key. Null once its maker left the organization. */
  findByHash(hash: string): Promise<ApiKeyHolderRecord | null>;
  insert(key: Omit<Row, 'createdAt' | 'lastUsedAt' | 'revokedAt'>): Promise<void>;
  find(owner: ApiKeyOwner, id: string): Promise<ApiKeyRecord | null>;
  /** Newest first. */
  list(owner: ApiKeyOwner, after: ApiKeyPlace | null, limit: number): Promise<ApiKeyRecord[]>;
  /** False when it was revoked before. */
  revoke(owner: ApiKeyOwner, id: string): Promise<boolean>;
  revokeAll(owner: Required<ApiKeyOwner>): Promise<void>;
  noteUse(id: string): Promise<void>;
}

export function createApiKeyRepository(db: Database, clock: () => Date = () => new Date()): ApiKeyRepository {
  return withStorageErrors<ApiKeyRepository>({
    findByHash: prepareFindByHash(db),
    ...reading(db),
    ...changes(db, clock),
  });
}

function prepareFindByHash(db: Database): ApiKeyRepository['findByHash'] {
  const { apiKeys, users, members } = db.tables;
  const bound = placeholders('hash');
  const find = prepare(
    db,
    'api_keys_find_by_hash',
    db.query
      .select({
        id: apiKeys.id,
        name: apiKeys.name,
        organizationId: apiKeys.organizationId,
        scopes: apiKeys.scopes,
        expiresAt: apiKeys.expiresAt,
        revokedAt: apiKeys.revokedAt,
        lastUsedAt: apiKeys.lastUsedAt,
        userId: users.id,
        userName: users.name,
        email: users.email,
        role: members.role,
      })
      .from(apiKeys)
      .innerJoin(users, eq(users.id, apiKeys.userId))
      .innerJoin(members, and(eq(members.userId, users.id), eq(members.organizationId, apiKeys.organizationId)))
      .where(eq(apiKeys.hash, bound.hash)),
  );
  return async (hash) => {
    const [row] = await find.execute({ hash });
    if (row === undefined) return null;
    const { userId, userName, email, ...key } = row;
    return { ...key, user: { id: userId, name: userName, email } };
  };
}

function ownedBy({ apiKeys }: Tables, { organizationId, userId }: ApiKeyOwner): SQL | undefined {
  return and(eq(apiKeys.organizationId, organizationId), userId === undefined ? undefined : eq(apiKeys.userId, userId));
}

function reading(db: Database): Pick<ApiKeyRepository, 'find' | 'list'> {
  const { apiKeys, users } = db.tables;
  const select = () =>
    db.query
      .select({
        id: apiKeys.id,
        organizationId: apiKeys.organizationId,
        userId: apiKeys.userId,
        name: apiKeys.name,
        hint: apiKeys.hint,
        scopes: apiKeys.scopes,
        expiresAt: apiKeys.expiresAt,
        lastUsedAt: apiKeys.lastUsedAt,
        revokedAt: apiKeys.revokedAt,
        createdAt: apiKeys.createdAt,
        ownerName: users.name,
      })
      .from(apiKeys)
      .innerJoin(users, eq(users.id, apiKeys.userId));
  const { createdAt, id: keyId } = apiKeys;
  return {
    async find(owner, id) {
      const [row] = await select().where(and(ownedBy(db.tables, owner), eq(keyId, id)));
      return row ?? null;
    },
    async list(owner, after, limit) {
      const before =
        after === null
          ? undefined
          : sql`(${createdAt}, ${keyId}) < (${sql.param(after.createdAt, createdAt)}, ${sql.param(after.id, keyId)})`;
      return select()
        .where(and(ownedBy(db.tables, owner), before))
        .orderBy(desc(createdAt), desc(keyId))
        .limit(limit);
    },
  };
}

function changes(
  db: Database,
  clock: () => Date,
): Pick<ApiKeyRepository, 'insert' | 'revoke' | 'revokeAll' | 'noteUse'> {
  const { apiKeys } = db.tables;
  const isAlive = isNull(apiKeys.revokedAt);
  return {
    async insert(key) {
      await db.query.insert(apiKeys).values({ ...key, createdAt: clock() });
    },
    async revoke(owner, id) {
      const rows = await db.query
        .update(apiKeys)
        .set({ revokedAt: clock() })
        .where(and(ownedBy(db.tables, owner), eq(apiKeys.id, id), isAlive))
        .returning({ id: apiKeys.id });
      return rows.length > 0;
    },
    async revokeAll(owner) {
      await db.query
        .update(apiKeys)
        .set({ revokedAt: clock() })
        .where(and(ownedBy(db.tables, owner), isAlive));
    },
    async noteUse(id) {
      await db.query.update(apiKeys).set({ lastUsedAt: clock() }).where(eq(apiKeys.id, id));
    },
  };
}
