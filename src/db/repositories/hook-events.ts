import type { Database } from '../database.ts';
import { and, desc, eq, inArray, isNull, lt, notInArray, or, sql } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { storableText } from '../storable-text.ts';
import { withStorageErrors } from '../storage-error.ts';

export type HookEventRecord = Tables['hookEvents']['$inferSelect'];

export interface HookEventKey {
  readonly organizationId: string;
  readonly jobId: string;
  readonly id: string;
}

/** The last row of the page before. */
export interface HookEventPlace {
  readonly receivedAt: Date;
  readonly id: string;
}

export interface HookEventRepository {
  /** False where the job knows the message id; then nothing changes. Joins the caller's transaction. */
  insert(event: HookEventRecord): Promise<boolean>;
  /** What became of it. Joins the caller's transaction. */
  settle(key: HookEventKey, to: Partial<Pick<HookEventRecord, 'outcome' | 'reason' | 'jobRunId'>>): Promise<void>;
  /**
   * Stores a refused one; of the job's refused ones with a body, or without one, as this one is, the newest `keep` stay.
   */
  insertRefused(event: HookEventRecord & { readonly outcome: 'refused' }, keep: number): Promise<void>;
  findByMessage(key: {
    readonly organizationId: string;
    readonly jobId: string;
    readonly messageId: string;
  }): Promise<HookEventRecord | null>;
  find(key: HookEventKey): Promise<HookEventRecord | null>;
  /** Newest first. */
  list(query: {
    readonly organizationId: string;
    readonly jobId: string;
    readonly after: HookEventPlace | null;
    readonly limit: number;
  }): Promise<HookEventRecord[]>;
  /** Forgets those that came before, and of each job what is beyond its newest `mostPerJob`. */
  prune(before: Date, mostPerJob: number): Promise<void>;
  /**
   * Gives the job the next version of its hook's secret, which is no new revision of it. False, and nothing done, where
   * `from` is not its version. Joins the caller's transaction.
   */
  setHook(
    job: { readonly organizationId: string; readonly jobId: string },
    change: { readonly from: number | null; readonly to: number; readonly overlapUntil: Date | null },
  ): Promise<boolean>;
  /** Forgets all of a job. Joins the caller's transaction. */
  removeOf(job: { readonly organizationId: string; readonly jobId: string }): Promise<void>;
}

export function createHookEventRepository(db: Database): HookEventRepository {
  return withStorageErrors<HookEventRepository>({ ...intake(db), ...reading(db), ...upkeep(db) });
}

type HookEvents = Tables['hookEvents'];

const isOf = (events: HookEvents, { organizationId, jobId }: Pick<HookEventKey, 'organizationId' | 'jobId'>) =>
  and(eq(events.organizationId, organizationId), eq(events.jobId, jobId));

const isAt = (events: HookEvents, key: HookEventKey) => and(isOf(events, key), eq(events.id, key.id));

function storable({ reason, body, ...event }: HookEventRecord): HookEventRecord {
  return {
    ...event,
    reason: reason === null ? null : storableText(reason),
    body: body === null ? null : storableText(body),
  };
}

function intake(db: Database): Pick<HookEventRepository, 'insert' | 'settle' | 'insertRefused'> {
  const { hookEvents: events } = db.tables;
  return {
    async insert(event) {
      const inserted = await db.query
        .insert(events)
        .values(storable(event))
        .onConflictDoNothing({ target: [events.organizationId, events.jobId, events.messageId] })
        .returning({ id: events.id });
      return inserted.length > 0;
    },
    async settle(key, to) {
      await db.query.update(events).set(to).where(isAt(events, key));
    },
    async insertRefused(event, keep) {
      const isAlike = and(
        isOf(events, event),
        eq(events.outcome, 'refused'),
        event.body === null ? isNull(events.body) : sql`${events.body} is not null`,
      );
      const kept = db.query
        .select({ id: events.id })
        .from(events)
        .where(isAlike)
        .orderBy(desc(events.receivedAt), desc(events.id))
        .limit(keep);
      await db.transaction(async () => {
        await db.query.insert(events).values(storable(event)).onConflictDoNothing();
        await db.query.delete(events).where(and(isAlike, notInArray(events.id, kept)));
      });
    },
  };
}

function reading(db: Database): Pick<HookEventRepository, 'findByMessage' | 'find' | 'list'> {
  const { hookEvents: events } = db.tables;
  return {
    async findByMessage({ messageId, ...job }) {
      const [row] = await db.query
        .select()
        .from(events)
        .where(and(isOf(events, job), eq(events.messageId, messageId)));
      return row ?? null;
    },
    async find(key) {
      const [row] = await db.query.select().from(events).where(isAt(events, key));
      return row ?? null;
    },
    async list({ after, limit, ...job }) {
      const isBefore =
        after === null
          ? undefined
          : or(
              lt(events.receivedAt, after.receivedAt),
              and(eq(events.receivedAt, after.receivedAt), lt(events.id, after.id)),
            );
      return db.query
        .select()
        .from(events)
        .where(and(isOf(events, job), isBefore))
        .orderBy(desc(events.receivedAt), desc(events.id))
        .limit(limit);
    },
  };
}

function upkeep(db: Database): Pick<HookEventRepository, 'prune' | 'setHook' | 'removeOf'> {
  const { hookEvents: events, jobs } = db.tables;
  return {
    async setHook({ organizationId, jobId }, { from, to, overlapUntil }) {
      const isSeen = from === null ? isNull(jobs.hookVersion) : eq(jobs.hookVersion, from);
      const changed = await db.query
        .update(jobs)
        .set({ hookVersion: to, hookOverlapUntil: overlapUntil })
        .where(and(eq(jobs.organizationId, organizationId), eq(jobs.id, jobId), isSeen))
        .returning({ id: jobs.id });
      return changed.length > 0;
    },
    async prune(before, mostPerJob) {
      await db.query.delete(events).where(lt(events.receivedAt, before));
      const numbered = db.query
        .select({
          id: events.id,
          place:
            sql<number>`row_number() over (partition by ${events.organizationId}, ${events.jobId} order by ${events.receivedAt} desc, ${events.id} desc)`.as(
              'place',
            ),
        })
        .from(events)
        .as('numbered');
      const beyond = db.query.select({ id: numbered.id }).from(numbered).where(sql`${numbered.place} > ${mostPerJob}`);
      await db.query.delete(events).where(inArray(events.id, beyond));
    },
    async removeOf(job) {
      await db.query.delete(events).where(isOf(events, job));
    },
  };
}
