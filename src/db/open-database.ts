import { fileURLToPath } from 'node:url';
import { ConfigError } from '#errors';
import type { Logger } from '#log';
import type { Database } from './database.ts';

export type { Database };

/**
 * Opens the database and brings its tables up to date. `url` is `postgres://...`, `file:...`, a path, or `:memory:`;
 * a SQLite file and its folder are created, readable by their owner only.
 */
export async function openDatabase(options: { url: string; log?: Logger }): Promise<Database> {
  const { url, log } = options;
  if (/^postgres(ql)?:\/\//.test(url)) {
    const { openPostgres } = await import('./postgres-database.ts');
    return openPostgres(url, log);
  }
  const { openSqlite } = await import('./sqlite-database.ts');
  return openSqlite(sqlitePlace(url));
}

function sqlitePlace(url: string): string {
  if (url.startsWith('file://')) return fileURLToPath(url);
  if (url.startsWith('file:')) return url.slice('file:'.length);
  if (/^[a-z][a-z0-9+.-]+:/i.test(url)) {
    const scheme = url.slice(0, url.indexOf(':'));
    throw new ConfigError(
      `The database address starts with “${scheme}:”. Use “file:” and a path for SQLite, or “postgres://”.`,
    );
  }
  return url;
}
