import type { SQL } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { and, asc, desc, eq, getTableColumns, gt, inArray, lt, lte, ne, or, sql } from '../drizzle.ts';
import type { StoredApprovalStatus } from '../schema/approvals.ts';
import type { Tables } from '../schema/tables.ts';
import { storableText } from '../storable-text.ts';
import { withStorageErrors } from '../storage-error.ts';

export type ApprovalRecord = Tables['approvals']['$inferSelect'];

export type NewApprovalRecord = Omit<
  ApprovalRecord,
  'status' | 'decidedBy' | 'decidedAt' | 'reason' | 'more' | 'replacedBy' | 'createdAt' | 'changedAt' | 'remindAt'
>;

/** A row without what is asked. */
export type ApprovalFacts = Omit<ApprovalRecord, 'body'>;

export interface ApprovalKey {
  readonly organizationId: string;
  readonly id: string;
}

export interface ApprovalListQuery {
  readonly organizationId: string;
  readonly status: 'pending' | 'over';
  readonly personId: string | null;
  readonly after: { readonly createdAt: Date; readonly id: string } | null;
  readonly limit: number;
}

export interface ApprovalRepository {
  /** `remindAt` null: people are first told of it half-way to its expiry; a time: at that time, and then half-way. */
  insert(approval: NewApprovalRecord, remindAt: Date | null): Promise<void>;
  find(key: ApprovalKey): Promise<ApprovalRecord | null>;
  /** Oldest first. */
  ofRun(organizationId: string, runId: string): Promise<ApprovalRecord[]>;
  /** Newest first. */
  list(query: ApprovalListQuery): Promise<ApprovalRecord[]>;
  openOfConnection(organizationId: string, connectionId: string): Promise<ApprovalRecord[]>;
  /** How many wait for a connection, by persona. */
  countOfConnection(organizationId: string, connectionId: string): Promise<ReadonlyMap<string, number>>;
  /**
   * Those that wait for somebody now, the oldest first, at most a thousand; with `personId` only what that person has asked
   * or may decide by name, so that what others ask never crowds it out.
   */
  pendingFacts(organizationId: string, personId?: string): Promise<ApprovalFacts[]>;
  /** Of every organization: pending ones that nobody decided in time. */
  listExpired(limit: number): Promise<ApprovalFacts[]>;
  /** Of every organization: pending ones of which people are to be told. */
  listToRemind(limit: number): Promise<ApprovalFacts[]>;
  /** Of every organization: undos that were approved between these times and are not under way yet. */
  listApprovedUndos(from: Date, to: Date): Promise<ApprovalFacts[]>;
  /** Changes with everything that changes what of the organization waits. */
  marker(organizationId: string): Promise<string>;
  /** Each of these is true for one caller only. */
  decide(
    key: ApprovalKey & { readonly hash: string },
    decision: {
      readonly status: 'approved' | 'denied';
      readonly by: string;
      readonly reason: string | null;
      readonly more: number | null;
    },
  ): Promise<boolean>;
  use(key: ApprovalKey & { readonly hash: string }): Promise<boolean>;
  end(key: ApprovalKey, end: { status: 'expired' | 'withdrawn' | 'void'; reason: string | null }): Promise<boolean>;
  /** For the one who will insert `by` in its place. */
  markReplaced(key: ApprovalKey & { readonly hash: string }, by: string): Promise<boolean>;
  /** The right to tell people of it: for one process, and not again before `next`. */
  claimReminder(key: ApprovalKey, expected: Date, next: Date | null): Promise<boolean>;
}

const mostPending = 1000;
/** Whoever approved something does not expect it to happen days later, after the service was down. */
const usableMs = 86_400_000;

export function createApprovalRepository(db: Database, clock: () => Date = () => new Date()): ApprovalRepository {
  return withStorageErrors<ApprovalRepository>({
    ...reading(db),
    ...watching(db, clock),
    ...insertion(db, clock),
    ...changes(db, clock),
  });
}

