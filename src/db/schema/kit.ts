import type * as postgresCore from 'drizzle-orm/pg-core';
import type * as sqliteCore from 'drizzle-orm/sqlite-core';

/** The vocabulary every table is declared in. Times keep milliseconds; json keeps the order of its keys. */
export function createSqliteKit(core: typeof sqliteCore) {
  return {
    table: core.sqliteTable,
    index: core.index,
    uniqueIndex: core.uniqueIndex,
    primaryKey: core.primaryKey,
    foreignKey: core.foreignKey,
    text: <T extends string = string>() => core.text().$type<T>(),
    int: () => core.integer(),
    bool: () => core.integer({ mode: 'boolean' }),
    time: () => core.integer({ mode: 'timestamp_ms' }),
    json: <T>() => core.text({ mode: 'json' }).$type<T>(),
  };
}

export type Kit = ReturnType<typeof createSqliteKit>;

/** The same words in Postgres, under the SQLite types so that one set of queries serves both. */
export function createPostgresKit(core: typeof postgresCore): Kit {
  const kit = {
    table: core.pgTable,
    index: core.index,
    uniqueIndex: core.uniqueIndex,
    primaryKey: core.primaryKey,
    foreignKey: core.foreignKey,
    text: () => core.text(),
    int: () => core.integer(),
    bool: () => core.boolean(),
    time: () => core.timestamp({ withTimezone: true, mode: 'date', precision: 3 }),
    // jsonb would sort the keys.
    json: () => core.json(),
  };
  return kit as unknown as Kit;
}
