import type { Database } from '../database.ts';
import { and, eq, inArray, lt, sql } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { storableText } from '../storable-text.ts';
import { withStorageErrors } from '../storage-error.ts';

export type VisitorRecord = Tables['visitors']['$inferSelect'];

export interface VisitorRepository {
  find(organizationId: string, id: string): Promise<VisitorRecord | null>;
  /** Stores who is new, and of who is known the name and that they were here; the latter at most once a minute. */
  note(visitor: Omit<VisitorRecord, 'firstSeenAt' | 'lastSeenAt'>): Promise<void>;
  /** Whether where the visitor came from is still open: the widget is on, or the Slack workspace is connected. */
  isWelcome(organizationId: string, id: string): Promise<boolean>;
  namesOf(organizationId: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

const noteEveryMs = 60_000;

export function createVisitorRepository(db: Database, clock: () => Date = () => new Date()): VisitorRepository {
  const { visitors, widgets, connections } = db.tables;
  const isHim = (organizationId: string, id: string) =>
    and(eq(visitors.organizationId, organizationId), eq(visitors.id, id));
  return withStorageErrors<VisitorRepository>({
    async find(organizationId, id) {
      const [row] = await db.query.select().from(visitors).where(isHim(organizationId, id));
      return row ?? null;
    },
    async note(visitor) {
      const now = clock();
      const name = storableText(visitor.name);
      await db.query
        .insert(visitors)
        .values({ ...visitor, name, firstSeenAt: now, lastSeenAt: now })
        .onConflictDoUpdate({
          target: [visitors.organizationId, visitors.id],
          set: { name, lastSeenAt: now },
          setWhere: sql`${visitors.name} <> ${name} or ${lt(visitors.lastSeenAt, new Date(now.getTime() - noteEveryMs))}`,
        });
    },
    async isWelcome(organizationId, id) {
      const [row] = await db.query
        .select({ kind: visitors.kind, isOn: widgets.isOn, status: connections.status })
        .from(visitors)
        .leftJoin(widgets, and(eq(widgets.organizationId, visitors.organizationId), eq(widgets.id, visitors.place)))
        .leftJoin(
          connections,
          and(eq(connections.organizationId, visitors.organizationId), eq(connections.id, visitors.place)),
        )
        .where(isHim(organizationId, id));
      if (row === undefined) return false;
      return row.kind === 'widget' ? row.isOn === true : row.status !== null && row.status !== 'revoked';
    },
    async namesOf(organizationId, ids) {
      if (ids.length === 0) return new Map();
      const rows = await db.query
        .select({ id: visitors.id, name: visitors.name })
        .from(visitors)
        .where(and(eq(visitors.organizationId, organizationId), inArray(visitors.id, [...ids])));
      return new Map(rows.map(({ id, name }) => [id, name]));
    },
  });
}
