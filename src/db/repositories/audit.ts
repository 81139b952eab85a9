import type { SQL } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { and, asc, desc, eq, getTableColumns, getTableName, gt, gte, lt, lte, sql } from '../drizzle.ts';
import { placeholders, prepare } from '../prepare.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type AuditEventRecord = Tables['auditEvents']['$inferSelect'];
export type AuditBodyRecord = Tables['auditBodies']['$inferSelect'];

export interface NewAuditEntry {
  readonly event: Omit<AuditEventRecord, 'day'>;
  readonly body: AuditBodyRecord;
}

export interface AuditEntry {
  readonly event: AuditEventRecord;
  /** Null only when somebody deleted the row; an erased body keeps its row, with both columns null. */
  readonly body: AuditBodyRecord | null;
}

/** The last row of a chain. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

export interface AuditFilterRecord {
  readonly personaId?: string;
  readonly actorId?: string;
  readonly tool?: string;
  readonly action?: string;
  readonly connectionId?: string;
  readonly conversationId?: string;
  readonly runId?: string;
  readonly from?: Date;
  readonly to?: Date;
}

export interface AuditRepository {
  inTransaction(): boolean;
  /** Resolves once everything stored before survives a loss of power. */
  durable(): Promise<void>;
  /**
   * Extends chains in one transaction that no other process can interleave with. `build` gets the head of each
   * organization (null before its first row) and returns the rows, which are stored or not as a whole.
   */
  extend(
    organizationIds: readonly string[],
    build: (heads: ReadonlyMap<string, AuditHead | null>) => readonly NewAuditEntry[],
  ): Promise<void>;
  /** Newest first, those with a smaller seq than `before` only. */
  list(query: AuditQuery): Promise<AuditEventRecord[]>;
  find(organizationId: string, id: string): Promise<AuditEntry | null>;
  /** Oldest first, with their bodies: those with a larger seq than `after` and a smaller one than `before`. */
  read(query: AuditReading): Promise<AuditEntry[]>;
  /** The next rows of the chain, oldest first, with their bodies; from its beginning when `afterSeq` is null. */
  readChain(organizationId: string, afterSeq: number | null, limit: number): Promise<AuditEntry[]>;
  /** Takes away what was said and the salt of its hash; the event stays. */
  eraseBody(organizationId: string, eventId: string): Promise<void>;
}

export interface AuditQuery {
  readonly organizationId: string;
  readonly filter?: AuditFilterRecord;
  readonly before?: number;
  readonly limit: number;
}

export interface AuditReading extends AuditQuery {
  /** 0 begins at the beginning. */
  readonly after: number;
}

/** Rows are inserted in groups of these sizes, largest first: building one statement for each group costs more than it. */
const groupSizes = [64, 16, 4, 1] as const;

export function createAuditRepository(db: Database): AuditRepository {
  const { auditEvents, auditBodies } = db.tables;
  const withBody = () =>
    db.query
      .select({ event: auditEvents, body: auditBodies })
      .from(auditEvents)
      .leftJoin(auditBodies, eq(auditBodies.eventId, auditEvents.id));

  return withStorageErrors<AuditRepository>({
    inTransaction: db.inTransaction,
    durable: db.durable,
    extend: createExtend(db),
    async list(query) {
      return db.query
        .select()
        .from(auditEvents)
        .where(and(...conditions(db, query)))
        .orderBy(desc(auditEvents.seq))
        .limit(query.limit);
    },
    async find(organizationId, id) {
      const [entry] = await withBody().where(
        and(eq(auditEvents.organizationId, organizationId), eq(auditEvents.id, id)),
      );
      return entry ?? null;
    },
    read: async (query) =>
      withBody()
        .where(and(...conditions(db, query), gt(auditEvents.seq, query.after)))
        .orderBy(asc(auditEvents.seq))
        .limit(query.limit),
    readChain: async (organizationId, afterSeq, limit) =>
      withBody()
        .where(
          and(
            eq(auditEvents.organizationId, organizationId),
            afterSeq === null ? undefined : gt(auditEvents.seq, afterSeq),
          ),
        )
        .orderBy(asc(auditEvents.seq))
        .limit(limit),
    async eraseBody(organizationId, eventId) {
      await db.query
        .update(auditBodies)
        .set({ salt: null, body: null })
        .where(and(eq(auditBodies.organizationId, organizationId), eq(auditBodies.eventId, eventId)));
    },
  });
}

function createExtend(db: Database): AuditRepository['extend'] {
  const headOf = prepareHead(db);
  const insert = prepareInsert(db);
  return (organizationIds, build) =>
    db.transaction(async () => {
      const heads = new Map<string, AuditHead | null>();
      // Sorted, so that two processes cannot wait for each other.
      for (const organizationId of [...new Set(organizationIds)].sort()) {
        await db.lock(`audit chain of ${organizationId}`);
        heads.set(organizationId, await headOf(organizationId));
      }
      await insert(build(heads));
    });
}

