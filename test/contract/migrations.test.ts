import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import * as postgres from '#db/schema/postgres.ts';
import * as sqlite from '#db/schema/sqlite.ts';

const kit = createRequire(import.meta.url)('drizzle-kit/api') as typeof import('drizzle-kit/api');

/** What the newest migration of a folder says the tables are. */
function newestSnapshot(dialect: string): { id: string } {
  const folder = new URL(`../../migrations/${dialect}/meta/`, import.meta.url);
  const newest = readdirSync(folder)
    .filter((name) => name.endsWith('_snapshot.json'))
    .sort()
    .at(-1);
  return JSON.parse(readFileSync(new URL(newest ?? '', folder), 'utf8')) as { id: string };
}

test('the SQLite migrations make the tables the code declares', async () => {
  const before = newestSnapshot('sqlite') as Awaited<ReturnType<typeof kit.generateSQLiteDrizzleJson>>;
  const now = await kit.generateSQLiteDrizzleJson(sqlite, before.id, 'snake_case');
  expect(await kit.generateSQLiteMigration(before, now)).toEqual([]);
});

test('the Postgres migrations make the tables the code declares', async () => {
  const before = newestSnapshot('postgres') as ReturnType<typeof kit.generateDrizzleJson>;
  const now = kit.generateDrizzleJson(postgres, before.id, undefined, 'snake_case');
  expect(await kit.generateMigration(before, now)).toEqual([]);
});
