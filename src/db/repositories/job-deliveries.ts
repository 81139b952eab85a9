import type { Database } from '../database.ts';
import { and, asc, eq, inArray, ne, sql } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { storableText } from '../storable-text.ts';
import { withStorageErrors } from '../storage-error.ts';

export type JobDeliveryRecord = Tables['jobDeliveries']['$inferSelect'];

export interface JobDeliveryKey {
  readonly organizationId: string;
  readonly id: string;
}

export interface JobDeliveryRepository {
  /** Joins the caller's transaction. One that is there already stays as it is. Answers the ids of those that are new. */
  insert(rows: readonly JobDeliveryRecord[]): Promise<readonly string[]>;
  find(key: JobDeliveryKey): Promise<JobDeliveryRecord | null>;
  /** Of several runs, each run's in the order in which they were stored. */
  ofRuns(organizationId: string, jobRunIds: readonly string[]): Promise<JobDeliveryRecord[]>;
  /** One more attempt begins. False, and nothing done, where it is sent already. */
  begin(key: JobDeliveryKey): Promise<boolean>;
  /** Why the last attempt failed; one that is sent stays as it is. */
  note(key: JobDeliveryKey, problem: string): Promise<void>;
  /** False, and nothing done, where it is sent already. Joins the caller's transaction. */
  end(
    key: JobDeliveryKey,
    to: { readonly status: 'sent' | 'dead'; readonly problem: string | null; readonly at: Date },
  ): Promise<boolean>;
  /** A dead one waits again, with all its attempts. False where it is not dead. Joins the caller's transaction. */
  reopen(key: JobDeliveryKey): Promise<boolean>;
}

export function createJobDeliveryRepository(db: Database): JobDeliveryRepository {
  return withStorageErrors<JobDeliveryRepository>({ ...reading(db), ...changes(db) });
}

type Deliveries = Tables['jobDeliveries'];

const isAt = (deliveries: Deliveries, { organizationId, id }: JobDeliveryKey) =>
  and(eq(deliveries.organizationId, organizationId), eq(deliveries.id, id));

const isUnsent = (deliveries: Deliveries, key: JobDeliveryKey) =>
  and(isAt(deliveries, key), ne(deliveries.status, 'sent'));

function reading(db: Database): Pick<JobDeliveryRepository, 'find' | 'ofRuns'> {
  const { jobDeliveries: deliveries } = db.tables;
  return {
    async find(key) {
      const [row] = await db.query.select().from(deliveries).where(isAt(deliveries, key));
      return row ?? null;
    },
    async ofRuns(organizationId, jobRunIds) {
      if (jobRunIds.length === 0) return [];
      return db.query
        .select()
        .from(deliveries)
        .where(and(eq(deliveries.organizationId, organizationId), inArray(deliveries.jobRunId, [...jobRunIds])))
        .orderBy(asc(deliveries.createdAt), asc(deliveries.id));
    },
  };
}

function changes(db: Database): Omit<JobDeliveryRepository, 'find' | 'ofRuns'> {
  const { jobDeliveries: deliveries } = db.tables;
  return {
    async insert(rows) {
      if (rows.length === 0) return [];
      const inserted = await db.query
        .insert(deliveries)
        .values([...rows])
        .onConflictDoNothing()
        .returning({ id: deliveries.id });
      return inserted.map(({ id }) => id);
    },
    async begin(key) {
      const begun = await db.query
        .update(deliveries)
        .set({ attempts: sql`${deliveries.attempts} + 1` })
        .where(isUnsent(deliveries, key))
        .returning({ id: deliveries.id });
      return begun.length > 0;
    },
    async note(key, problem) {
      await db.query
        .update(deliveries)
        .set({ problem: storableText(problem) })
        .where(isUnsent(deliveries, key));
    },
    async end(key, { status, problem, at }) {
      const ended = await db.query
        .update(deliveries)
        .set({ status, problem: problem === null ? null : storableText(problem), endedAt: at })
        .where(isUnsent(deliveries, key))
        .returning({ id: deliveries.id });
      return ended.length > 0;
    },
    async reopen(key) {
      const reopened = await db.query
        .update(deliveries)
        .set({ status: 'pending', attempts: 0, problem: null, endedAt: null })
        .where(and(isAt(deliveries, key), eq(deliveries.status, 'dead')))
        .returning({ id: deliveries.id });
      return reopened.length > 0;
    },
  };
}
