import type { Database } from '../database.ts';
import { and, eq, gte, inArray, lt } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type TouchedRecordRow = Tables['touchedRecords']['$inferSelect'];

export interface TouchedRecordRepository {
  /** Joins the caller's transaction. A record that the same call has touched before keeps its row. */
  insert(rows: readonly TouchedRecordRow[]): Promise<void>;
  /** What calls of that channel have written of these records, in no order. */
  listOf(question: {
    readonly organizationId: string;
    readonly channel: string;
    readonly databaseId: string;
    readonly records: readonly { readonly table: string; readonly record: string }[];
  }): Promise<TouchedRecordRow[]>;
  /** Whether a call of that channel has written the record at that time or after it. */
  isTouchedSince(question: {
    readonly organizationId: string;
    readonly channel: string;
    readonly database: string;
    readonly table: string;
    readonly record: string;
    readonly since: Date;
  }): Promise<boolean>;
  /** Calls of that channel that were sent after `since` and of which it is not known yet what they have written. */
  listUnderWay(question: {
    readonly organizationId: string;
    readonly channel: string;
    readonly since: Date;
  }): Promise<string[]>;
  /** Forgets what was written before. */
  prune(before: Date): Promise<void>;
}

/** As many as a statement takes well on either database. */
const mostAtOnce = 400;

export function createTouchedRecordRepository(db: Database): TouchedRecordRepository {
  return withStorageErrors<TouchedRecordRepository>({ ...keeping(db), ...reading(db) });
}

function keeping(db: Database): Pick<TouchedRecordRepository, 'insert' | 'prune'> {
  const { touchedRecords } = db.tables;
  return {
    async insert(rows) {
      if (rows.length > 0)
        await db.query
          .insert(touchedRecords)
          .values([...rows])
          .onConflictDoNothing();
    },
    async prune(before) {
      await db.query.delete(touchedRecords).where(lt(touchedRecords.at, before));
    },
  };
}

function reading(db: Database): Omit<TouchedRecordRepository, 'insert' | 'prune'> {
  const { touchedRecords, effects } = db.tables;
  const isIn = (organizationId: string, databaseId: string) =>
    and(eq(touchedRecords.organizationId, organizationId), eq(touchedRecords.databaseId, databaseId));
  return {
    async listOf({ organizationId, channel, databaseId, records }) {
      const found: TouchedRecordRow[] = [];
      for (const [table, ids] of idsByTable(records)) {
        for (let from = 0; from < ids.length; from += mostAtOnce) {
          const isOne = inArray(touchedRecords.recordId, ids.slice(from, from + mostAtOnce));
          const isThere = and(isIn(organizationId, databaseId), eq(touchedRecords.tableId, table), isOne);
          const rows = await db.query
            .select()
            .from(touchedRecords)
            .where(and(isThere, eq(touchedRecords.channel, channel)));
          found.push(...rows);
        }
      }
      return found;
    },
    async isTouchedSince({ organizationId, channel, database, table, record, since }) {
      const isIt = and(eq(touchedRecords.tableId, table), eq(touchedRecords.recordId, record));
      const isOf = and(eq(touchedRecords.channel, channel), gte(touchedRecords.at, since));
      const rows = await db.query
        .select({ callId: touchedRecords.callId })
        .from(touchedRecords)
        .where(and(isIn(organizationId, database), isIt, isOf))
        .limit(1);
      return rows.length > 0;
    },
    async listUnderWay({ organizationId, channel, since }) {
      const isOpen = inArray(effects.state, ['sent', 'outcome_unknown']);
      const rows = await db.query
        .select({ id: effects.id })
        .from(effects)
        .where(
          and(
            eq(effects.organizationId, organizationId),
            eq(effects.channel, channel),
            isOpen,
            gte(effects.sentAt, since),
          ),
        );
      return rows.map(({ id }) => id);
    },
  };
}

function idsByTable(
  records: readonly { readonly table: string; readonly record: string }[],
): ReadonlyMap<string, readonly string[]> {
  const tables = new Map<string, string[]>();
  for (const { table, record } of records) {
    const ids = tables.get(table);
    if (ids === undefined) tables.set(table, [record]);
    else ids.push(record);
  }
  return tables;
}
