import type { Database } from '../database.ts';
import { inArray, lte, sql } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type EndedTokenRecord = Tables['endedTokens']['$inferSelect'];

export interface EndedTokenRepository {
  /** The token is over although its time is not; forgets those whose time is. Ending one twice keeps the later time. */
  end(token: EndedTokenRecord): Promise<void>;
  /** Whether any of these was ended. */
  isEnded(tokenHashes: readonly string[]): Promise<boolean>;
}

export function createEndedTokenRepository(db: Database, clock: () => Date = () => new Date()): EndedTokenRepository {
  const { endedTokens } = db.tables;
  return withStorageErrors<EndedTokenRepository>({
    async end(token) {
      await db.query.delete(endedTokens).where(lte(endedTokens.expiresAt, clock()));
      await db.query
        .insert(endedTokens)
        .values(token)
        .onConflictDoUpdate({
          target: endedTokens.tokenHash,
          set: { expiresAt: token.expiresAt },
          setWhere: sql`${endedTokens.expiresAt} < excluded.expires_at`,
        });
    },
    async isEnded(tokenHashes) {
      const rows = await db.query
        .select({ tokenHash: endedTokens.tokenHash })
        .from(endedTokens)
        .where(inArray(endedTokens.tokenHash, [...tokenHashes]))
        .limit(1);
      return rows.length > 0;
    },
  });
}
