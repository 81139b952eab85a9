import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import pg from 'pg';
import { type Database, openDatabase } from '#db/open-database.ts';
import type { TestPostgres } from '#test/support/postgres.ts';
import { layDatabase } from '#test/support/test-database.ts';

/** An empty database that the contract suites can open as often as they like, also behind the service's back. */
export interface Place {
  readonly url: string;
  readonly open: () => Promise<Database>;
  /** Runs statements over a connection of its own, as someone with the database's password would. */
  execute(statements: string): Promise<void>;
  /** Statements that switch the append-only triggers of a table off. */
  disarm(table: 'audit_events' | 'audit_bodies'): string;
  readonly remove: () => Promise<void>;
}

/** `bare`: surely without tables; else they may have been made once and copied. */
export type CreatePlace = (options?: { bare: boolean }) => Promise<Place>;

export const createSqlitePlace: CreatePlace = async ({ bare } = { bare: false }) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'personas-contract-'));
  const file = path.join(folder, 'data', 'test.db');
  if (!bare) await layDatabase(file);
  return {
    url: `file:${file}`,
    open: () => openDatabase({ url: `file:${file}` }),
    async execute(statements) {
      const raw = new Sqlite(file);
      try {
        raw.exec(statements);
      } finally {
        raw.close();
      }
    },
    disarm: (table) =>
      table === 'audit_events'
        ? 'drop trigger audit_events_refuse_update; drop trigger audit_events_refuse_delete;'
        : 'drop trigger audit_bodies_only_erase; drop trigger audit_bodies_refuse_delete;',
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
};

/** How one makes databases of a Postgres: migrated once, then copied, for migrating each takes seconds. */
export function createPostgresPlaces(server: TestPostgres): CreatePlace {
  let migrating: Promise<string> | null = null;
  const migrate = async () => {
    const url = await server.createDatabase();
    await (await openDatabase({ url })).close();
    return url;
  };
  return async ({ bare } = { bare: false }) => {
    if (bare) return placeOf(await server.createDatabase());
    migrating ??= migrate();
    return placeOf(await server.createDatabase(await migrating));
  };
}

function placeOf(url: string): Place {
  return {
    url,
    open: () => openDatabase({ url }),
    async execute(statements) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        await client.query(statements);
      } finally {
        await client.end();
      }
    },
    disarm: (table) => `alter table ${table} disable trigger user;`,
    remove: async () => {},
  };
}
