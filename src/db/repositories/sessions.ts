import type { Database } from '../database.ts';
import { and, desc, eq, gt, ne, sql } from '../drizzle.ts';
import { placeholders, prepare } from '../prepare.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type SessionRecord = Tables['sessions']['$inferSelect'];
export type RoleRecord = Tables['members']['$inferSelect']['role'];

/** A person with the membership they work in. */
export interface SignedInRecord {
  readonly session: Pick<SessionRecord, 'id' | 'expiresAt' | 'updatedAt'>;
  readonly user: { readonly id: string; readonly name: string; readonly email: string };
  /** That of the organization chosen in the session, else the one chosen last; null without any. */
  readonly membership: { readonly organizationId: string; readonly role: RoleRecord } | null;
}

export interface SessionPlace {
  readonly updatedAt: Date;
  readonly id: string;
}

export interface SessionRepository {
  /** One query: it is asked with every request. Expired sessions are answered, too. */
  findByToken(token: string): Promise<SignedInRecord | null>;
  /** Those of one person that have not expired, last seen first. */
  list(userId: string, after: SessionPlace | null, limit: number): Promise<SessionRecord[]>;
  /** False when the person has no such session. */
  end(userId: string, id: string): Promise<boolean>;
  /** Ends all sessions of a person, but for one when it is named. */
  endAll(userId: string, exceptId?: string): Promise<void>;
  endByToken(token: string): Promise<void>;
  chooseOrganization(userId: string, id: string, organizationId: string): Promise<void>;
  /** No session of the person works in that organization any more. */
  leaveOrganization(userId: string, organizationId: string): Promise<void>;
  /** The same for everybody. */
  closeOrganization(organizationId: string): Promise<void>;
}

export function createSessionRepository(db: Database, clock: () => Date = () => new Date()): SessionRepository {
  return withStorageErrors<SessionRepository>({
    findByToken: prepareFindByToken(db),
    ...readingAndEnding(db, clock),
    ...choosing(db, clock),
  });
}

function prepareFindByToken(db: Database): SessionRepository['findByToken'] {
  const { sessions, users, members } = db.tables;
  const bound = placeholders('token');
  const chosenFirst = sql`case when ${members.organizationId} = ${sessions.activeOrganizationId} then 0 else 1 end`;
  const find = prepare(
    db,
    'sessions_find_by_token',
    db.query
      .select({
        sessionId: sessions.id,
        expiresAt: sessions.expiresAt,
        updatedAt: sessions.updatedAt,
        userId: users.id,
        name: users.name,
        email: users.email,
        organizationId: members.organizationId,
        role: members.role,
      })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .leftJoin(members, eq(members.userId, users.id))
      .where(eq(sessions.token, bound.token))
      .orderBy(chosenFirst, desc(members.chosenAt), members.id)
      .limit(1),
  );
  return async (token) => {
    const [row] = await find.execute({ token });
    if (row === undefined) return null;
    const { organizationId, role } = row;
    return {
      session: { id: row.sessionId, expiresAt: row.expiresAt, updatedAt: row.updatedAt },
      user: { id: row.userId, name: row.name, email: row.email },
      membership: organizationId === null || role === null ? null : { organizationId, role },
    };
  };
}

function readingAndEnding(
  db: Database,
  clock: () => Date,
): Pick<SessionRepository, 'list' | 'end' | 'endAll' | 'endByToken'> {
  const { sessions } = db.tables;
  const { updatedAt, id: sessionId } = sessions;
  return {
    async list(userId, after, limit) {
      const before =
        after === null
          ? undefined
          : sql`(${updatedAt}, ${sessionId}) < (${sql.param(after.updatedAt, updatedAt)}, ${sql.param(after.id, sessionId)})`;
      return db.query
        .select()
        .from(sessions)
        .where(and(eq(sessions.userId, userId), gt(sessions.expiresAt, clock()), before))
        .orderBy(desc(updatedAt), desc(sessionId))
        .limit(limit);
    },
    async end(userId, id) {
      const rows = await db.query
        .delete(sessions)
        .where(and(eq(sessions.userId, userId), eq(sessionId, id)))
        .returning({ id: sessionId });
      return rows.length > 0;
    },
    async endAll(userId, exceptId) {
      const other = exceptId === undefined ? undefined : ne(sessionId, exceptId);
      await db.query.delete(sessions).where(and(eq(sessions.userId, userId), other));
    },
    async endByToken(token) {
      await db.query.delete(sessions).where(eq(sessions.token, token));
    },
  };
}

function choosing(
  db: Database,
  clock: () => Date,
): Pick<SessionRepository, 'chooseOrganization' | 'leaveOrganization' | 'closeOrganization'> {
  const { sessions, members } = db.tables;
  const { userId: ofUser, id: sessionId, activeOrganizationId } = sessions;
  return {
    async chooseOrganization(userId, id, organizationId) {
      await db.query
        .update(sessions)
        .set({ activeOrganizationId: organizationId })
        .where(and(eq(ofUser, userId), eq(sessionId, id)));
      await db.query
        .update(members)
        .set({ chosenAt: clock() })
        .where(and(eq(members.userId, userId), eq(members.organizationId, organizationId)));
    },
    async leaveOrganization(userId, organizationId) {
      await db.query
        .update(sessions)
        .set({ activeOrganizationId: null })
        .where(and(eq(ofUser, userId), eq(activeOrganizationId, organizationId)));
    },
    async closeOrganization(organizationId) {
      await db.query
        .update(sessions)
        .set({ activeOrganizationId: null })
        .where(eq(activeOrganizationId, organizationId));
    },
  };
}
