import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import type { RemoteCallback } from 'drizzle-orm/sqlite-proxy';
import type { Database } from './database.ts';
import { loadSqlite } from './drizzle.ts';
import { createGate } from './gate.ts';
import { createSqliteKit } from './schema/kit.ts';
import { defineTables } from './schema/tables.ts';
import { isLocked, toStorageError, withoutQuery } from './storage-error.ts';
import { createWalSync, openWalFile } from './wal-sync.ts';

const migrationsFolder = fileURLToPath(new URL('../../migrations/sqlite', import.meta.url));
const cachedStatements = 500;

/** `place` is a path or `:memory:`. `lockWaitMs` is how long a statement waits for another process that is writing. */
export async function openSqlite(place: string, lockWaitMs = 5_000): Promise<Database> {
  const raw = openFile(place);
  try {
    await patiently(lockWaitMs, () => prepareFile(raw));
  } catch (error) {
    raw.close();
    throw toStorageError(error);
  }
  return createHandle(raw, place, lockWaitMs);
}

function openFile(place: string): Sqlite.Database {
  try {
    if (place !== ':memory:') createPrivateFile(place);
    return new Sqlite(place);
  } catch (error) {
    throw toStorageError(error);
  }
}

function createPrivateFile(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
}

async function prepareFile(raw: Sqlite.Database): Promise<void> {
  // SQLite's own waiting stops the whole process, even the transaction it waits for; `patiently` waits instead.
  raw.pragma('busy_timeout = 0');
  raw.pragma('journal_mode = WAL');
  raw.pragma('synchronous = FULL');
  // Off while migrating: a table that is rebuilt is dropped, and dropping would cascade.
  raw.pragma('foreign_keys = OFF');
  await migrate(raw);
  raw.pragma('foreign_keys = ON');
  // From here on commits do not wait for the disk: whoever needs that asks for it by `durable`.
  raw.pragma('synchronous = NORMAL');
  // Indexes touch the same pages again and again: copying them back less often writes each only once.
  raw.pragma('wal_autocheckpoint = 4000');
  // 64 MiB: with the default of 2 the indexes of the audit would be read from the file again with every row.
  raw.pragma('cache_size = -65536');
}

/** Repeats what another connection's lock keeps from happening, for as long as `waitMs`. */
async function patiently<T>(waitMs: number, attempt: () => T | Promise<T>): Promise<T> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isLocked(error) || Date.now() >= deadline) throw error;
    }
    await pause(1 + Math.random() * 5);
  }
}

/** Two processes that open a new file at once: the second waits, then finds nothing to do. */
async function migrate(raw: Sqlite.Database): Promise<void> {
  const { proxy, migrator } = loadSqlite();
  const query = proxy.drizzle(async (sql, params, method) => execute(raw.prepare(sql), params, method));
  raw.exec('BEGIN IMMEDIATE');
  try {
    await migrator.migrate(query, async (statements) => statements.forEach((statement) => void raw.exec(statement)), {
      migrationsFolder,
    });
    raw.exec('COMMIT');
  } catch (error) {
    if (raw.inTransaction) raw.exec('ROLLBACK');
    throw withoutQuery(error);
  }
}

function createHandle(raw: Sqlite.Database, place: string, lockWaitMs: number): Database {
  const { core, proxy } = loadSqlite();
  const gate = createGate();
  const wal = place === ':memory:' ? null : createWalSync(() => openWalFile(place));
  const statementOf = createStatementCache(raw);

  const statement: RemoteCallback = (sql, params, method) =>
    patiently(lockWaitMs, () => gate.pass(() => execute(statementOf(sql), params, method)));

  async function inOneTransaction<T>(work: () => Promise<T>): Promise<T> {
    try {
      await patiently(lockWaitMs, () => raw.exec('BEGIN IMMEDIATE'));
      const result = await work();
      raw.exec('COMMIT');
      return result;
    } catch (error) {
      if (raw.open && raw.inTransaction) raw.exec('ROLLBACK');
      throw error instanceof Sqlite.SqliteError ? toStorageError(error) : withoutQuery(error);
    }
  }

  return {
    dialect: 'sqlite',
    // Given as the second argument, the casing is ignored.
    query: proxy.drizzle(statement, undefined, { casing: 'snake_case' }),
    tables: defineTables(createSqliteKit(core)),
    transaction: (work) => (gate.isInside() ? work() : gate.hold(() => inOneTransaction(work))),
    inTransaction: gate.isInside,
    async lock() {
      if (!gate.isInside()) throw new Error('A lock needs a transaction.');
    },
    execute: null,
    durable: () => wal?.durable() ?? Promise.resolve(),
    async close() {
      await gate.pass(() => void raw.close());
      await wal?.close();
    },
  };
}

type Method = Parameters<RemoteCallback>[2];

function execute(statement: Sqlite.Statement, params: unknown[], method: Method): { rows: unknown[] } {
  if (!statement.reader) {
    statement.run(...params);
    return { rows: [] };
  }
  statement.raw(true);
  if (method === 'get') return { rows: statement.get(...params) as unknown[] };
  return { rows: statement.all(...params) };
}

function createStatementCache(raw: Sqlite.Database): (sql: string) => Sqlite.Statement {
  const cache = new Map<string, Sqlite.Statement>();
  return (sql) => {
    const known = cache.get(sql);
    if (known !== undefined) return known;
    if (cache.size >= cachedStatements) cache.clear();
    const prepared = raw.prepare(sql);
    cache.set(sql, prepared);
    return prepared;
  };
}
