import type { Database } from '../database.ts';
import { eq, lte } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type OauthFlowRecord = Tables['oauthFlows']['$inferSelect'];

export interface OauthFlowRepository {
  /** Forgets all that have ended meanwhile. */
  insert(flow: OauthFlowRecord, now: Date): Promise<void>;
  /** Takes it out, so that nobody gets it twice; null when it is not there. */
  take(stateHash: string): Promise<OauthFlowRecord | null>;
}

export function createOauthFlowRepository(db: Database): OauthFlowRepository {
  const { oauthFlows } = db.tables;
  return withStorageErrors<OauthFlowRepository>({
    async insert(flow, now) {
      await db.query.delete(oauthFlows).where(lte(oauthFlows.expiresAt, now));
      await db.query.insert(oauthFlows).values(flow);
    },
    async take(stateHash) {
      const rows = await db.query.delete(oauthFlows).where(eq(oauthFlows.stateHash, stateHash)).returning();
      return rows[0] ?? null;
    },
  });
}
