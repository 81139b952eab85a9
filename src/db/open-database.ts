import { fileURLToPath } from 'node:url';
import { AppError, ConfigError } from '#errors';
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

/** The same for the database that the environment names: one that cannot be opened is a ConfigError that names the variable. */
export async function openConfiguredDatabase(options: { url: string; log?: Logger }): Promise<Database> {
  try {
    return await openDatabase(options);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new ConfigError(`${describePlace(options.url)} cannot be opened${describeCause(error)}. ${error.message}`);
  }
}

/** Shows neither user nor password. */
function describePlace(url: string): string {
  if (!url.startsWith('postgres')) return `DATA_DIR or DATABASE_URL: the database file “${sqlitePlace(url)}”`;
  const { host, pathname } = new URL(url);
  return `DATABASE_URL: the Postgres database “${host}${pathname}”`;
}

function describeCause({ cause }: AppError): string {
  if (!(cause instanceof Error)) return '';
  // Where a name stands for several addresses, the error has a code and no words.
  const reason = cause.message !== '' || !('code' in cause) ? cause.message : String(cause.code);
  return ` (${reason})`;
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
