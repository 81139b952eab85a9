import type { Database } from '../database.ts';
import { and, eq, lt } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

/** What was asked for under a key, and the ids it was begun with. */
export type IdempotencyKeyRecord = Tables['idempotencyKeys']['$inferSelect'];

export interface IdempotencyKeyPlace {
  readonly organizationId: string;
  readonly actorId: string;
  readonly keyHash: string;
}

export interface IdempotencyKeyRepository {
  /** Null where there is none that was kept at `since` or later. */
  find(place: IdempotencyKeyPlace, since: Date): Promise<IdempotencyKeyRecord | null>;
  /**
   * One statement, so that of many callers in any number of processes one keeps its row: true for that one. An older
   * row than `since` is as good as none.
   */
  keep(key: Omit<IdempotencyKeyRecord, 'createdAt'>, since: Date): Promise<boolean>;
  /** Puts the row in the place of any under the same key. */
  replace(key: Omit<IdempotencyKeyRecord, 'createdAt'>): Promise<void>;
  forgetBefore(time: Date): Promise<void>;
}

export function createIdempotencyKeyRepository(
  db: Database,
  clock: () => Date = () => new Date(),
): IdempotencyKeyRepository {
  const { idempotencyKeys: table } = db.tables;
  const target = [table.organizationId, table.actorId, table.keyHash];
  const changed = (key: Omit<IdempotencyKeyRecord, 'createdAt'>) => {
    const { requestHash, conversationId, messageId } = key;
    return { requestHash, conversationId, messageId, createdAt: clock() };
  };
  return withStorageErrors<IdempotencyKeyRepository>({
    async find({ organizationId, actorId, keyHash }, since) {
      const [row] = await db.query
        .select()
        .from(table)
        .where(and(eq(table.organizationId, organizationId), eq(table.actorId, actorId), eq(table.keyHash, keyHash)));
      return row === undefined || row.createdAt < since ? null : row;
    },
    async keep(key, since) {
      const rows = await db.query
        .insert(table)
        .values({ ...key, createdAt: clock() })
        .onConflictDoUpdate({ target, set: changed(key), setWhere: lt(table.createdAt, since) })
        .returning({ messageId: table.messageId });
      return rows.length > 0;
    },
    async replace(key) {
      await db.query
        .insert(table)
        .values({ ...key, createdAt: clock() })
        .onConflictDoUpdate({ target, set: changed(key) });
    },
    async forgetBefore(time) {
      await db.query.delete(table).where(lt(table.createdAt, time));
    },
  });
}
