import type { Database } from '../database.ts';
import { and, asc, desc, eq, inArray, lt, lte, or, sql } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type QueueItemRecord = Tables['queueItems']['$inferSelect'];

/** An item in the hands of a worker: it is theirs as long as the lease is the one they were given. */
export interface HeldQueueItem {
  readonly id: string;
  readonly lease: string;
}

export interface QueueItemRepository {
  insert(
    item: Pick<QueueItemRecord, 'id' | 'organizationId' | 'topic' | 'payload' | 'dueAt' | 'createdAt'>,
  ): Promise<void>;
  /** Takes what is due, and what others have let go, in any number of processes at once. Each claim counts as an attempt. */
  claim(claim: {
    readonly topic: string;
    readonly lease: string;
    readonly now: Date;
    readonly until: Date;
    readonly limit: number;
  }): Promise<QueueItemRecord[]>;
  /** False where it is somebody else's by now. */
  renew(held: HeldQueueItem, until: Date): Promise<boolean>;
  /** It is over and forgotten. */
  finish(held: HeldQueueItem): Promise<boolean>;
  putBack(
    held: HeldQueueItem,
    again: { readonly dueAt: Date; readonly attempts: number; readonly problem: string | null },
  ): Promise<boolean>;
  bury(held: HeldQueueItem, problem: string, at: Date): Promise<boolean>;
  /** Newest first. */
  dead(organizationId: string, limit: number): Promise<QueueItemRecord[]>;
  revive(organizationId: string, id: string, now: Date): Promise<boolean>;
}

export function createQueueItemRepository(db: Database): QueueItemRepository {
  return withStorageErrors<QueueItemRepository>({ ...intake(db), ...work(db), ...graveyard(db) });
}

function intake(db: Database): Pick<QueueItemRepository, 'insert' | 'claim'> {
  const { queueItems: items } = db.tables;
  return {
    async insert(item) {
      await db.query.insert(items).values({ ...item, status: 'pending', attempts: 0 });
    },
    async claim({ topic, lease, now, until, limit }) {
      const isDue = and(eq(items.status, 'pending'), lte(items.dueAt, now));
      const isLetGo = and(eq(items.status, 'working'), lt(items.leasedUntil, now));
      const isFree = or(isDue, isLetGo);
      const due = db.query
        .select({ id: items.id })
        .from(items)
        .where(and(eq(items.topic, topic), isFree))
        .orderBy(asc(items.dueAt), asc(items.createdAt))
        .limit(limit);
      return (
        db.query
          .update(items)
          .set({ status: 'working', lease, leasedUntil: until, attempts: sql`${items.attempts} + 1` })
          // Said again for Postgres, where another process may have been faster since the selection.
          .where(and(inArray(items.id, due), isFree))
          .returning()
      );
    },
  };
}

function work(db: Database): Pick<QueueItemRepository, 'renew' | 'finish' | 'putBack' | 'bury'> {
  const { queueItems: items } = db.tables;
  const inHand = ({ id, lease }: HeldQueueItem) =>
    and(eq(items.id, id), eq(items.lease, lease), eq(items.status, 'working'));
  const returned = { id: items.id };
  const change = async (held: HeldQueueItem, set: Partial<QueueItemRecord>) =>
    (await db.query.update(items).set(set).where(inHand(held)).returning(returned)).length > 0;
  const free = { lease: null, leasedUntil: null };
  return {
    renew: (held, leasedUntil) => change(held, { leasedUntil }),
    async finish(held) {
      return (await db.query.delete(items).where(inHand(held)).returning(returned)).length > 0;
    },
    putBack: (held, again) => change(held, { ...again, ...free, status: 'pending' }),
    bury: (held, problem, endedAt) => change(held, { ...free, status: 'dead', problem, endedAt }),
  };
}

function graveyard(db: Database): Pick<QueueItemRepository, 'dead' | 'revive'> {
  const { queueItems: items } = db.tables;
  return {
    dead: async (organizationId, limit) =>
      db.query
        .select()
        .from(items)
        .where(and(eq(items.organizationId, organizationId), eq(items.status, 'dead')))
        .orderBy(desc(items.endedAt))
        .limit(limit),
    async revive(organizationId, id, now) {
      const isDead = and(eq(items.organizationId, organizationId), eq(items.id, id), eq(items.status, 'dead'));
      const set = { status: 'pending' as const, attempts: 0, dueAt: now, problem: null, endedAt: null };
      return (await db.query.update(items).set(set).where(isDead).returning({ id: items.id })).length > 0;
    },
  };
}
