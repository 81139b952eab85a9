import type { Database } from '../database.ts';
import { and, asc, eq, isNotNull, isNull, sql } from '../drizzle.ts';
import type { StoredRunStatus } from '../schema/runs.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';
import type { MessageKey } from './messages.ts';

export type RunRecord = Tables['runs']['$inferSelect'];

export interface RunOutcome {
  readonly status: Exclude<StoredRunStatus, 'running' | 'waiting'>;
  /** Its message tells people why the run did not end well. */
  readonly fault: { readonly message: string } | null;
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number };
  readonly steps: number;
}

/** A run as a process has it in hand; null for one that none has. */
export interface HeldRun {
  readonly organizationId: string;
  readonly id: string;
  readonly processId: string | null;
}

export interface RunRepository {
  find(organizationId: string, id: string): Promise<RunRecord | null>;
  /** The run that answers a person's message; null where there is no such message. */
  answering(message: MessageKey): Promise<RunRecord | null>;
  /** Runs of every organization that are at work, or whose process is lost; oldest first. */
  listRunning(): Promise<RunRecord[]>;
  /** Runs of every organization that wait and have nothing left to wait for; oldest first. */
  listDecided(limit: number): Promise<HeldRun[]>;
  /**
   * One transaction: a run that has been taken up and has stored nothing since waits again. False where it is not in the
   * hands of `processId` any more, or has stored something.
   */
  putBack(run: HeldRun & { readonly checkpoint: object }): Promise<boolean>;
}

export function createRunRepository(db: Database, clock: () => Date = () => new Date()): RunRepository {
  const { runs } = db.tables;
  return withStorageErrors<RunRepository>({
    async find(organizationId, id) {
      const [row] = await db.query
        .select()
        .from(runs)
        .where(and(eq(runs.organizationId, organizationId), eq(runs.id, id)));
      return row ?? null;
    },
    answering: prepareAnswering(db),
    async listRunning() {
      return db.query.select().from(runs).where(eq(runs.status, 'running')).orderBy(asc(runs.startedAt));
    },
    ...waiting(db, clock),
  });
}

/**
 * A run's answer is the next message after the one it answers, once there is any of it; until then the run holds the
 * conversation. One statement, so that it cannot end in between.
 */
function prepareAnswering(db: Database): RunRepository['answering'] {
  const { conversations, messages, runs } = db.tables;
  return async ({ organizationId, conversationId, id }) => {
    const ofConversation = sql`organization_id = ${organizationId} and conversation_id = ${conversationId}`;
    const asked = sql`(select seq from ${messages} where ${ofConversation} and id = ${id} and role = 'user')`;
    const answer = sql`(select run_id from ${messages} where ${ofConversation} and seq = ${asked} + 1)`;
    const holder = sql`(select active_run_id from ${conversations} where organization_id = ${organizationId}
      and id = ${conversationId} and ${asked} is not null)`;
    const [row] = await db.query
      .select()
      .from(runs)
      .where(and(eq(runs.organizationId, organizationId), sql`${runs.id} = coalesce(${answer}, ${holder})`));
    return row ?? null;
  };
}

function waiting(db: Database, clock: () => Date): Pick<RunRepository, 'listDecided' | 'putBack'> {
  const { approvals, conversations, runs } = db.tables;
  return {
    async listDecided(limit) {
      const pending = db.query
        .select({ one: sql`1` })
        .from(approvals)
        .where(
          and(
            eq(approvals.organizationId, runs.organizationId),
            eq(approvals.runId, runs.id),
            eq(approvals.status, 'pending'),
            // The run has ended before anything of it is taken back.
            sql`${approvals.kind} <> 'undo'`,
          ),
        );
      return db.query
        .select({ organizationId: runs.organizationId, id: runs.id, processId: runs.processId })
        .from(runs)
        .where(and(eq(runs.status, 'waiting'), sql`not exists ${pending}`))
        .orderBy(asc(runs.startedAt))
        .limit(limit);
    },
    putBack: ({ organizationId, id, processId, checkpoint }) =>
      db.transaction(async () => {
        const rows = await db.query
          .update(runs)
          .set({ status: 'waiting', processId: null, checkpoint })
          .where(
            and(
              eq(runs.organizationId, organizationId),
              eq(runs.id, id),
              eq(runs.status, 'running'),
              processId === null ? isNull(runs.processId) : eq(runs.processId, processId),
              isNotNull(runs.checkpoint),
            ),
          )
          .returning({ conversationId: runs.conversationId });
        if (rows.length === 0) return false;
        await db.query
          .update(conversations)
          .set({ waitingSince: clock() })
          .where(and(eq(conversations.organizationId, organizationId), eq(conversations.activeRunId, id)));
        return true;
      }),
  };
}
