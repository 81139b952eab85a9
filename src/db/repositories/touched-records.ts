import type { Database } from '../database.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type TouchedRecordRow = Tables['touchedRecords']['$inferSelect'];

export interface TouchedRecordRepository {
  /** Joins the caller's transaction. A record that the same call has touched before keeps its row. */
  insert(rows: readonly TouchedRecordRow[]): Promise<void>;
}

export function createTouchedRecordRepository(db: Database): TouchedRecordRepository {
  const { touchedRecords } = db.tables;
  return withStorageErrors<TouchedRecordRepository>({
    async insert(rows) {
      if (rows.length > 0)
        await db.query
          .insert(touchedRecords)
          .values([...rows])
          .onConflictDoNothing();
    },
  });
}
