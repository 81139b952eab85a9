import { createRequire } from 'node:module';

/*
 * The one place drizzle is loaded, as CommonJS: loaded as ES modules, Node parses the package's 180 kB package.json once
 * for each of its 150 files, and the start of the service takes almost a second longer.
 */
const load = createRequire(import.meta.url);

export const {
  and,
  asc,
  desc,
  DrizzleQueryError,
  eq,
  getTableColumns,
  getTableName,
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
} = load('drizzle-orm') as typeof import('drizzle-orm');

export const loadSqlite = () => ({
  core: load('drizzle-orm/sqlite-core') as typeof import('drizzle-orm/sqlite-core'),
  proxy: load('drizzle-orm/sqlite-proxy') as typeof import('drizzle-orm/sqlite-proxy'),
  migrator: load('drizzle-orm/sqlite-proxy/migrator') as typeof import('drizzle-orm/sqlite-proxy/migrator'),
});

export const loadPostgres = () => ({
  core: load('drizzle-orm/pg-core') as typeof import('drizzle-orm/pg-core'),
  driver: load('drizzle-orm/node-postgres') as typeof import('drizzle-orm/node-postgres'),
  migrator: load('drizzle-orm/node-postgres/migrator') as typeof import('drizzle-orm/node-postgres/migrator'),
});