type Reading = Pick<ApprovalRepository, 'find' | 'ofRun' | 'list' | 'openOfConnection' | 'countOfConnection'>;
type Watching = Pick<
  ApprovalRepository,
  'pendingFacts' | 'listExpired' | 'listToRemind' | 'listApprovedUndos' | 'marker'
>;
type Changes = Omit<ApprovalRepository, keyof Reading | keyof Watching | 'insert'>;

function reading(db: Database): Reading {
  const { approvals } = db.tables;
  const select = () => db.query.select().from(approvals);
  return {
    async find(key) {
      const [row] = await select().where(at(approvals, key));
      return row ?? null;
    },
    ofRun: async (organizationId, runId) =>
      select()
        .where(and(eq(approvals.organizationId, organizationId), eq(approvals.runId, runId)))
        .orderBy(asc(approvals.createdAt), asc(approvals.id)),
    list: async (query) =>
      select()
        .where(and(...listConditions(approvals, query)))
        .orderBy(desc(approvals.createdAt), desc(approvals.id))
        .limit(query.limit),
    openOfConnection: async (organizationId, connectionId) =>
      select()
        .where(
          and(
            eq(approvals.organizationId, organizationId),
            eq(approvals.connectionId, connectionId),
            inArray(approvals.status, ['pending', 'approved']),
          ),
        )
        .orderBy(asc(approvals.createdAt), asc(approvals.id)),
    async countOfConnection(organizationId, connectionId) {
      const rows = await db.query
        .select({ personaId: approvals.personaId, count: sql<number>`count(*)` })
        .from(approvals)
        .where(
          and(
            eq(approvals.organizationId, organizationId),
            eq(approvals.connectionId, connectionId),
            eq(approvals.status, 'pending'),
          ),
        )
        .groupBy(approvals.personaId);
      return new Map(rows.map(({ personaId, count }) => [personaId, Number(count)]));
    },
  };
}

function watching(db: Database, clock: () => Date): Watching {
  const { approvals } = db.tables;
  const { body: _body, ...facts } = getTableColumns(approvals);
  const select = (status: StoredApprovalStatus, ...conditions: readonly (SQL | undefined)[]) =>
    db.query
      .select(facts)
      .from(approvals)
      .where(and(eq(approvals.status, status), ...conditions));
  const selectPending = (...conditions: readonly (SQL | undefined)[]) => select('pending', ...conditions);
  return {
    pendingFacts: async (organizationId, personId) =>
      selectPending(
        eq(approvals.organizationId, organizationId),
        gt(approvals.expiresAt, clock()),
        personId === undefined ? undefined : isOf(approvals, personId),
      )
        .orderBy(asc(approvals.createdAt), asc(approvals.id))
        .limit(mostPending),
    listExpired: async (limit) =>
      selectPending(lte(approvals.expiresAt, clock()))
        .orderBy(asc(approvals.expiresAt), asc(approvals.id))
        .limit(limit),
    async listToRemind(limit) {
      const now = clock();
      return selectPending(lte(approvals.remindAt, now), gt(approvals.expiresAt, now))
        .orderBy(asc(approvals.remindAt), asc(approvals.id))
        .limit(limit);
    },
    listApprovedUndos: async (from, to) =>
      select('approved', eq(approvals.kind, 'undo'), gt(approvals.decidedAt, from), lte(approvals.decidedAt, to))
        .orderBy(asc(approvals.decidedAt))
        .limit(100),
    async marker(organizationId) {
      const ofOrganization = eq(approvals.organizationId, organizationId);
      const [newest] = await db.query
        .select({ changedAt: approvals.changedAt, id: approvals.id })
        .from(approvals)
        .where(ofOrganization)
        .orderBy(desc(approvals.changedAt), desc(approvals.id))
        .limit(1);
      // The clocks of two processes differ: what the slower one ends is seen by the number of those that wait.
      const [waiting] = await db.query
        .select({ count: sql<number>`count(*)` })
        .from(approvals)
        .where(and(ofOrganization, eq(approvals.status, 'pending')));
      return `${newest?.changedAt.getTime() ?? 0} ${newest?.id ?? ''} ${Number(waiting?.count ?? 0)}`;
    },
  };
}

