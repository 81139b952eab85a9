import type { Database } from '../database.ts';
import { and, eq, inArray, sql } from '../drizzle.ts';
import { withStorageErrors } from '../storage-error.ts';
import { createVisitorRepository } from './visitors.ts';

export interface ActorNames {
  /** The names of people who have done something in the organization, also of those who left it since, and of visitors; by id. */
  namesOf(organizationId: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

export function createActorNames(db: Database): ActorNames {
  const { users, auditEvents } = db.tables;
  const visitorNames = createVisitorRepository(db);
  return withStorageErrors<ActorNames>({
    async namesOf(organizationId, ids) {
      if (ids.length === 0) return new Map();
      const acted = db.query
        .select({ one: sql`1` })
        .from(auditEvents)
        .where(and(eq(auditEvents.organizationId, organizationId), eq(auditEvents.actorId, users.id)));
      const rows = await db.query
        .select({ id: users.id, name: users.name })
        .from(users)
        .where(and(inArray(users.id, [...ids]), sql`exists ${acted}`));
      const visitors = await visitorNames.namesOf(organizationId, ids);
      return new Map([...visitors, ...rows.map(({ id, name }) => [id, name] as const)]);
    },
  });
}
