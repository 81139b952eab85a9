import type { Database } from '../database.ts';
import { and, asc, eq, inArray, isNotNull, isNull, lt, or, sql } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type SlackAnswerRecord = Tables['slackAnswers']['$inferSelect'];

export type NewSlackAnswer = Pick<
  SlackAnswerRecord,
  | 'organizationId'
  | 'runId'
  | 'conversationId'
  | 'connectionId'
  | 'channelId'
  | 'threadTs'
  | 'slackUserId'
  | 'processId'
>;

export interface SlackAnswerKey {
  readonly organizationId: string;
  readonly runId: string;
}

export type SlackAnswerChange = Partial<
  Pick<SlackAnswerRecord, 'messageTs' | 'controlTs' | 'postedParts' | 'status' | 'processId'>
>;

export interface SlackAnswerRepository {
  /** Leaves an answer that is there as it is. */
  insert(answer: NewSlackAnswer): Promise<void>;
  find(key: SlackAnswerKey): Promise<SlackAnswerRecord | null>;
  /** Whether something in the thread is not told whole yet. */
  isTelling(
    thread: Pick<SlackAnswerRecord, 'organizationId' | 'connectionId' | 'channelId' | 'threadTs'>,
  ): Promise<boolean>;
  /** For one process at a time: null where the answer is not any more as the caller saw it. It is open from here on. */
  take(seen: SlackAnswerRecord, processId: string): Promise<SlackAnswerRecord | null>;
  /** False where the process has it no more. */
  change(key: SlackAnswerKey & { readonly processId: string }, change: SlackAnswerChange): Promise<boolean>;
  /** The processes that have answers in hand. */
  holders(): Promise<string[]>;
  /**
   * Of every organization: those not posted whole that nobody has in hand, or one of these lost processes, and that
   * nobody has touched since. Where a run waits and all was told of it, nothing is left to do.
   */
  listAbandoned(query: {
    readonly lost: readonly string[];
    readonly untouchedSince: Date;
    readonly limit: number;
  }): Promise<SlackAnswerRecord[]>;
}

export function createSlackAnswerRepository(db: Database, clock: () => Date = () => new Date()): SlackAnswerRepository {
  return withStorageErrors<SlackAnswerRepository>({ ...reading(db), ...writing(db, clock) });
}

type Reading = 'find' | 'isTelling' | 'holders' | 'listAbandoned';

function reading(db: Database): Pick<SlackAnswerRepository, Reading> {
  const { slackAnswers: answers, runs } = db.tables;
  return {
    async find({ organizationId, runId }) {
      const [row] = await db.query
        .select()
        .from(answers)
        .where(and(eq(answers.organizationId, organizationId), eq(answers.runId, runId)));
      return row ?? null;
    },
    async isTelling({ organizationId, connectionId, channelId, threadTs }) {
      const rows = await db.query
        .select({ runId: answers.runId })
        .from(answers)
        .where(
          and(
            eq(answers.organizationId, organizationId),
            eq(answers.connectionId, connectionId),
            eq(answers.channelId, channelId),
            eq(answers.threadTs, threadTs),
            eq(answers.status, 'open'),
          ),
        )
        .limit(1);
      return rows.length > 0;
    },
    async holders() {
      const rows = await db.query
        .selectDistinct({ processId: answers.processId })
        .from(answers)
        .where(and(eq(answers.status, 'open'), isNotNull(answers.processId)));
      return rows.flatMap(({ processId }) => (processId === null ? [] : [processId]));
    },
    async listAbandoned({ lost, untouchedSince, limit }) {
      const waits = sql`exists (select 1 from ${runs} where ${runs.id} = ${answers.runId} and ${runs.status} = 'waiting')`;
      const isFree = and(isNull(answers.processId), sql`not ${waits}`);
      const isLost = lost.length === 0 ? undefined : inArray(answers.processId, [...lost]);
      return db.query
        .select()
        .from(answers)
        .where(and(eq(answers.status, 'open'), or(isFree, isLost), lt(answers.updatedAt, untouchedSince)))
        .orderBy(asc(answers.updatedAt), asc(answers.runId))
        .limit(limit);
    },
  };
}

function writing(db: Database, clock: () => Date): Omit<SlackAnswerRepository, Reading> {
  const { slackAnswers: answers } = db.tables;
  const at = ({ organizationId, runId }: SlackAnswerKey) =>
    and(eq(answers.organizationId, organizationId), eq(answers.runId, runId));
  return {
    async insert(answer) {
      const now = clock();
      await db.query
        .insert(answers)
        .values({
          ...answer,
          messageTs: null,
          controlTs: null,
          postedParts: 0,
          status: 'open',
          createdAt: now,
          updatedAt: now,
        })
        .onConflictDoNothing({ target: answers.runId });
    },
    async take(seen, processId) {
      const holder = seen.processId === null ? isNull(answers.processId) : eq(answers.processId, seen.processId);
      const [row] = await db.query
        .update(answers)
        .set({ processId, status: 'open', updatedAt: clock() })
        .where(and(at(seen), holder, eq(answers.status, seen.status), eq(answers.postedParts, seen.postedParts)))
        .returning();
      return row ?? null;
    },
    async change({ processId, ...key }, change) {
      const rows = await db.query
        .update(answers)
        .set({ ...change, updatedAt: clock() })
        .where(and(at(key), eq(answers.processId, processId)))
        .returning({ runId: answers.runId });
      return rows.length > 0;
    },
  };
}
