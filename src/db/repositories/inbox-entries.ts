import type { Database } from '../database.ts';
import { and, desc, eq, isNull, lt, or, sql } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { storableText } from '../storable-text.ts';
import { withStorageErrors } from '../storage-error.ts';

export type InboxEntryRecord = Tables['inboxEntries']['$inferSelect'];

/** Whose inbox it is. */
export interface InboxPerson {
  readonly organizationId: string;
  readonly userId: string;
}

export interface InboxEntryRepository {
  /** Joins the caller's transaction. One that is there already stays as it is. */
  insert(entries: readonly InboxEntryRecord[]): Promise<void>;
  /** Newest first. */
  list(
    person: InboxPerson,
    page: {
      readonly unreadOnly: boolean;
      /** The last row of the page before. */
      readonly after: { readonly createdAt: Date; readonly id: string } | null;
      readonly limit: number;
    },
  ): Promise<InboxEntryRecord[]>;
  countUnread(person: InboxPerson): Promise<number>;
  /** False where this person has no such entry; one that was read before stays so. */
  markRead(person: InboxPerson, id: string, at: Date): Promise<boolean>;
  markAllRead(person: InboxPerson, at: Date): Promise<void>;
}

export function createInboxEntryRepository(db: Database): InboxEntryRepository {
  const { inboxEntries: entries } = db.tables;
  const isOf = ({ organizationId, userId }: InboxPerson) =>
    and(eq(entries.organizationId, organizationId), eq(entries.userId, userId));
  const isUnreadOf = (person: InboxPerson) => and(isOf(person), isNull(entries.readAt));
  return withStorageErrors<InboxEntryRepository>({
    async insert(rows) {
      if (rows.length === 0) return;
      const storable = rows.map((row) => ({ ...row, title: storableText(row.title), body: storableText(row.body) }));
      await db.query.insert(entries).values(storable).onConflictDoNothing();
    },
    async list(person, { unreadOnly, after, limit }) {
      const isBefore =
        after === null
          ? undefined
          : or(
              lt(entries.createdAt, after.createdAt),
              and(eq(entries.createdAt, after.createdAt), lt(entries.id, after.id)),
            );
      return db.query
        .select()
        .from(entries)
        .where(and(unreadOnly ? isUnreadOf(person) : isOf(person), isBefore))
        .orderBy(desc(entries.createdAt), desc(entries.id))
        .limit(limit);
    },
    async countUnread(person) {
      const [row] = await db.query.select({ unread: sql<number>`count(*)` }).from(entries).where(isUnreadOf(person));
      return Number(row?.unread ?? 0);
    },
    async markRead(person, id, at) {
      await db.query
        .update(entries)
        .set({ readAt: at })
        .where(and(isUnreadOf(person), eq(entries.id, id)));
      const [row] = await db.query
        .select({ id: entries.id })
        .from(entries)
        .where(and(isOf(person), eq(entries.id, id)));
      return row !== undefined;
    },
    async markAllRead(person, at) {
      await db.query.update(entries).set({ readAt: at }).where(isUnreadOf(person));
    },
  });
}
