import type { Database } from '../database.ts';
import { and, asc, desc, eq, isNotNull, lte, sql } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type JobRecord = Tables['jobs']['$inferSelect'];

export interface JobRecordKey {
  readonly organizationId: string;
  readonly id: string;
}

export type JobRecordChange = Partial<
  Omit<JobRecord, 'organizationId' | 'id' | 'revision' | 'createdBy' | 'createdAt'>
>;

export interface JobRepository {
  find(key: JobRecordKey): Promise<JobRecord | null>;
  /** Newest change first, after the last row of the page before; `ownerId` null lists everybody's. */
  list(query: {
    readonly organizationId: string;
    readonly ownerId: string | null;
    readonly after: { readonly updatedAt: Date; readonly id: string } | null;
    readonly limit: number;
  }): Promise<JobRecord[]>;
  insert(job: JobRecord): Promise<void>;
  /** The next revision; null, and nothing done, where `revision` is not the newest or there is no such job. */
  change(key: JobRecordKey, revision: number, to: JobRecordChange): Promise<JobRecord | null>;
  /** What the service itself finds out about a job, which is no new revision of it. */
  note(key: JobRecordKey, to: Pick<JobRecordChange, 'seenSchema' | 'drift' | 'schemaCheckedAt'>): Promise<void>;
  remove(key: JobRecordKey): Promise<boolean>;
  listActive(organizationId: string): Promise<JobRecord[]>;
  /** All that come from files, in whatever organization. */
  listInFiles(): Promise<JobRecord[]>;
  /** Active ones whose next planned instant has come, the longest due first. */
  listDue(now: Date, limit: number): Promise<JobRecord[]>;
  /** Active ones with this trigger, in whatever organization. */
  listTriggered(kind: JobRecord['triggerKind'], limit: number): Promise<JobRecord[]>;
  /** The earliest planned instant of an active one; null where nothing is planned. */
  nextDue(): Promise<Date | null>;
  /**
   * Moves the next planned instant where it is still the one that was seen, and the job the one that was read: of many
   * processes one succeeds. Without `revision` the job may be another one by now.
   */
  moveNext(
    move: JobRecordKey & { readonly seen: Date; readonly next: Date | null; readonly revision?: number },
  ): Promise<boolean>;
}

export function createJobRepository(db: Database): JobRepository {
  return withStorageErrors<JobRepository>({ ...reading(db), ...planned(db), ...changes(db) });
}

type Reading = 'find' | 'list' | 'listActive' | 'listInFiles' | 'listTriggered';
type Planned = 'listDue' | 'nextDue' | 'moveNext';

function reading(db: Database): Pick<JobRepository, Reading> {
  const { jobs } = db.tables;
  const active = eq(jobs.status, 'active');
  return {
    async find({ organizationId, id }) {
      const isIt = and(eq(jobs.organizationId, organizationId), eq(jobs.id, id));
      const [found] = await db.query.select().from(jobs).where(isIt).limit(1);
      return found ?? null;
    },
    async list({ organizationId, ownerId, after, limit }) {
      const isOwners = ownerId === null ? undefined : eq(jobs.ownerId, ownerId);
      const isAfter =
        after === null
          ? undefined
          : sql`(${jobs.updatedAt}, ${jobs.id}) < (${sql.param(after.updatedAt, jobs.updatedAt)}, ${sql.param(after.id, jobs.id)})`;
      return db.query
        .select()
        .from(jobs)
        .where(and(eq(jobs.organizationId, organizationId), isOwners, isAfter))
        .orderBy(desc(jobs.updatedAt), desc(jobs.id))
        .limit(limit);
    },
    listActive: async (organizationId) =>
      db.query
        .select()
        .from(jobs)
        .where(and(eq(jobs.organizationId, organizationId), active))
        .orderBy(asc(jobs.createdAt), asc(jobs.id)),
    listInFiles: async () => db.query.select().from(jobs).where(isNotNull(jobs.file)).orderBy(asc(jobs.file)),
    listTriggered: async (kind, limit) =>
      db.query
        .select()
        .from(jobs)
        .where(and(active, eq(jobs.triggerKind, kind)))
        .orderBy(asc(jobs.createdAt))
        .limit(limit),
  };
}

const keyedIn = (jobs: Tables['jobs'], { organizationId, id }: JobRecordKey) =>
  and(eq(jobs.organizationId, organizationId), eq(jobs.id, id));

function planned(db: Database): Pick<JobRepository, Planned> {
  const { jobs } = db.tables;
  const active = eq(jobs.status, 'active');
  return {
    listDue: async (now, limit) =>
      db.query
        .select()
        .from(jobs)
        .where(and(active, lte(jobs.nextAt, now)))
        .orderBy(asc(jobs.nextAt))
        .limit(limit),
    async nextDue() {
      const isPlanned = and(active, isNotNull(jobs.nextAt));
      const [first] = await db.query
        .select({ nextAt: jobs.nextAt })
        .from(jobs)
        .where(isPlanned)
        .orderBy(asc(jobs.nextAt))
        .limit(1);
      return first?.nextAt ?? null;
    },
    async moveNext({ seen, next, revision, ...key }) {
      const isSame = revision === undefined ? undefined : eq(jobs.revision, revision);
      const moved = await db.query
        .update(jobs)
        .set({ nextAt: next })
        .where(and(keyedIn(jobs, key), eq(jobs.nextAt, seen), eq(jobs.status, 'active'), isSame))
        .returning({ id: jobs.id });
      return moved.length > 0;
    },
  };
}

function changes(db: Database): Omit<JobRepository, Reading | Planned> {
  const { jobs } = db.tables;
  const keyed = (key: JobRecordKey) => keyedIn(jobs, key);
  return {
    async insert(job) {
      await db.query.insert(jobs).values(job);
    },
    async change(key, revision, to) {
      const [changed] = await db.query
        .update(jobs)
        .set({ ...to, revision: revision + 1 })
        .where(and(keyed(key), eq(jobs.revision, revision)))
        .returning();
      return changed ?? null;
    },
    async note(key, to) {
      await db.query.update(jobs).set(to).where(keyed(key));
    },
    async remove(key) {
      return (await db.query.delete(jobs).where(keyed(key)).returning({ id: jobs.id })).length > 0;
    },
  };
}
