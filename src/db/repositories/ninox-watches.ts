import type { Database } from '../database.ts';
import { and, asc, eq, gt, lte, sql } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { storableText } from '../storable-text.ts';
import { withStorageErrors } from '../storage-error.ts';

export type NinoxWatchRecord = Tables['ninoxWatches']['$inferSelect'];

export interface NinoxWatchKey {
  readonly organizationId: string;
  readonly jobId: string;
}

export type NinoxWatchMove = Partial<
  Pick<NinoxWatchRecord, 'sequence' | 'nextAt' | 'polledAt' | 'problem' | 'failures'>
>;

export interface NinoxWatchRepository {
  /** Keeps how far it was read where the place is the same, and begins anew otherwise; due at once. Joins the transaction. */
  put(watch: NinoxWatchKey & { readonly place: string; readonly now: Date }): Promise<void>;
  find(key: NinoxWatchKey): Promise<NinoxWatchRecord | null>;
  /** Joins the caller's transaction. */
  remove(key: NinoxWatchKey): Promise<void>;
  /**
   * Takes those that are due, the longest due first: until `until` no other process gets them. What is stored of them
   * afterwards names the revision they have here.
   */
  claimDue(claim: { readonly now: Date; readonly until: Date; readonly limit: number }): Promise<NinoxWatchRecord[]>;
  /** Makes all due at `now` that would be due later; those that are claimed as well. */
  wakeAll(now: Date): Promise<void>;
  /** False, and nothing stored, where `revision` is not the newest: another process has it. Joins the transaction. */
  move(key: NinoxWatchKey & { readonly revision: number }, to: NinoxWatchMove): Promise<boolean>;
}

export function createNinoxWatchRepository(db: Database): NinoxWatchRepository {
  const move = createMove(db);
  return withStorageErrors<NinoxWatchRepository>({ move, ...keeping(db), ...claiming(db, move) });
}

type Watches = Tables['ninoxWatches'];

const isIt = (watches: Watches, { organizationId, jobId }: NinoxWatchKey) =>
  and(eq(watches.organizationId, organizationId), eq(watches.jobId, jobId));

function createMove(db: Database): NinoxWatchRepository['move'] {
  const { ninoxWatches: watches } = db.tables;
  return async ({ revision, ...key }, { problem, ...to }) => {
    const moved = await db.query
      .update(watches)
      .set({ ...to, ...problemIn(problem), revision: revision + 1 })
      .where(and(isIt(watches, key), eq(watches.revision, revision)))
      .returning({ revision: watches.revision });
    return moved.length > 0;
  };
}

function keeping(db: Database): Pick<NinoxWatchRepository, 'put' | 'find' | 'remove'> {
  const { ninoxWatches: watches } = db.tables;
  return {
    async put({ place, now, ...key }) {
      const fresh = { place, sequence: null, nextAt: now, polledAt: null, problem: null, failures: 0 };
      const isSame = sql`${watches.place} = ${place}`;
      await db.query
        .insert(watches)
        .values({ ...key, ...fresh, revision: 1 })
        .onConflictDoUpdate({
          target: [watches.organizationId, watches.jobId],
          set: {
            place,
            sequence: sql`case when ${isSame} then ${watches.sequence} else null end`,
            polledAt: sql`case when ${isSame} then ${watches.polledAt} else null end`,
            nextAt: now,
            problem: null,
            failures: 0,
            revision: sql`${watches.revision} + 1`,
          },
        });
    },
    async find(key) {
      const [found] = await db.query.select().from(watches).where(isIt(watches, key)).limit(1);
      return found ?? null;
    },
    async remove(key) {
      await db.query.delete(watches).where(isIt(watches, key));
    },
  };
}

function claiming(
  db: Database,
  move: NinoxWatchRepository['move'],
): Pick<NinoxWatchRepository, 'wakeAll' | 'claimDue'> {
  const { ninoxWatches: watches } = db.tables;
  return {
    async wakeAll(now) {
      await db.query.update(watches).set({ nextAt: now }).where(gt(watches.nextAt, now));
    },
    async claimDue({ now, until, limit }) {
      const due = await db.query
        .select()
        .from(watches)
        .where(lte(watches.nextAt, now))
        .orderBy(asc(watches.nextAt), asc(watches.jobId))
        .limit(limit);
      const claimed: NinoxWatchRecord[] = [];
      for (const watch of due) {
        if (await move(watch, { nextAt: until })) {
          claimed.push({ ...watch, nextAt: until, revision: watch.revision + 1 });
        }
      }
      return claimed;
    },
  };
}

function problemIn(problem: string | null | undefined): Pick<NinoxWatchMove, 'problem'> {
  return problem === undefined ? {} : { problem: problem === null ? null : storableText(problem) };
}
