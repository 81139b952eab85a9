import type { SQL } from 'drizzle-orm';
import type { Database } from '../database.ts';
import {
  and,
  asc,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  ne,
  notInArray,
  or,
  sql,
} from '../drizzle.ts';
import type { StoredEffectState } from '../schema/effects.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type EffectRecord = Tables['effects']['$inferSelect'];
export type SnapshotRecord = Tables['snapshots']['$inferSelect'];

export interface EffectKey {
  readonly organizationId: string;
  readonly id: string;
}

export interface CountedEffects {
  readonly organizationId: string;
  readonly personaId: string;
  readonly tool: string;
}

export interface EffectRepository {
  /** One transaction, which joins the caller's. Throws where the id is there already. */
  insert(effect: EffectRecord, snapshot: SnapshotRecord | null): Promise<void>;
  /** Inside a transaction: nobody else gets past the same lock until it ends. */
  lockCounts(counted: CountedEffects): Promise<void>;
  /** Records changed by calls since a time, or by one run; those known to have had no effect do not count. */
  sum(counted: CountedEffects, of: { readonly since: Date } | { readonly runId: string }): Promise<number>;
  /** One conditional statement: false when the effect is in none of the states `from`. */
  move(
    key: EffectKey,
    from: readonly StoredEffectState[],
    values: Partial<Omit<EffectRecord, 'id' | 'organizationId'>>,
  ): Promise<boolean>;
  find(key: EffectKey): Promise<EffectRecord | null>;
  /** The newest undo of a call that is not known to have had no effect. */
  findUndo(organizationId: string, callId: string): Promise<EffectRecord | null>;
  /** Open ones whose process is none of `alive`, or that began before `begunBefore`. */
  listLost(alive: readonly string[], begunBefore: Date): Promise<EffectRecord[]>;
  listDue(now: Date, limit: number): Promise<EffectRecord[]>;
  /** Compare-and-set on the time it is due: null when another process was faster. */
  claim(due: EffectRecord, until: Date): Promise<EffectRecord | null>;
  setNextTry(key: EffectKey, at: Date | null): Promise<void>;
  /** Ended and due to be told; looked up in vain; or left behind by a run that was interrupted since `interruptedSince`. */
  listUntold(now: Date, interruptedSince: Date, limit: number): Promise<EffectRecord[]>;
  markTold(key: EffectKey, at: Date): Promise<void>;
  /** Whether one is open, looked for, or waits to be told. */
  isAnyUnsettled(): Promise<boolean>;
}

export function createEffectRepository(db: Database): EffectRepository {
  return withStorageErrors<EffectRepository>({
    ...life(db),
    ...counting(db),
    ...reading(db),
    ...upkeep(db),
    ...telling(db),
  });
}

const open: StoredEffectState[] = ['intended', 'sent'];

function life(db: Database): Pick<EffectRepository, 'insert' | 'move'> {
  const { effects, snapshots } = db.tables;
  return {
    insert: (effect, snapshot) =>
      db.transaction(async () => {
        await db.query.insert(effects).values(effect);
        if (snapshot !== null) await db.query.insert(snapshots).values(snapshot);
      }),
    async move(key, from, values) {
      const rows = await db.query
        .update(effects)
        .set(values)
        .where(and(at(db, key), inArray(effects.state, [...from])))
        .returning({ id: effects.id });
      return rows.length > 0;
    },
  };
}

function counting(db: Database): Pick<EffectRepository, 'lockCounts' | 'sum'> {
  const { effects } = db.tables;
  return {
    lockCounts: ({ organizationId, personaId, tool }) =>
      db.lock(`counted effects of ${JSON.stringify([organizationId, personaId, tool])}`),
    async sum({ organizationId, personaId, tool }, of) {
      const [row] = await db.query
        .select({ rows: sql<string | number | null>`sum(${effects.rows})` })
        .from(effects)
        .where(
          and(
            eq(effects.organizationId, organizationId),
            eq(effects.tool, tool),
            // A run has one persona; naming it as well would have its whole past searched.
            ...('since' in of
              ? [eq(effects.personaId, personaId), gte(effects.intendedAt, of.since)]
              : [eq(effects.runId, of.runId)]),
            eq(effects.kind, 'call'),
            ne(effects.state, 'failed'),
            or(isNull(effects.happened), eq(effects.happened, true)),
          ),
        );
      // Postgres gives sums as text.
      return Number(row?.rows ?? 0);
    },
  };
}

function reading(db: Database): Pick<EffectRepository, 'find' | 'findUndo'> {
  const { effects } = db.tables;
  return {
    async find(key) {
      const [row] = await db.query.select().from(effects).where(at(db, key));
      return row ?? null;
    },
    async findUndo(organizationId, callId) {
      const [row] = await db.query
        .select()
        .from(effects)
        .where(
          and(
            eq(effects.organizationId, organizationId),
            eq(effects.undoes, callId),
            eq(effects.kind, 'undo'),
            ne(effects.state, 'failed'),
            or(isNull(effects.happened), eq(effects.happened, true)),
          ),
        )
        .orderBy(desc(effects.intendedAt))
        .limit(1);
      return row ?? null;
    },
  };
}

