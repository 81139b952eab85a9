import type { Database } from '../database.ts';
import { and, asc, eq, gt, inArray, isNull, lte, sql } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type MandateRecord = Tables['mandates']['$inferSelect'];

export interface MandateKey {
  readonly organizationId: string;
  readonly id: string;
}

export type NewMandate = Omit<MandateRecord, 'used' | 'endedAt'>;

export interface MandateRepository {
  /** Those that nobody has ended, used up and expired ones included, in the order in which they were given. */
  ofJobs(organizationId: string, jobIds: readonly string[]): Promise<MandateRecord[]>;
  /** Those of a tool that are neither ended, expired nor used up; the one that ends first before the others. */
  inForce(question: {
    readonly organizationId: string;
    readonly jobId: string;
    readonly tool: string;
    readonly now: Date;
  }): Promise<MandateRecord[]>;
  insert(mandate: NewMandate): Promise<MandateRecord>;
  /** False where it was ended before. */
  end(key: MandateKey, at: Date): Promise<boolean>;
  /** Takes so many of it. False, and nothing taken, where it is over or does not hold so many any more. */
  use(use: MandateKey & { readonly rows: number; readonly now: Date }): Promise<boolean>;
}

export function createMandateRepository(db: Database): MandateRepository {
  return withStorageErrors<MandateRepository>({ ...reading(db), ...changes(db) });
}

function reading(db: Database): Pick<MandateRepository, 'ofJobs' | 'inForce'> {
  const { mandates } = db.tables;
  return {
    async ofJobs(organizationId, jobIds) {
      if (jobIds.length === 0) return [];
      return db.query
        .select()
        .from(mandates)
        .where(
          and(
            eq(mandates.organizationId, organizationId),
            inArray(mandates.jobId, [...jobIds]),
            isNull(mandates.endedAt),
          ),
        )
        .orderBy(asc(mandates.givenAt), asc(mandates.id));
    },
    async inForce({ organizationId, jobId, tool, now }) {
      const isOfJob = and(eq(mandates.organizationId, organizationId), eq(mandates.jobId, jobId));
      return db.query
        .select()
        .from(mandates)
        .where(
          and(isOfJob, eq(mandates.tool, tool), isInForce(mandates, now), sql`${mandates.used} < ${mandates.count}`),
        )
        .orderBy(asc(mandates.expiresAt), asc(mandates.id));
    },
  };
}

function changes(db: Database): Pick<MandateRepository, 'insert' | 'end' | 'use'> {
  const { mandates } = db.tables;
  return {
    async insert(mandate) {
      const row = { ...mandate, used: 0, endedAt: null };
      await db.query.insert(mandates).values(row);
      return row;
    },
    async end(key, at) {
      const rows = await db.query
        .update(mandates)
        .set({ endedAt: at })
        .where(and(isAt(mandates, key), isNull(mandates.endedAt)))
        .returning({ id: mandates.id });
      return rows.length > 0;
    },
    async use({ rows: wanted, now, ...key }) {
      const isLeft = lte(sql`${mandates.used} + ${wanted}`, mandates.count);
      const rows = await db.query
        .update(mandates)
        .set({ used: sql`${mandates.used} + ${wanted}` })
        .where(and(isAt(mandates, key), isInForce(mandates, now), isLeft))
        .returning({ id: mandates.id });
      return rows.length > 0;
    },
  };
}

type Mandates = Tables['mandates'];

function isAt(mandates: Mandates, { organizationId, id }: MandateKey) {
  return and(eq(mandates.organizationId, organizationId), eq(mandates.id, id));
}

function isInForce(mandates: Mandates, now: Date) {
  return and(isNull(mandates.endedAt), gt(mandates.expiresAt, now));
}
