import type { Database } from '../database.ts';
import { and, eq, inArray, lt } from '../drizzle.ts';
import { withStorageErrors } from '../storage-error.ts';

/** Whose histories. What anyone else has stored is as if it were not there. */
export interface CompletionOwner {
  readonly organizationId: string;
  readonly actorId: string;
}

export interface CompletionThreadRepository {
  /**
   * One transaction: takes the conversation that stands under the history, and frees it from every other one, so that of
   * many callers with the same history one goes on in it. Null for the others, and where there is none.
   */
  take(owner: CompletionOwner, historyHash: string): Promise<string | null>;
  /** From now on the conversation stands under these histories, whichever stood there. */
  put(owner: CompletionOwner, historyHashes: readonly string[], conversationId: string): Promise<void>;
  forgetBefore(time: Date): Promise<void>;
}

export function createCompletionThreadRepository(
  db: Database,
  clock: () => Date = () => new Date(),
): CompletionThreadRepository {
  const { completionThreads: table } = db.tables;
  const ownedBy = ({ organizationId, actorId }: CompletionOwner) =>
    and(eq(table.organizationId, organizationId), eq(table.actorId, actorId));
  const lock = ({ organizationId, actorId }: CompletionOwner) =>
    db.lock(`completion threads ${JSON.stringify([organizationId, actorId])}`);
  return withStorageErrors<CompletionThreadRepository>({
    take: (owner, historyHash) =>
      db.transaction(async () => {
        await lock(owner);
        const [row] = await db.query
          .select({ conversationId: table.conversationId })
          .from(table)
          .where(and(ownedBy(owner), eq(table.historyHash, historyHash)));
        if (row === undefined) return null;
        await db.query.delete(table).where(and(ownedBy(owner), eq(table.conversationId, row.conversationId)));
        return row.conversationId;
      }),
    put: (owner, historyHashes, conversationId) =>
      db.transaction(async () => {
        await lock(owner);
        await db.query.delete(table).where(and(ownedBy(owner), inArray(table.historyHash, [...historyHashes])));
        const createdAt = clock();
        await db.query
          .insert(table)
          .values(
            [...new Set(historyHashes)].map((historyHash) => ({ ...owner, historyHash, conversationId, createdAt })),
          );
      }),
    async forgetBefore(time) {
      await db.query.delete(table).where(lt(table.createdAt, time));
    },
  });
}
