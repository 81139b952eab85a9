import type { Database } from '../database.ts';
import { and, asc, desc, eq, gte, inArray, ne, notInArray, sql } from '../drizzle.ts';
import type { StoredJobRunStatus } from '../schema/jobs.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type JobRunRecord = Tables['jobRuns']['$inferSelect'];

interface Key {
  readonly organizationId: string;
  readonly id: string;
}

export interface JobRunEnd extends Key {
  readonly status: Extract<StoredJobRunStatus, 'succeeded' | 'failed' | 'stopped' | 'dead'>;
  readonly problem: string | null;
  readonly at: Date;
}

export interface JobRunRepository {
  /** False where the job was started by the same cause before: then nothing changes. */
  insert(run: JobRunRecord): Promise<boolean>;
  find(key: Key): Promise<JobRunRecord | null>;
  ofRunId(organizationId: string, runId: string): Promise<JobRunRecord | null>;
  /** Newest first, after the last row of the page before. Trials are left out. */
  list(query: {
    readonly organizationId: string;
    readonly jobId: string;
    readonly after: { readonly createdAt: Date; readonly id: string } | null;
    readonly limit: number;
  }): Promise<JobRunRecord[]>;
  /** The newest of each job that has one; trials do not count. */
  lastOf(organizationId: string, jobIds: readonly string[]): Promise<JobRunRecord[]>;
  /** Those of a job that have not ended, trials left out, in the order they were made. */
  open(organizationId: string, jobId: string): Promise<JobRunRecord[]>;
  /** How many of a job were made since then, and not skipped. */
  countSince(organizationId: string, jobId: string, since: Date): Promise<number>;
  /** In whatever organization: begun or waiting, and not heard of since then. */
  listUnfinished(before: Date, limit: number): Promise<JobRunRecord[]>;
  /** The attempt after the one before it; false where it has ended, or another one was begun meanwhile. */
  begin(key: Key, attempt: number, at: Date): Promise<boolean>;
  setRun(key: Key, run: { readonly conversationId: string; readonly runId: string }): Promise<void>;
  /** `waiting`: for a person. `queued`: it is tried again, and why. False where it has ended. */
  setStatus(
    key: Key,
    to: { readonly status: 'working' | 'waiting' | 'queued'; readonly problem: string | null },
  ): Promise<boolean>;
  /** False where it has ended before: then nothing changes. */
  end(end: JobRunEnd): Promise<boolean>;
}

const ended: StoredJobRunStatus[] = ['succeeded', 'failed', 'stopped', 'skipped', 'dead'];

export function createJobRunRepository(db: Database): JobRunRepository {
  return withStorageErrors<JobRunRepository>({ ...reading(db), ...ofJob(db), ...life(db) });
}

function reading(db: Database): Pick<JobRunRepository, 'find' | 'ofRunId' | 'list' | 'lastOf'> {
  const { jobRuns: runs } = db.tables;
  return {
    async find({ organizationId, id }) {
      const isIt = and(eq(runs.organizationId, organizationId), eq(runs.id, id));
      const [found] = await db.query.select().from(runs).where(isIt).limit(1);
      return found ?? null;
    },
    async ofRunId(organizationId, runId) {
      const isIt = and(eq(runs.organizationId, organizationId), eq(runs.runId, runId));
      const [found] = await db.query.select().from(runs).where(isIt).limit(1);
      return found ?? null;
    },
    async list({ organizationId, jobId, after, limit }) {
      const isAfter =
        after === null
          ? undefined
          : sql`(${runs.createdAt}, ${runs.id}) < (${sql.param(after.createdAt, runs.createdAt)}, ${sql.param(after.id, runs.id)})`;
      return db.query
        .select()
        .from(runs)
        .where(and(eq(runs.organizationId, organizationId), eq(runs.jobId, jobId), eq(runs.trial, false), isAfter))
        .orderBy(desc(runs.createdAt), desc(runs.id))
        .limit(limit);
    },
    async lastOf(organizationId, jobIds) {
      if (jobIds.length === 0) return [];
      const isNewer = sql`exists (select 1 from ${runs} as newer where newer.organization_id = ${runs.organizationId} and newer.job_id = ${runs.jobId}
        and newer.trial = ${sql.param(false, runs.trial)} and (newer.created_at, newer.id) > (${runs.createdAt}, ${runs.id}))`;
      const ofJobs = and(eq(runs.organizationId, organizationId), inArray(runs.jobId, [...jobIds]));
      return db.query
        .select()
        .from(runs)
        .where(and(ofJobs, eq(runs.trial, false), sql`not ${isNewer}`));
    },
  };
}

function ofJob(db: Database): Pick<JobRunRepository, 'open' | 'countSince' | 'listUnfinished'> {
  const { jobRuns: runs } = db.tables;
  return {
    open: async (organizationId, jobId) =>
      db.query
        .select()
        .from(runs)
        .where(
          and(
            eq(runs.organizationId, organizationId),
            eq(runs.jobId, jobId),
            eq(runs.trial, false),
            notInArray(runs.status, ended),
          ),
        )
        .orderBy(asc(runs.createdAt), asc(runs.id)),
    async countSince(organizationId, jobId, since) {
      const ofOne = and(eq(runs.organizationId, organizationId), eq(runs.jobId, jobId), eq(runs.trial, false));
      const counted = and(ofOne, gte(runs.createdAt, since), ne(runs.status, 'skipped'));
      const [row] = await db.query.select({ count: sql<number>`count(*)` }).from(runs).where(counted);
      return Number(row?.count ?? 0);
    },
    listUnfinished: async (before, limit) =>
      db.query
        .select()
        .from(runs)
        .where(
          and(
            inArray(runs.status, ['working', 'waiting']),
            sql`${runs.startedAt} < ${sql.param(before, runs.startedAt)}`,
          ),
        )
        .orderBy(asc(runs.createdAt))
        .limit(limit),
  };
}

function life(db: Database): Pick<JobRunRepository, 'insert' | 'begin' | 'setRun' | 'setStatus' | 'end'> {
  const { jobRuns: runs } = db.tables;
  const keyed = ({ organizationId, id }: Key) => and(eq(runs.organizationId, organizationId), eq(runs.id, id));
  const isOpen = notInArray(runs.status, ended);
  const returned = { id: runs.id };
  return {
    async insert(run) {
      const target = [runs.organizationId, runs.jobId, runs.causeKey];
      const inserted = await db.query.insert(runs).values(run).onConflictDoNothing({ target }).returning(returned);
      return inserted.length > 0;
    },
    async begin(key, attempt, at) {
      const startedAt = sql`coalesce(${runs.startedAt}, ${sql.param(at, runs.startedAt)})`;
      const begun = await db.query
        .update(runs)
        .set({ status: 'working', attempts: attempt, startedAt, problem: null })
        .where(and(keyed(key), isOpen, eq(runs.attempts, attempt - 1)))
        .returning(returned);
      return begun.length > 0;
    },
    async setRun(key, run) {
      await db.query.update(runs).set(run).where(keyed(key));
    },
    async setStatus(key, to) {
      return (
        (
          await db.query
            .update(runs)
            .set(to)
            .where(and(keyed(key), isOpen))
            .returning(returned)
        ).length > 0
      );
    },
    async end({ status, problem, at, ...key }) {
      const set = { status, problem, endedAt: at };
      return (
        (
          await db.query
            .update(runs)
            .set(set)
            .where(and(keyed(key), isOpen))
            .returning(returned)
        ).length > 0
      );
    },
  };
}
