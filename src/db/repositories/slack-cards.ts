import type { Database } from '../database.ts';
import { and, asc, eq, inArray, isNull, ne, or } from '../drizzle.ts';
import type { StoredApprovalStatus } from '../schema/approvals.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type SlackCardRecord = Tables['slackCards']['$inferSelect'];

export interface SlackCardKey {
  readonly connectionId: string;
  readonly channelId: string;
  readonly ts: string;
}

/** A card that shows something else than what became of its approval. */
export interface StaleSlackCard extends SlackCardRecord {
  /** Null where the approval is gone with its conversation. */
  readonly status: StoredApprovalStatus | null;
}

export interface SlackCardRepository {
  /** False where there is one already. */
  insert(card: SlackCardRecord): Promise<boolean>;
  ofApproval(organizationId: string, approvalId: string): Promise<SlackCardRecord[]>;
  /** False when the card is not there any more, or shows something else than `shown`. */
  change(
    key: SlackCardKey & { readonly shown: string },
    values: Partial<Pick<SlackCardRecord, 'approvalId' | 'ts' | 'shows' | 'updatedAt'>>,
  ): Promise<boolean>;
  remove(key: SlackCardKey): Promise<void>;
  /** Of every workspace that can be reached: cards that show `pending` or `told` of what does not wait any more, the longest untouched first. */
  listStale(limit: number): Promise<StaleSlackCard[]>;
  /** The organizations whose cards show `pending` or `told` in a workspace that can be reached. */
  organizationsAsked(): Promise<string[]>;
}

export function createSlackCardRepository(db: Database): SlackCardRepository {
  const { slackCards: cards, approvals, connections } = db.tables;
  const at = ({ connectionId, channelId, ts }: SlackCardKey) =>
    and(eq(cards.connectionId, connectionId), eq(cards.channelId, channelId), eq(cards.ts, ts));
  const isOpen = inArray(cards.shows, ['pending', 'told']);
  const itsConnection = and(
    eq(connections.organizationId, cards.organizationId),
    eq(connections.id, cards.connectionId),
    eq(connections.status, 'active'),
  );
  return withStorageErrors<SlackCardRepository>({
    async insert(card) {
      const rows = await db.query.insert(cards).values(card).onConflictDoNothing().returning({ ts: cards.ts });
      return rows.length > 0;
    },
    ofApproval: async (organizationId, approvalId) =>
      db.query
        .select()
        .from(cards)
        .where(and(eq(cards.organizationId, organizationId), eq(cards.approvalId, approvalId)))
        .orderBy(asc(cards.createdAt), asc(cards.ts)),
    async change({ shown, ...key }, values) {
      const rows = await db.query
        .update(cards)
        .set(values)
        .where(and(at(key), eq(cards.shows, shown)))
        .returning({ ts: cards.ts });
      return rows.length > 0;
    },
    async remove(key) {
      await db.query.delete(cards).where(at(key));
    },
    async listStale(limit) {
      const isOf = and(eq(approvals.organizationId, cards.organizationId), eq(approvals.id, cards.approvalId));
      const rows = await db.query
        .select({ card: cards, status: approvals.status })
        .from(cards)
        .innerJoin(connections, itsConnection)
        .leftJoin(approvals, isOf)
        .where(and(isOpen, or(isNull(approvals.id), ne(approvals.status, 'pending'))))
        .orderBy(asc(cards.updatedAt), asc(cards.ts))
        .limit(limit);
      return rows.map(({ card, status }) => ({ ...card, status }));
    },
    async organizationsAsked() {
      const rows = await db.query.selectDistinct({ organizationId: cards.organizationId }).from(cards).where(isOpen);
      return rows.map(({ organizationId }) => organizationId);
    },
  });
}
