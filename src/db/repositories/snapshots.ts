import type { Database } from '../database.ts';
import { and, eq, gt, lte, or } from '../drizzle.ts';
import { withStorageErrors } from '../storage-error.ts';
import type { SnapshotRecord } from './effects.ts';

export interface SnapshotRepository {
  find(organizationId: string, callId: string): Promise<SnapshotRecord | null>;
  /** Puts another content in its place, while it is held. */
  replace(organizationId: string, callId: string, body: string): Promise<void>;
  /** held → restoring, while it has not expired. */
  take(organizationId: string, callId: string, by: { readonly undoId: string; readonly now: Date }): Promise<boolean>;
  /** restoring → restored, its content no longer kept, or back to held. */
  settle(organizationId: string, undoId: string, restored: boolean): Promise<void>;
  /** What a call did not change needs no snapshot. */
  erase(organizationId: string, callId: string): Promise<void>;
  /** Answers how many. Those an undo has in hand are kept until they expired before `heldUpBefore`. */
  eraseExpired(now: Date, heldUpBefore: Date): Promise<number>;
}

export function createSnapshotRepository(db: Database): SnapshotRepository {
  return withStorageErrors<SnapshotRepository>({ ...taking(db), ...erasing(db) });
}

function taking(db: Database): Pick<SnapshotRepository, 'find' | 'replace' | 'take' | 'settle'> {
  const { snapshots } = db.tables;
  return {
    async find(organizationId, callId) {
      const [row] = await db.query
        .select()
        .from(snapshots)
        .where(at(db, organizationId, callId));
      return row ?? null;
    },
    async replace(organizationId, callId, body) {
      await db.query
        .update(snapshots)
        .set({ body })
        .where(and(at(db, organizationId, callId), eq(snapshots.state, 'held')));
    },
    async take(organizationId, callId, { undoId, now }) {
      const rows = await db.query
        .update(snapshots)
        .set({ state: 'restoring', undoId })
        .where(and(at(db, organizationId, callId), eq(snapshots.state, 'held'), gt(snapshots.expiresAt, now)))
        .returning({ callId: snapshots.callId });
      return rows.length > 0;
    },
    async settle(organizationId, undoId, restored) {
      const after = restored
        ? ({ state: 'restored', body: null } as const)
        : ({ state: 'held', undoId: null } as const);
      await db.query
        .update(snapshots)
        .set(after)
        .where(
          and(
            eq(snapshots.organizationId, organizationId),
            eq(snapshots.undoId, undoId),
            eq(snapshots.state, 'restoring'),
          ),
        );
    },
  };
}

function erasing(db: Database): Pick<SnapshotRepository, 'erase' | 'eraseExpired'> {
  const { snapshots } = db.tables;
  const erased = { state: 'erased', body: null } as const;
  return {
    async erase(organizationId, callId) {
      await db.query
        .update(snapshots)
        .set(erased)
        .where(and(at(db, organizationId, callId), eq(snapshots.state, 'held')));
    },
    async eraseExpired(now, heldUpBefore) {
      const rows = await db.query
        .update(snapshots)
        .set(erased)
        .where(
          or(
            and(eq(snapshots.state, 'held'), lte(snapshots.expiresAt, now)),
            and(eq(snapshots.state, 'restoring'), lte(snapshots.expiresAt, heldUpBefore)),
          ),
        )
        .returning({ callId: snapshots.callId });
      return rows.length;
    },
  };
}

function at(db: Database, organizationId: string, callId: string) {
  const { snapshots } = db.tables;
  return and(eq(snapshots.organizationId, organizationId), eq(snapshots.callId, callId));
}
