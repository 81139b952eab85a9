import type { Database } from '../database.ts';
import { and, eq } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type UserRecord = Tables['users']['$inferSelect'];

export interface UserRepository {
  /** Whether anybody has an account. */
  any(): Promise<boolean>;
  find(id: string): Promise<UserRecord | null>;
  /** `email` in lower case. */
  findByEmail(email: string): Promise<UserRecord | null>;
  rename(id: string, name: string): Promise<void>;
  /** Gives the conversations that somebody had in an organization to another person. */
  adoptConversations(organizationId: string, from: string, to: string): Promise<void>;
}

export function createUserRepository(db: Database, clock: () => Date = () => new Date()): UserRepository {
  const { users, conversations } = db.tables;
  return withStorageErrors<UserRepository>({
    async any() {
      const rows = await db.query.select({ id: users.id }).from(users).limit(1);
      return rows.length > 0;
    },
    async find(id) {
      const [row] = await db.query.select().from(users).where(eq(users.id, id));
      return row ?? null;
    },
    async findByEmail(email) {
      const [row] = await db.query.select().from(users).where(eq(users.email, email));
      return row ?? null;
    },
    async rename(id, name) {
      await db.query.update(users).set({ name, updatedAt: clock() }).where(eq(users.id, id));
    },
    async adoptConversations(organizationId, from, to) {
      await db.query
        .update(conversations)
        .set({ actorId: to })
        .where(and(eq(conversations.organizationId, organizationId), eq(conversations.actorId, from)));
    },
  });
}
