import type { SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy';
import type { Tables } from './schema/tables.ts';

export type Dialect = 'sqlite' | 'postgres';

/** One handle for both dialects. Queries carry SQLite's types; every one of them also runs on Postgres. */
export interface Database {
  readonly dialect: Dialect;
  readonly query: SqliteRemoteDatabase;
  readonly tables: Tables;
  /**
   * All or nothing. Queries awaited inside `work` belong to it; a nested call joins. Never wait for the network inside:
   * on SQLite everybody else waits. Reading before writing needs `lock`, or Postgres interleaves.
   */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  inTransaction(): boolean;
  /** Inside a transaction: nobody else who locks the same name gets further until it ends. */
  lock(name: string): Promise<void>;
  close(): Promise<void>;
}
