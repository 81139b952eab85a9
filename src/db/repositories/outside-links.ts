import type { Database } from '../database.ts';
import { and, asc, eq, gt, inArray, isNull, lt, lte, or } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { storableText } from '../storable-text.ts';
import { withStorageErrors } from '../storage-error.ts';

export type OutsideLinkRecord = Tables['outsideLinks']['$inferSelect'];
export type LinkCodeRecord = Tables['linkCodes']['$inferSelect'];

/** Somebody as another place knows them. */
export type OutsideKey = Pick<OutsideLinkRecord, 'organizationId' | 'kind' | 'place' | 'external'>;

export interface OutsideLinkRepository {
  find(key: OutsideKey): Promise<OutsideLinkRecord | null>;
  /** The user's own, oldest first. */
  list(organizationId: string, userId: string): Promise<OutsideLinkRecord[]>;
  /** In place of whatever link the person had. */
  put(link: Omit<OutsideLinkRecord, 'lastUsedAt'>): Promise<void>;
  /** Answers what was taken away; null where it is not there or not the user's. */
  remove(organizationId: string, userId: string, id: string): Promise<OutsideLinkRecord | null>;
  removeOfUser(organizationId: string, userId: string): Promise<void>;
  /** Notes that it was used, at most once a minute. */
  noteUse(organizationId: string, id: string): Promise<void>;
  ofUsers(
    place: Omit<OutsideKey, 'external'>,
    userIds: readonly string[],
  ): Promise<{ readonly userId: string; readonly external: string }[]>;
  /** In place of the codes the user had; those that are over are forgotten. */
  putCode(code: LinkCodeRecord, now: Date): Promise<void>;
  /** Takes it out, so that nobody uses it twice; null where there is none of this organization that is not over. */
  takeCode(organizationId: string, codeHash: string, now: Date): Promise<LinkCodeRecord | null>;
}

const noteEveryMs = 60_000;

export function createOutsideLinkRepository(db: Database, clock: () => Date = () => new Date()): OutsideLinkRepository {
  return withStorageErrors<OutsideLinkRepository>({ ...reading(db), ...writing(db, clock), ...codes(db) });
}

type Reading = 'find' | 'list' | 'ofUsers';
type Codes = 'putCode' | 'takeCode';

function reading(db: Database): Pick<OutsideLinkRepository, Reading> {
  const { outsideLinks: table } = db.tables;
  const at = ({ organizationId, kind, place }: Omit<OutsideKey, 'external'>) =>
    and(eq(table.organizationId, organizationId), eq(table.kind, kind), eq(table.place, place));
  return {
    async find({ external, ...place }) {
      const [row] = await db.query
        .select()
        .from(table)
        .where(and(at(place), eq(table.external, external)));
      return row ?? null;
    },
    async list(organizationId, userId) {
      return db.query
        .select()
        .from(table)
        .where(and(eq(table.organizationId, organizationId), eq(table.userId, userId)))
        .orderBy(asc(table.createdAt), asc(table.id));
    },
    async ofUsers(place, userIds) {
      if (userIds.length === 0) return [];
      return db.query
        .select({ userId: table.userId, external: table.external })
        .from(table)
        .where(and(at(place), inArray(table.userId, [...userIds])));
    },
  };
}

function writing(db: Database, clock: () => Date): Omit<OutsideLinkRepository, Reading | Codes> {
  const { outsideLinks: table } = db.tables;
  const ofUser = (organizationId: string, userId: string) =>
    and(eq(table.organizationId, organizationId), eq(table.userId, userId));
  return {
    async put(link) {
      const { id, userId, createdAt } = link;
      const name = storableText(link.name);
      await db.query
        .insert(table)
        .values({ ...link, name })
        .onConflictDoUpdate({
          target: [table.organizationId, table.kind, table.place, table.external],
          set: { id, userId, createdAt, name, lastUsedAt: null },
        });
    },
    async remove(organizationId, userId, id) {
      const rows = await db.query
        .delete(table)
        .where(and(ofUser(organizationId, userId), eq(table.id, id)))
        .returning();
      return rows[0] ?? null;
    },
    async removeOfUser(organizationId, userId) {
      await db.query.delete(table).where(ofUser(organizationId, userId));
    },
    async noteUse(organizationId, id) {
      const now = clock();
      const isOld = or(isNull(table.lastUsedAt), lt(table.lastUsedAt, new Date(now.getTime() - noteEveryMs)));
      await db.query
        .update(table)
        .set({ lastUsedAt: now })
        .where(and(eq(table.organizationId, organizationId), eq(table.id, id), isOld));
    },
  };
}

function codes(db: Database): Pick<OutsideLinkRepository, Codes> {
  const { linkCodes: table } = db.tables;
  return {
    async putCode(code, now) {
      const { organizationId, userId } = code;
      const ofUser = and(eq(table.organizationId, organizationId), eq(table.userId, userId));
      await db.query.delete(table).where(or(ofUser, lte(table.expiresAt, now)));
      await db.query.insert(table).values(code);
    },
    async takeCode(organizationId, codeHash, now) {
      const rows = await db.query
        .delete(table)
        .where(and(eq(table.organizationId, organizationId), eq(table.codeHash, codeHash), gt(table.expiresAt, now)))
        .returning();
      return rows[0] ?? null;
    },
  };
}
