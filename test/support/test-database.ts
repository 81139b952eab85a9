import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Database, openDatabase } from '#db/open-database.ts';

let migrated: Promise<Buffer> | undefined;

/** What a SQLite file is that was opened once: migrated with all care for the disk, which takes longer than many a test. */
async function migrateOnce(): Promise<Buffer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'personas-migrated-'));
  try {
    const file = path.join(folder, 'personas.db');
    await (await openDatabase({ url: file })).close();
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Lays an empty database with all tables at `file`, unless there is one. */
export async function layDatabase(file: string): Promise<void> {
  if (existsSync(file)) return;
  migrated ??= migrateOnce();
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, await migrated, { mode: 0o600 });
}

/** Opens the SQLite database at the path `file`, made with all its tables where there is none. */
export async function openTestDatabase(file: string): Promise<Database> {
  await layDatabase(file);
  return openDatabase({ url: file });
}