function insertion(db: Database, clock: () => Date): Pick<ApprovalRepository, 'insert'> {
  return {
    async insert(approval, remindAt) {
      const now = clock();
      await db.query.insert(db.tables.approvals).values({
        ...approval,
        status: 'pending',
        remindAt: remindAt ?? halfway(now, approval.expiresAt),
        createdAt: now,
        changedAt: now,
      });
    },
  };
}

function changes(db: Database, clock: () => Date): Changes {
  const { approvals } = db.tables;
  async function change(condition: SQL | undefined, values: Partial<ApprovalRecord>): Promise<boolean> {
    const rows = await db.query.update(approvals).set(values).where(condition).returning({ id: approvals.id });
    return rows.length > 0;
  }
  const inState = (key: ApprovalKey, status: StoredApprovalStatus) =>
    and(at(approvals, key), eq(approvals.status, status));
  const openFor = (key: ApprovalKey & { readonly hash: string }, now: Date) =>
    and(inState(key, 'pending'), eq(approvals.hash, key.hash), gt(approvals.expiresAt, now));
  return {
    async decide(key, { status, by, reason, more }) {
      const now = clock();
      const text = reason === null ? null : storableText(reason);
      const values = { status, decidedBy: by, decidedAt: now, reason: text, more, remindAt: null, changedAt: now };
      return change(openFor(key, now), values);
    },
    async use(key) {
      const now = clock();
      const isFresh = gt(approvals.decidedAt, new Date(now.getTime() - usableMs));
      const isSame = and(inState(key, 'approved'), eq(approvals.hash, key.hash), isFresh);
      return change(isSame, { status: 'used', changedAt: now });
    },
    async end(key, { status, reason }) {
      // What was approved in time does not expire, whatever the clocks of other processes say.
      const open = status === 'expired' ? (['pending'] as const) : (['pending', 'approved'] as const);
      const values = { status, reason, remindAt: null, changedAt: clock() };
      return change(and(at(approvals, key), inArray(approvals.status, [...open])), values);
    },
    async markReplaced(key, by) {
      const now = clock();
      return change(openFor(key, now), { status: 'replaced', replacedBy: by, remindAt: null, changedAt: now });
    },
    claimReminder: async (key, expected, next) =>
      change(and(inState(key, 'pending'), eq(approvals.remindAt, expected)), { remindAt: next }),
  };
}

type ApprovalTable = Tables['approvals'];

function at(table: ApprovalTable, { organizationId, id }: ApprovalKey): SQL | undefined {
  return and(eq(table.organizationId, organizationId), eq(table.id, id));
}

function listConditions(table: ApprovalTable, query: ApprovalListQuery): readonly (SQL | undefined)[] {
  const { organizationId, status, personId, after } = query;
  return [
    eq(table.organizationId, organizationId),
    status === 'pending' ? eq(table.status, 'pending') : ne(table.status, 'pending'),
    personId === null ? undefined : isOf(table, personId),
    after === null
      ? undefined
      : or(lt(table.createdAt, after.createdAt), and(eq(table.createdAt, after.createdAt), lt(table.id, after.id))),
  ];
}

/** What a person has asked, or may decide by name. */
function isOf(table: ApprovalTable, personId: string): SQL | undefined {
  return or(eq(table.requesterId, personId), isNamed(table, personId));
}

/** The list is stored as JSON of ids, none of which holds a quote: with its quotes an id stands there as a whole or not. */
function isNamed(table: ApprovalTable, personId: string): SQL {
  const list = sql`cast(${table.approvers} as text)`;
  return sql`replace(${list}, ${JSON.stringify(personId)}, '') <> ${list}`;
}

function halfway(from: Date, to: Date): Date {
  return new Date((from.getTime() + to.getTime()) / 2);
}
