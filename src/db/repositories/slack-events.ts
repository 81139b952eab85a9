import type { Database } from '../database.ts';
import { and, asc, eq, inArray, isNotNull, isNull, lt, lte, notInArray, or, sql } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type SlackEventRecord = Tables['slackEvents']['$inferSelect'];

export type NewSlackEvent = Pick<
  SlackEventRecord,
  'id' | 'organizationId' | 'connectionId' | 'kind' | 'lane' | 'receivedAt'
> & { readonly body: object };

/** An event in the hands of a process. */
export interface HeldSlackEvent {
  readonly id: string;
  readonly processId: string;
}

export interface SlackEventRepository {
  /**
   * Last in its lane, surviving a loss of power once this resolves. False where the id is known: then nothing changes.
   */
  insert(event: NewSlackEvent): Promise<boolean>;
  /**
   * Takes what is due, in any number of processes at once: of each lane only its first, and none while another of the
   * lane is worked on. Each claim counts as an attempt. `except`: of these connections nothing.
   */
  claim(claim: {
    readonly processId: string;
    readonly now: Date;
    readonly limit: number;
    readonly except?: readonly string[];
  }): Promise<SlackEventRecord[]>;
  /** It is over, and what it held is forgotten. False where the process has it no more. */
  finish(
    held: HeldSlackEvent,
    end: { readonly status: 'done' | 'dead'; readonly problem: string | null; readonly at: Date },
  ): Promise<boolean>;
  /** Back in its place in the lane. `to`: the one process that may take it; anybody where null. */
  putBack(
    held: HeldSlackEvent,
    again: {
      readonly dueAt: Date;
      readonly attempts: number;
      readonly problem: string | null;
      readonly to: string | null;
    },
  ): Promise<boolean>;
  /** What waits in the lane is due at once. */
  hasten(lane: string, now: Date): Promise<void>;
  /** The processes that have something in hand, or are to take something. */
  holders(): Promise<string[]>;
  /** What these lost processes had in hand is for others. Answers how much that was. */
  release(processIds: readonly string[]): Promise<number>;
  /** Forgets what is long over; until then a repetition is known. */
  prune(before: Date): Promise<void>;
}

export function createSlackEventRepository(db: Database): SlackEventRepository {
  return withStorageErrors<SlackEventRepository>({ ...intake(db), ...work(db), ...upkeep(db) });
}

function intake(db: Database): Pick<SlackEventRepository, 'insert'> {
  const { slackEvents: events } = db.tables;
  return {
    async insert({ receivedAt, ...event }) {
      const { lane } = event;
      const seq = sql<number>`(select coalesce(max(${events.seq}), 0) + 1 from ${events} where ${events.lane} = ${lane})`;
      const inserted = await db.transaction(async () => {
        // Two that come at the same time would be given the same place.
        await db.lock(`slack lane ${lane}`);
        return db.query
          .insert(events)
          .values({ ...event, seq, status: 'pending', attempts: 0, dueAt: receivedAt, receivedAt })
          .onConflictDoNothing({ target: events.id })
          .returning({ id: events.id });
      });
      await db.durable();
      return inserted.length > 0;
    },
  };
}

function work(db: Database): Pick<SlackEventRepository, 'claim' | 'finish' | 'putBack'> {
  const { slackEvents: events } = db.tables;
  const inHand = ({ id, processId }: HeldSlackEvent) =>
    and(eq(events.id, id), eq(events.processId, processId), eq(events.status, 'working'));
  const returned = { id: events.id };
  return {
    async claim({ processId, now, limit, except = [] }) {
      const isOfOthers = except.length === 0 ? undefined : notInArray(events.connectionId, [...except]);
      const isFree = or(isNull(events.processId), eq(events.processId, processId));
      const isBehind = sql`exists (select 1 from ${events} as other where other.lane = ${events.lane} and other.id <> ${events.id}
        and (other.status = 'working' or (other.status = 'pending' and other.seq < ${events.seq})))`;
      const due = db.query
        .select(returned)
        .from(events)
        .where(and(eq(events.status, 'pending'), lte(events.dueAt, now), isFree, isOfOthers, sql`not ${isBehind}`))
        .orderBy(asc(events.dueAt), asc(events.seq))
        .limit(limit);
      const claimed = await db.query
        .update(events)
        .set({ status: 'working', processId, attempts: sql`${events.attempts} + 1` })
        // Said again for Postgres, where another process may have been faster since the selection.
        .where(and(inArray(events.id, due), eq(events.status, 'pending')))
        .returning();
      return claimed.sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime() || a.seq - b.seq);
    },
    async finish(held, { status, problem, at }) {
      const set = { status, problem, body: null, processId: null, endedAt: at };
      return (await db.query.update(events).set(set).where(inHand(held)).returning(returned)).length > 0;
    },
    async putBack(held, { dueAt, attempts, problem, to }) {
      const set = { status: 'pending' as const, dueAt, attempts, problem, processId: to };
      return (await db.query.update(events).set(set).where(inHand(held)).returning(returned)).length > 0;
    },
  };
}

function upkeep(db: Database): Pick<SlackEventRepository, 'hasten' | 'holders' | 'release' | 'prune'> {
  const { slackEvents: events } = db.tables;
  const isOpen = inArray(events.status, ['pending', 'working']);
  return {
    async hasten(lane, now) {
      await db.query
        .update(events)
        .set({ dueAt: now })
        .where(and(eq(events.lane, lane), eq(events.status, 'pending')));
    },
    async holders() {
      const rows = await db.query
        .selectDistinct({ processId: events.processId })
        .from(events)
        .where(and(isOpen, isNotNull(events.processId)));
      return rows.flatMap(({ processId }) => (processId === null ? [] : [processId]));
    },
    async release(processIds) {
      if (processIds.length === 0) return 0;
      const rows = await db.query
        .update(events)
        .set({ status: 'pending', processId: null })
        .where(and(isOpen, inArray(events.processId, [...processIds])))
        .returning({ id: events.id });
      return rows.length;
    },
    async prune(before) {
      await db.query.delete(events).where(and(inArray(events.status, ['done', 'dead']), lt(events.dueAt, before)));
    },
  };
}
