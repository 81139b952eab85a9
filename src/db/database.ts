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
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
  readonly inTransaction: () => boolean;
  /** Inside a transaction: nobody else who locks the same name gets further until it ends. */
  readonly lock: (name: string) => Promise<void>;
  /**
   * Statements in Postgres' own words, for a library that keeps tables of its own there; they belong to the caller's
   * transaction where there is one. Null on SQLite.
   */
  readonly execute: ((text: string, values?: unknown[]) => Promise<{ rows: unknown[] }>) | null;
  /**
   * Resolves once everything that was committed before survives a loss of power. Without it a commit survives the end of
   * the process by any means, but not of the machine. On Postgres every commit already does both.
   */
  readonly durable: () => Promise<void>;
  readonly close: () => Promise<void>;
}