type Upkeep = 'listLost' | 'listDue' | 'claim' | 'setNextTry';

function upkeep(db: Database): Pick<EffectRepository, Upkeep> {
  const { effects } = db.tables;
  return {
    listLost: async (alive, begunBefore) =>
      db.query
        .select()
        .from(effects)
        .where(
          and(
            inArray(effects.state, open),
            or(notInArray(effects.processId, [...alive]), lt(effects.intendedAt, begunBefore)),
          ),
        )
        .orderBy(asc(effects.intendedAt)),
    listDue: async (now, limit) =>
      db.query
        .select()
        .from(effects)
        .where(and(eq(effects.state, 'outcome_unknown'), lte(effects.nextTryAt, now)))
        .orderBy(asc(effects.nextTryAt), asc(effects.id))
        .limit(limit),
    async claim({ organizationId, id, nextTryAt }, until) {
      if (nextTryAt === null) return null;
      const [row] = await db.query
        .update(effects)
        .set({ nextTryAt: until, tries: sql`${effects.tries} + 1` })
        .where(
          and(at(db, { organizationId, id }), eq(effects.state, 'outcome_unknown'), eq(effects.nextTryAt, nextTryAt)),
        )
        .returning();
      return row ?? null;
    },
    async setNextTry(key, nextTryAt) {
      // What another process has told meanwhile is over.
      await db.query
        .update(effects)
        .set({ nextTryAt })
        .where(and(at(db, key), isNull(effects.toldAt)));
    },
  };
}

function telling(db: Database): Pick<EffectRepository, 'listUntold' | 'markTold' | 'isAnyUnsettled'> {
  const { effects } = db.tables;
  const some = async (condition: SQL | undefined) =>
    (await db.query.select({ id: effects.id }).from(effects).where(condition).limit(1)).length > 0;
  return {
    async listUntold(now, interruptedSince, limit) {
      const due = await listDueToTell(db, now, limit);
      return [...due, ...(await listOfInterrupted(db, interruptedSince, limit))].slice(0, limit);
    },
    async markTold(key, toldAt) {
      await db.query.update(effects).set({ toldAt, nextTryAt: null }).where(at(db, key));
    },
    async isAnyUnsettled() {
      const settled: StoredEffectState[] = ['outcome_unknown', 'succeeded', 'failed', 'reconciled'];
      if (await some(inArray(effects.state, open))) return true;
      if (await some(and(inArray(effects.state, settled), isNotNull(effects.nextTryAt), isNull(effects.toldAt))))
        return true;
      return some(and(eq(effects.state, 'outcome_unknown'), isNull(effects.nextTryAt), isNull(effects.toldAt)));
    },
  };
}

async function listDueToTell(db: Database, now: Date, limit: number): Promise<EffectRecord[]> {
  const { effects } = db.tables;
  const known: StoredEffectState[] = ['succeeded', 'failed', 'reconciled'];
  return db.query
    .select()
    .from(effects)
    .where(
      and(
        isNull(effects.toldAt),
        or(
          and(inArray(effects.state, known), lte(effects.nextTryAt, now)),
          and(eq(effects.state, 'outcome_unknown'), isNull(effects.nextTryAt)),
        ),
      ),
    )
    .orderBy(asc(effects.endedAt))
    .limit(limit);
}

const mostInterrupted = 200;

/**
 * Their process ended between the effect and the answer that was to show it. Step by step: in one statement SQLite would
 * go through all effects that ever succeeded.
 */
async function listOfInterrupted(db: Database, since: Date, limit: number): Promise<EffectRecord[]> {
  const { effects, runs } = db.tables;
  const interrupted = await db.query
    .select({ id: runs.id, organizationId: runs.organizationId })
    .from(runs)
    .where(and(eq(runs.status, 'interrupted'), gt(runs.endedAt, since)))
    .orderBy(desc(runs.startedAt))
    .limit(mostInterrupted);
  if (interrupted.length === 0) return [];
  const organizations = [...new Set(interrupted.map(({ organizationId }) => organizationId))];
  const runIds = interrupted.map(({ id }) => id);
  const rows = await db.query
    .select()
    .from(effects)
    .where(and(inArray(effects.organizationId, organizations), inArray(effects.runId, runIds), isNull(effects.toldAt)));
  const isLeft = ({ kind, state, nextTryAt }: EffectRecord) =>
    kind === 'call' && nextTryAt === null && (state === 'succeeded' || state === 'failed');
  return rows.filter(isLeft).slice(0, limit);
}

function at(db: Database, { organizationId, id }: EffectKey): SQL | undefined {
  const { effects } = db.tables;
  return and(eq(effects.organizationId, organizationId), eq(effects.id, id));
}
