import type { Database } from '../database.ts';
import { and, eq, sql } from '../drizzle.ts';
import { later, placeholders, prepare } from '../prepare.ts';
import { storableText } from '../storable-text.ts';
import type { RunOutcome, RunRecord } from './runs.ts';

export interface NewRunRecord {
  readonly id: string;
  readonly organizationId: string;
  readonly conversationId: string;
  readonly messageId: string;
  readonly personaId: string;
  readonly personaVersion: string;
  readonly model: string;
  readonly channel: string;
  readonly place: string | null;
  readonly actorKind: string;
  readonly actorId: string;
  readonly processId: string;
  readonly outsideText: string | null;
  readonly jobRunId?: string | null;
  readonly trial?: boolean;
  readonly at: Date;
}

interface RunInHand {
  readonly organizationId: string;
  readonly runId: string;
  readonly processId: string | null;
  readonly outsideText: string | null;
}

export interface RunUse {
  readonly steps: number;
  readonly usage: RunOutcome['usage'];
}

export type RunStatements = ReturnType<typeof prepareRuns>;

/** The statements of a run's life that are part of a conversation's transactions. */
export function prepareRuns(db: Database) {
  return { ...prepareStart(db), ...prepareWork(db), ...prepareWaiting(db), ...prepareReading(db) };
}

function prepareReading(db: Database) {
  const { runs } = db.tables;
  return {
    /** The ids of the messages in a conversation that were answered on behalf of this actor. */
    async answersFor(
      actor: { readonly organizationId: string; readonly id: string },
      conversationId: string,
    ): Promise<ReadonlySet<string>> {
      const ofConversation = and(
        eq(runs.organizationId, actor.organizationId),
        eq(runs.conversationId, conversationId),
        eq(runs.actorId, actor.id),
      );
      const rows = await db.query.select({ messageId: runs.messageId }).from(runs).where(ofConversation);
      return new Set(rows.map(({ messageId }) => messageId));
    },
  };
}

function prepareStart(db: Database) {
  const { at, ...columns } = placeholders(
    'id',
    'organizationId',
    'conversationId',
    'messageId',
    'personaId',
    'personaVersion',
    'model',
    'channel',
    'place',
    'actorKind',
    'actorId',
    'processId',
    'outsideText',
    'jobRunId',
    'trial',
    'at',
  );
  const start = prepare(
    db,
    'runs_start',
    db.query
      .insert(db.tables.runs)
      .values({ ...columns, status: 'running', steps: 0, inputTokens: 0, outputTokens: 0, startedAt: at }),
  );
  return {
    async start(run: NewRunRecord): Promise<void> {
      await start.execute({ ...run, jobRunId: run.jobRunId ?? null, trial: run.trial ?? false });
    },
  };
}

/** Changes of a run that runs, by the process that has it in hand; false where it has it no more. */
function prepareWork(db: Database) {
  const { runs } = db.tables;
  const { organizationId, runId, processId, outsideText, ...bound } = placeholders(
    'organizationId',
    'runId',
    'processId',
    'outsideText',
    'at',
    'status',
    'notice',
    'steps',
    'inputTokens',
    'outputTokens',
  );
  const { at, status, notice, ...use } = bound;
  const inHand = and(
    eq(runs.organizationId, organizationId),
    eq(runs.id, runId),
    eq(runs.status, 'running'),
    sql`${runs.processId} is not distinct from ${processId}`,
  );
  const always = { ...later({ ...use, outsideText }), checkpoint: sql`null` };
  const returned = { id: runs.id };
  const progress = prepare(db, 'runs_progress', db.query.update(runs).set(always).where(inHand).returning(returned));
  const end = prepare(
    db,
    'runs_end',
    db.query
      .update(runs)
      .set({ ...always, ...later({ status, notice, endedAt: at }) })
      .where(inHand)
      .returning(returned),
  );
  return {
    /** From here on it cannot be put back to where it waited. */
    async progress(run: RunInHand, { steps, usage }: RunUse): Promise<boolean> {
      return (await progress.execute({ ...run, steps, ...usage })).length > 0;
    },
    async end(run: RunInHand, { usage, fault, ...outcome }: RunOutcome, at: Date): Promise<boolean> {
      const text = fault === null ? null : storableText(fault.message);
      return (await end.execute({ ...run, ...outcome, ...usage, notice: text, at })).length > 0;
    },
  };
}

function prepareWaiting(db: Database) {
  const { runs } = db.tables;
  const isRun = (organizationId: string, id: string) => and(eq(runs.organizationId, organizationId), eq(runs.id, id));
  return {
    /** False where the process has it no more. */
    async suspend(
      { organizationId, runId, processId, outsideText }: RunInHand & { readonly processId: string },
      { steps, usage, checkpoint }: RunUse & { readonly checkpoint: object },
    ): Promise<boolean> {
      const rows = await db.query
        .update(runs)
        .set({ status: 'waiting', processId: null, checkpoint, steps, ...usage, outsideText })
        .where(and(isRun(organizationId, runId), eq(runs.status, 'running'), eq(runs.processId, processId)))
        .returning({ id: runs.id });
      return rows.length > 0;
    },
    /** Of many callers in any number of processes one gets it; null for the others. */
    async claim(run: { organizationId: string; id: string; processId: string }): Promise<RunRecord | null> {
      const [row] = await db.query
        .update(runs)
        .set({ status: 'running', processId: run.processId })
        .where(and(isRun(run.organizationId, run.id), eq(runs.status, 'waiting')))
        .returning();
      return row ?? null;
    },
    async status(organizationId: string, id: string): Promise<RunRecord['status'] | null> {
      const [row] = await db.query.select({ status: runs.status }).from(runs).where(isRun(organizationId, id));
      return row?.status ?? null;
    },
  };
}
