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
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

/** The tables that the sign-in library reads and writes itself. */
export type AuthTable = 'users' | 'sessions' | 'accounts' | 'verifications';

const operators = { eq, ne, lt, lte, gt, gte, in: inArray, not_in: notInArray } as const;
export type AuthOperator = keyof typeof operators;

export interface AuthCondition {
  readonly field: string;
  readonly operator: AuthOperator;
  readonly value: unknown;
  readonly connector: 'AND' | 'OR';
}

export type AuthRecord = Record<string, unknown>;

export interface AuthQuery {
  readonly where: readonly AuthCondition[];
  readonly limit: number;
  readonly offset?: number;
  readonly sortBy?: { readonly field: string; readonly direction: 'asc' | 'desc' };
}

/** Rows of those tables by conditions, as the library words them. */
export interface AuthRecords {
  insert(table: AuthTable, values: AuthRecord): Promise<AuthRecord>;
  find(table: AuthTable, query: AuthQuery): Promise<AuthRecord[]>;
  count(table: AuthTable, where: readonly AuthCondition[]): Promise<number>;
  /** Returns the changed rows. */
  update(table: AuthTable, where: readonly AuthCondition[], values: AuthRecord): Promise<AuthRecord[]>;
  /** Returns how many rows there were. */
  remove(table: AuthTable, where: readonly AuthCondition[]): Promise<number>;
}

export function createAuthRecords(db: Database): AuthRecords {
  // All four are given out under the type of one: the library knows their columns by name only.
  const tableOf = (name: AuthTable) => db.tables[name] as Tables['users'];
  return withStorageErrors<AuthRecords>({
    async insert(name, values) {
      const [row] = await db.query
        .insert(tableOf(name))
        .values(values as never)
        .returning();
      if (row === undefined) throw new Error(`Nothing was stored in ${name}.`);
      return row;
    },
    async find(name, { where, limit, offset = 0, sortBy }) {
      const table = tableOf(name);
      const query = db.query.select().from(table).where(conditionOf(table, where)).$dynamic();
      if (sortBy !== undefined) {
        void query.orderBy((sortBy.direction === 'desc' ? desc : asc)(columnOf(table, sortBy.field)));
      }
      return query.limit(limit).offset(offset);
    },
    async count(name, where) {
      const table = tableOf(name);
      const [row] = await db.query.select({ rows: sql<number>`count(*)` }).from(table).where(conditionOf(table, where));
      return Number(row?.rows ?? 0);
    },
    async update(name, where, values) {
      const table = tableOf(name);
      return db.query.update(table).set(values).where(someOf(table, where)).returning();
    },
    async remove(name, where) {
      const table = tableOf(name);
      const rows = await db.query.delete(table).where(someOf(table, where)).returning({ id: table.id });
      return rows.length;
    },
  });
}

type Table = Tables['users'];

function columnOf(table: Table, field: string) {
  const column = (table as unknown as Record<string, Table['id'] | undefined>)[field];
  if (column === undefined) throw new Error(`There is no column for “${field}”.`);
  return column;
}

/** What is joined by AND holds together, and of what is joined by OR at least one. */
function conditionOf(table: Table, where: readonly AuthCondition[]): SQL | undefined {
  const of = (connector: 'AND' | 'OR') =>
    where.filter((condition) => condition.connector === connector).map((condition) => compare(table, condition));
  const any = of('OR');
  return and(...of('AND'), any.length === 0 ? undefined : or(...any));
}

/** A change always names its rows: without a condition it would be all of them. */
function someOf(table: Table, where: readonly AuthCondition[]): SQL | undefined {
  if (where.length === 0) throw new Error('A change of all rows is not meant.');
  return conditionOf(table, where);
}

function compare(table: Table, { field, operator, value }: AuthCondition): SQL {
  const column = columnOf(table, field);
  if (value === null && operator === 'eq') return isNull(column);
  if (value === null && operator === 'ne') return isNotNull(column);
  return (operators[operator] as (column: Table['id'], value: unknown) => SQL)(column, value);
}
