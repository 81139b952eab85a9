import type { Database } from '../database.ts';
import { and, asc, desc, eq, sql } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type OrganizationRecord = Tables['organizations']['$inferSelect'];
export type MemberRole = Tables['members']['$inferSelect']['role'];

export interface MemberRecord {
  readonly organizationId: string;
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly role: MemberRole;
  readonly joinedAt: Date;
}

export interface MembershipRecord {
  readonly organization: OrganizationRecord;
  readonly role: MemberRole;
}

export interface MemberPlace {
  readonly joinedAt: Date;
  readonly userId: string;
}

export interface OrganizationRepository {
  any(): Promise<boolean>;
  find(id: string): Promise<OrganizationRecord | null>;
  insert(organization: Pick<OrganizationRecord, 'id' | 'name' | 'isDemo'>): Promise<OrganizationRecord>;
  change(id: string, values: Partial<Pick<OrganizationRecord, 'name' | 'isDemo'>>): Promise<OrganizationRecord | null>;
  /** Takes members, invitations and API keys along. */
  remove(id: string): Promise<void>;
  /** All of one person's, the first joined first. */
  membershipsOf(userId: string): Promise<MembershipRecord[]>;
  findMember(organizationId: string, userId: string): Promise<MemberRecord | null>;
  /** In the order in which they joined. */
  listMembers(organizationId: string, after: MemberPlace | null, limit: number): Promise<MemberRecord[]>;
  countOwners(organizationId: string): Promise<number>;
  /** False when the person belongs to the organization already. */
  addMember(member: { organizationId: string; userId: string; role: MemberRole }): Promise<boolean>;
  setRole(organizationId: string, userId: string, role: MemberRole): Promise<void>;
  removeMember(organizationId: string, userId: string): Promise<void>;
}

export interface OrganizationRepositoryOptions {
  readonly clock?: () => Date;
  readonly newId: () => string;
}

export function createOrganizationRepository(
  db: Database,
  { clock = () => new Date(), newId }: OrganizationRepositoryOptions,
): OrganizationRepository {
  return withStorageErrors<OrganizationRepository>({
    ...organizationMethods(db, clock),
    ...memberReading(db),
    ...memberChanges(db, clock, newId),
  });
}

function organizationMethods(
  db: Database,
  clock: () => Date,
): Pick<OrganizationRepository, 'any' | 'find' | 'insert' | 'change' | 'remove' | 'membershipsOf'> {
  const { organizations, members } = db.tables;
  return {
    async any() {
      const rows = await db.query.select({ id: organizations.id }).from(organizations).limit(1);
      return rows.length > 0;
    },
    async find(id) {
      const [row] = await db.query.select().from(organizations).where(eq(organizations.id, id));
      return row ?? null;
    },
    async insert(organization) {
      const row = { ...organization, createdAt: clock() };
      await db.query.insert(organizations).values(row);
      return row;
    },
    async change(id, values) {
      const [row] = await db.query.update(organizations).set(values).where(eq(organizations.id, id)).returning();
      return row ?? null;
    },
    async remove(id) {
      await db.query.delete(organizations).where(eq(organizations.id, id));
    },
    membershipsOf: async (userId) =>
      db.query
        .select({ organization: organizations, role: members.role })
        .from(members)
        .innerJoin(organizations, eq(organizations.id, members.organizationId))
        .where(eq(members.userId, userId))
        // Both memberships of a set-up can have the same time.
        .orderBy(asc(members.createdAt), desc(organizations.isDemo), asc(members.id)),
  };
}

function memberReading(db: Database): Pick<OrganizationRepository, 'findMember' | 'listMembers' | 'countOwners'> {
  const { members, users } = db.tables;
  const select = () =>
    db.query
      .select({
        organizationId: members.organizationId,
        userId: members.userId,
        name: users.name,
        email: users.email,
        role: members.role,
        joinedAt: members.createdAt,
      })
      .from(members)
      .innerJoin(users, eq(users.id, members.userId));
  return {
    async findMember(organizationId, userId) {
      const [row] = await select().where(and(eq(members.organizationId, organizationId), eq(members.userId, userId)));
      return row ?? null;
    },
    listMembers: async (organizationId, after, limit) => {
      const later =
        after === null
          ? undefined
          : sql`(${members.createdAt}, ${members.userId}) > (${sql.param(after.joinedAt, members.createdAt)}, ${sql.param(after.userId, members.userId)})`;
      return select()
        .where(and(eq(members.organizationId, organizationId), later))
        .orderBy(asc(members.createdAt), asc(members.userId))
        .limit(limit);
    },
    async countOwners(organizationId) {
      const rows = await db.query
        .select({ id: members.id })
        .from(members)
        .where(and(eq(members.organizationId, organizationId), eq(members.role, 'owner')));
      return rows.length;
    },
  };
}

function memberChanges(
  db: Database,
  clock: () => Date,
  newId: () => string,
): Pick<OrganizationRepository, 'addMember' | 'setRole' | 'removeMember'> {
  const { members } = db.tables;
  const is = (organizationId: string, userId: string) =>
    and(eq(members.organizationId, organizationId), eq(members.userId, userId));
  return {
    async addMember(member) {
      const now = clock();
      const rows = await db.query
        .insert(members)
        .values({ ...member, id: newId(), chosenAt: now, createdAt: now })
        .onConflictDoNothing({ target: [members.organizationId, members.userId] })
        .returning({ id: members.id });
      return rows.length > 0;
    },
    async setRole(organizationId, userId, role) {
      await db.query.update(members).set({ role }).where(is(organizationId, userId));
    },
    async removeMember(organizationId, userId) {
      await db.query.delete(members).where(is(organizationId, userId));
    },
  };
}