function prepareHead(db: Database): (organizationId: string) => Promise<AuditHead | null> {
  const { auditEvents } = db.tables;
  const { organizationId } = placeholders('organizationId');
  const head = prepare(
    db,
    'audit_head',
    db.query
      .select({ seq: auditEvents.seq, hash: auditEvents.hash })
      .from(auditEvents)
      .where(eq(auditEvents.organizationId, organizationId))
      .orderBy(desc(auditEvents.seq))
      .limit(1),
  );
  return async (id) => (await head.execute({ organizationId: id }))[0] ?? null;
}

function prepareInsert(db: Database): (entries: readonly NewAuditEntry[]) => Promise<void> {
  const events = groupSizes.map((size) => prepareRows(db, db.tables.auditEvents, size));
  const bodies = groupSizes.map((size) => prepareRows(db, db.tables.auditBodies, size));
  return async (entries) => {
    let start = 0;
    while (start < entries.length) {
      const fitting = groupSizes.findIndex((size) => size <= entries.length - start);
      const group = entries.slice(start, start + (groupSizes[fitting] ?? 1));
      await events[fitting]?.(group.map(({ event }) => ({ ...event, day: dayOf(event.at) })));
      await bodies[fitting]?.(group.map(({ body }) => body));
      start += group.length;
    }
  };
}

type AuditTable = Tables['auditEvents'] | Tables['auditBodies'];

/** An insert of exactly `size` rows, built once. */
function prepareRows(db: Database, table: AuditTable, size: number): (rows: readonly object[]) => Promise<void> {
  const columns = Object.keys(getTableColumns(table));
  const names = Array.from({ length: size }, (_, row) => columns.map((column) => `${column}${row}`));
  const values = names.map((row) =>
    Object.fromEntries(row.map((name, index) => [columns[index], sql.placeholder(name)])),
  );
  const insertion = db.query.insert(table).values(values as never);
  const prepared = prepare(db, `${getTableName(table)}_insert_${size}`, insertion);
  return async (rows) => {
    const bound: Record<string, unknown> = {};
    names.forEach((row, place) => {
      const record = rows[place] as Record<string, unknown>;
      row.forEach((name, index) => {
        bound[name] = record[columns[index] ?? ''];
      });
    });
    await prepared.execute(bound);
  };
}

function conditions(db: Database, { organizationId, filter = {}, before }: AuditQuery): (SQL | undefined)[] {
  const { auditEvents } = db.tables;
  const names = ['personaId', 'actorId', 'tool', 'action', 'connectionId', 'conversationId', 'runId'] as const;
  const equal = names.map((name) => (filter[name] === undefined ? undefined : eq(auditEvents[name], filter[name])));
  return [
    eq(auditEvents.organizationId, organizationId),
    ...equal,
    ...timeConditions(db, organizationId, filter),
    before === undefined ? undefined : lt(auditEvents.seq, before),
  ];
}

const dayMs = 86_400_000;

/** Days since 1970 in UTC. */
export function dayOf(at: Date): number {
  return Math.floor(at.getTime() / dayMs);
}

/**
 * The exact range of time, and the stretch of the chain its days lie in, so that a page of last spring does not walk
 * through everything since. Found day by day, not from the ends of the range: clocks go back, seq does not.
 */
function timeConditions(db: Database, organizationId: string, { from, to }: AuditFilterRecord): (SQL | undefined)[] {
  const { auditEvents } = db.tables;
  if (from === undefined && to === undefined) return [];
  const first = from === undefined ? -farDay : dayOf(from);
  const last = to === undefined ? farDay : dayOf(to);
  const { at, seq } = auditEvents;
  const edge = (end: 'min' | 'max') => seqOfDays(auditEvents, { organizationId, first, last, end });
  return [
    from === undefined ? undefined : and(gte(at, from), gte(seq, edge('min'))),
    to === undefined ? undefined : and(lt(at, to), lte(seq, edge('max'))),
  ];
}

const farDay = 2_147_483_647;

interface DaySpan {
  readonly organizationId: string;
  readonly first: number;
  readonly last: number;
  readonly end: 'min' | 'max';
}

/** Steps from day to day through the index instead of reading every row of the span. */
function seqOfDays(table: Tables['auditEvents'], { organizationId, first, last, end }: DaySpan): SQL {
  const edge = sql.raw(end);
  return sql`(
    with recursive days(day) as (
      select min(e.day) from ${table} e where e.organization_id = ${organizationId} and e.day between ${first} and ${last}
      union all
      select (select min(e.day) from ${table} e
        where e.organization_id = ${organizationId} and e.day > days.day and e.day <= ${last})
      from days where days.day is not null
    )
    select ${edge}((select ${edge}(e.seq) from ${table} e where e.organization_id = ${organizationId} and e.day = days.day))
    from days
  )`;
}
