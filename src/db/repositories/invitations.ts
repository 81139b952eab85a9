import type { Database } from '../database.ts';
import { and, desc, eq, gt, sql } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

type Row = Tables['invitations']['$inferSelect'];

export interface InvitationRecord extends Omit<Row, 'tokenHash' | 'status'> {
  readonly organizationName: string;
  readonly inviterName: string;
}

export interface InvitationPlace {
  readonly createdAt: Date;
  readonly id: string;
}

/** Only invitations that nobody has accepted or withdrawn are ever answered. */
export interface InvitationRepository {
  find(organizationId: string, id: string): Promise<InvitationRecord | null>;
  /** Newest first, expired ones among them. */
  list(organizationId: string, after: InvitationPlace | null, limit: number): Promise<InvitationRecord[]>;
  findByToken(tokenHash: string): Promise<InvitationRecord | null>;
  insert(invitation: Omit<Row, 'createdAt' | 'status'>): Promise<void>;
  /** Closes those that are open for this address. */
  withdrawFor(organizationId: string, email: string): Promise<void>;
  /** Closes those that somebody has made. */
  withdrawBy(organizationId: string, inviterId: string): Promise<void>;
  /** False when it was not open any more. */
  withdraw(organizationId: string, id: string): Promise<boolean>;
  /** One statement, so that of many callers one wins. False when it is used, withdrawn or expired. */
  accept(id: string): Promise<boolean>;
}

export function createInvitationRepository(db: Database, clock: () => Date = () => new Date()): InvitationRepository {
  return withStorageErrors<InvitationRepository>({ ...reading(db), ...changes(db, clock) });
}

function reading(db: Database): Pick<InvitationRepository, 'find' | 'list' | 'findByToken'> {
  const { invitations, organizations, users } = db.tables;
  const isOpen = eq(invitations.status, 'pending');
  const select = () =>
    db.query
      .select({
        id: invitations.id,
        organizationId: invitations.organizationId,
        email: invitations.email,
        role: invitations.role,
        inviterId: invitations.inviterId,
        expiresAt: invitations.expiresAt,
        createdAt: invitations.createdAt,
        organizationName: organizations.name,
        inviterName: users.name,
      })
      .from(invitations)
      .innerJoin(organizations, eq(organizations.id, invitations.organizationId))
      .innerJoin(users, eq(users.id, invitations.inviterId));
  const { createdAt, id: invitationId } = invitations;
  return {
    async find(organizationId, id) {
      const [row] = await select().where(
        and(eq(invitations.organizationId, organizationId), eq(invitationId, id), isOpen),
      );
      return row ?? null;
    },
    async list(organizationId, after, limit) {
      const before =
        after === null
          ? undefined
          : sql`(${createdAt}, ${invitationId}) < (${sql.param(after.createdAt, createdAt)}, ${sql.param(after.id, invitationId)})`;
      return select()
        .where(and(eq(invitations.organizationId, organizationId), isOpen, before))
        .orderBy(desc(createdAt), desc(invitationId))
        .limit(limit);
    },
    async findByToken(tokenHash) {
      const [row] = await select().where(and(eq(invitations.tokenHash, tokenHash), isOpen));
      return row ?? null;
    },
  };
}

function changes(
  db: Database,
  clock: () => Date,
): Pick<InvitationRepository, 'insert' | 'withdrawFor' | 'withdrawBy' | 'withdraw' | 'accept'> {
  const { invitations } = db.tables;
  const isOpen = eq(invitations.status, 'pending');
  return {
    async insert(invitation) {
      await db.query.insert(invitations).values({ ...invitation, status: 'pending', createdAt: clock() });
    },
    async withdrawFor(organizationId, email) {
      await db.query
        .update(invitations)
        .set({ status: 'withdrawn' })
        .where(and(eq(invitations.organizationId, organizationId), eq(invitations.email, email), isOpen));
    },
    async withdrawBy(organizationId, inviterId) {
      await db.query
        .update(invitations)
        .set({ status: 'withdrawn' })
        .where(and(eq(invitations.organizationId, organizationId), eq(invitations.inviterId, inviterId), isOpen));
    },
    async withdraw(organizationId, id) {
      const rows = await db.query
        .update(invitations)
        .set({ status: 'withdrawn' })
        .where(and(eq(invitations.organizationId, organizationId), eq(invitations.id, id), isOpen))
        .returning({ id: invitations.id });
      return rows.length > 0;
    },
    async accept(id) {
      const rows = await db.query
        .update(invitations)
        .set({ status: 'accepted' })
        .where(and(eq(invitations.id, id), isOpen, gt(invitations.expiresAt, clock())))
        .returning({ id: invitations.id });
      return rows.length > 0;
    },
  };
}
