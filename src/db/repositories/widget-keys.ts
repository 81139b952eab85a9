import type { Database } from '../database.ts';
import { and, asc, eq, inArray, isNull, lt, or } from '../drizzle.ts';
import { placeholders, prepare } from '../prepare.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type WidgetKeyRecord = Tables['widgetKeys']['$inferSelect'];

/** Whose keys: those of one widget. */
export interface WidgetKeyOwner {
  readonly organizationId: string;
  readonly widgetId: string;
}

export interface WidgetKeyRepository {
  /** Those that are not revoked, oldest first. */
  live(organizationId: string, widgetIds: readonly string[]): Promise<WidgetKeyRecord[]>;
  /** Null for one that is revoked, or another widget's. Asked with every token. */
  findLive(owner: WidgetKeyOwner, id: string): Promise<WidgetKeyRecord | null>;
  insert(
    key: Pick<WidgetKeyRecord, 'id' | 'organizationId' | 'widgetId' | 'algorithm' | 'publicKey' | 'createdBy'>,
  ): Promise<WidgetKeyRecord>;
  /** False where it was revoked before, or is not the widget's. */
  revoke(owner: WidgetKeyOwner, id: string): Promise<boolean>;
  /** At most once a minute. */
  noteUse(id: string): Promise<void>;
}

const noteEveryMs = 60_000;

export function createWidgetKeyRepository(db: Database, clock: () => Date = () => new Date()): WidgetKeyRepository {
  return withStorageErrors<WidgetKeyRepository>({ ...reading(db), ...changes(db, clock) });
}

function reading(db: Database): Pick<WidgetKeyRepository, 'live' | 'findLive'> {
  const { widgetKeys: keys } = db.tables;
  const bound = placeholders('organizationId', 'widgetId', 'id');
  const { organizationId, widgetId, id: keyId } = keys;
  const isBound = and(eq(organizationId, bound.organizationId), eq(widgetId, bound.widgetId), eq(keyId, bound.id));
  const byId = db.query
    .select()
    .from(keys)
    .where(and(isBound, isNull(keys.revokedAt)));
  const findLive = prepare(db, 'widget_keys_find_live', byId);
  return {
    async live(organization, widgetIds) {
      if (widgetIds.length === 0) return [];
      return db.query
        .select()
        .from(keys)
        .where(and(eq(organizationId, organization), inArray(widgetId, [...widgetIds]), isNull(keys.revokedAt)))
        .orderBy(asc(keys.createdAt), asc(keyId));
    },
    findLive: async (owner, id) => (await findLive.execute({ ...owner, id }))[0] ?? null,
  };
}

function changes(db: Database, clock: () => Date): Pick<WidgetKeyRepository, 'insert' | 'revoke' | 'noteUse'> {
  const { widgetKeys: keys } = db.tables;
  return {
    async insert(key) {
      const row = { ...key, createdAt: clock(), lastUsedAt: null, revokedAt: null };
      await db.query.insert(keys).values(row);
      return row;
    },
    async revoke({ organizationId, widgetId }, id) {
      const isIt = and(eq(keys.organizationId, organizationId), eq(keys.widgetId, widgetId), eq(keys.id, id));
      const rows = await db.query
        .update(keys)
        .set({ revokedAt: clock() })
        .where(and(isIt, isNull(keys.revokedAt)))
        .returning({ id: keys.id });
      return rows.length > 0;
    },
    async noteUse(id) {
      const now = clock();
      const isOld = or(isNull(keys.lastUsedAt), lt(keys.lastUsedAt, new Date(now.getTime() - noteEveryMs)));
      await db.query
        .update(keys)
        .set({ lastUsedAt: now })
        .where(and(eq(keys.id, id), isOld));
    },
  };
}
