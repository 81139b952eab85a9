import type { Database } from '../database.ts';
import { and, asc, eq } from '../drizzle.ts';
import { later, placeholders, prepare } from '../prepare.ts';
import type { StoredRunStatus } from '../schema/runs.ts';
import type { Tables } from '../schema/tables.ts';
import { storableText } from '../storable-text.ts';
import { withStorageErrors } from '../storage-error.ts';
import { prepareMessages } from './messages.ts';

export type RunRecord = Tables['runs']['$inferSelect'];

export interface RunOutcome {
  readonly status: Exclude<StoredRunStatus, 'running'>;
  /** Its message tells people why the run did not end well. */
  readonly fault: { readonly message: string } | null;
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number };
  readonly steps: number;
}

export interface NewRunRecord {
  readonly id: string;
  readonly organizationId: string;
  readonly conversationId: string;
  readonly messageId: string;
  readonly personaId: string;
  readonly personaVersion: string;
  readonly model: string;
  readonly channel: string;
  readonly actorKind: string;
  readonly actorId: string;
  readonly at: Date;
}

export interface RunRepository {
  find(organizationId: string, id: string): Promise<RunRecord | null>;
  /** Runs of every organization that never ended, oldest first. For the start, before any new run begins. */
  listUnfinished(): Promise<RunRecord[]>;
  /**
   * One transaction: ends the run as interrupted, says so in its answer, and frees the conversation.
   * False when the run is not there or has ended.
   */
  markInterrupted(run: { organizationId: string; id: string; notice: string }): Promise<boolean>;
}

export function createRunRepository(db: Database, clock: () => Date = () => new Date()): RunRepository {
  const { conversations, runs } = db.tables;
  const messages = prepareMessages(db);
  const statements = prepareRuns(db);

  async function find(organizationId: string, id: string): Promise<RunRecord | null> {
    const [row] = await db.query
      .select()
      .from(runs)
      .where(and(eq(runs.organizationId, organizationId), eq(runs.id, id)));
    return row ?? null;
  }

  async function noteInAnswer(run: RunRecord, notice: string, at: Date): Promise<void> {
    const { organizationId, conversationId, id: runId, personaVersion, model } = run;
    const earlier = (await messages.list(organizationId, conversationId)).find(({ id }) => id === run.messageId);
    const metadata = { runId, personaVersion, model, ...earlier?.metadata, status: 'interrupted', notice };
    const message = { id: run.messageId, role: 'assistant' as const, parts: earlier?.parts ?? [], metadata };
    await messages.save({ organizationId, conversationId, message, runId, at });
  }

  return withStorageErrors<RunRepository>({
    find,
    async listUnfinished() {
      return db.query.select().from(runs).where(eq(runs.status, 'running')).orderBy(asc(runs.startedAt));
    },
    markInterrupted: ({ organizationId, id, notice }) =>
      db.transaction(async () => {
        const at = clock();
        const run = await find(organizationId, id);
        if (run === null) return false;
        const usage = { inputTokens: run.inputTokens, outputTokens: run.outputTokens };
        const end = { status: 'interrupted', fault: { message: notice }, usage, steps: run.steps } as const;
        if (!(await statements.end({ organizationId, runId: id, end, at }))) return false;
        await noteInAnswer(run, notice, at);
        await db.query
          .update(conversations)
          .set({ activeRunId: null })
          .where(
            and(
              eq(conversations.organizationId, organizationId),
              eq(conversations.id, run.conversationId),
              eq(conversations.activeRunId, id),
            ),
          );
        return true;
      }),
  });
}

export type RunStatements = ReturnType<typeof prepareRuns>;

/** The statements of a run's life that are part of a conversation's transactions. */
export function prepareRuns(db: Database) {
  const { runs } = db.tables;
  const { at, status, notice, steps, inputTokens, outputTokens, runId, ...identity } = placeholders(
    'id',
    'organizationId',
    'conversationId',
    'messageId',
    'personaId',
    'personaVersion',
    'model',
    'channel',
    'actorKind',
    'actorId',
    'at',
    'status',
    'notice',
    'steps',
    'inputTokens',
    'outputTokens',
    'runId',
  );
  const start = prepare(
    db,
    'runs_start',
    db.query
      .insert(runs)
      .values({ ...identity, status: 'running', steps: 0, inputTokens: 0, outputTokens: 0, startedAt: at }),
  );
  const end = prepare(
    db,
    'runs_end',
    db.query
      .update(runs)
      .set(later({ status, notice, steps, inputTokens, outputTokens, endedAt: at }))
      .where(and(eq(runs.organizationId, identity.organizationId), eq(runs.id, runId), eq(runs.status, 'running')))
      .returning({ id: runs.id }),
  );
  return {
    async start(run: NewRunRecord): Promise<void> {
      await start.execute({ ...run });
    },
    /** False when the run has ended already. */
    async end(finish: { organizationId: string; runId: string; end: RunOutcome; at: Date }): Promise<boolean> {
      const { organizationId, runId: id, at: endedAt } = finish;
      const { usage, fault, ...outcome } = finish.end;
      const text = fault === null ? null : storableText(fault.message);
      const rows = await end.execute({ organizationId, runId: id, at: endedAt, ...outcome, ...usage, notice: text });
      return rows.length > 0;
    },
  };
}
