import { AppError } from '#errors';
import { DrizzleQueryError } from './drizzle.ts';

const causes = {
  full: 'the disk is full. Free some space, then try again',
  locked: 'another program holds the database. Try again in a moment',
  unreachable: 'the database cannot be reached. Try again in a moment',
  readOnly: 'the database may not be written. Check the rights on its file or account',
  damaged: 'the database file is damaged. Restore it from a backup',
} as const;
type Cause = keyof typeof causes;

const sqliteCauses: readonly (readonly [string, Cause])[] = [
  ['SQLITE_FULL', 'full'],
  ['SQLITE_BUSY', 'locked'],
  ['SQLITE_LOCKED', 'locked'],
  ['SQLITE_IOERR', 'unreachable'],
  ['SQLITE_CANTOPEN', 'unreachable'],
  ['SQLITE_READONLY', 'readOnly'],
  ['SQLITE_PERM', 'readOnly'],
  ['SQLITE_CORRUPT', 'damaged'],
  ['SQLITE_NOTADB', 'damaged'],
];

/** By SQLSTATE, the longest prefix first. */
const postgresCauses: readonly (readonly [string, Cause])[] = [
  ['53100', 'full'],
  ['55P03', 'locked'],
  ['40001', 'locked'],
  ['40P01', 'locked'],
  ['57014', 'locked'],
  ['25006', 'readOnly'],
  ['42501', 'readOnly'],
  ['XX001', 'damaged'],
  ['08', 'unreachable'],
  ['25P', 'unreachable'],
  ['28', 'unreachable'],
  ['3D', 'unreachable'],
  ['53', 'unreachable'],
  ['57', 'unreachable'],
  ['58', 'unreachable'],
];

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENOENT',
]);
const fileCauses: Readonly<Record<string, Cause>> = {
  ENOSPC: 'full',
  EROFS: 'readOnly',
  EACCES: 'readOnly',
  EPERM: 'readOnly',
  ENOTDIR: 'unreachable',
  EEXIST: 'unreachable',
};
const lostConnection =
  /connection is not open|Connection terminated|trying to connect|connection error|after calling end on the pool|not queryable/i;

/** What a driver threw, as STORAGE_UNAVAILABLE when storage itself failed; every other error stays what it is. */
export function toStorageError(error: unknown): unknown {
  const cause = causeOf(error);
  if (cause === null) return error;
  return new AppError('STORAGE_UNAVAILABLE', `Nothing could be stored or read: ${causes[cause]}.`, { cause: error });
}

/** Takes a failed query's error out of drizzle's, whose message quotes everything that was bound to the statement. */
export function withoutQuery(error: unknown): unknown {
  return error instanceof DrizzleQueryError ? toStorageError(error.cause) : error;
}

/** Whether a row with the same key was already there. */
export function isUniqueViolation(error: unknown): boolean {
  const code = codeOf(error instanceof DrizzleQueryError ? error.cause : error);
  return code === '23505' || code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY';
}

/** Whether another connection holds the lock this statement needs. */
export function isLocked(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

type Method = (...args: never[]) => unknown;

/** Gives every method of a repository the errors of `withoutQuery`. */
export function withStorageErrors<T extends Record<keyof T, Method>>(methods: T): T {
  const rethrow = (error: unknown): never => {
    throw withoutQuery(error);
  };
  const guarded = Object.entries<Method>(methods).map(([name, method]) => [
    name,
    (...args: never[]) => {
      const result = method(...args);
      return result instanceof Promise ? result.catch(rethrow) : result;
    },
  ]);
  return Object.fromEntries(guarded) as T;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function causeOf(error: unknown): Cause | null {
  const code = codeOf(error);
  const table = code.startsWith('SQLITE_') ? sqliteCauses : postgresCauses;
  const known = table.find(([prefix]) => code.startsWith(prefix));
  if (known !== undefined) return known[1];
  if (networkCodes.has(code)) return 'unreachable';
  if (fileCauses[code] !== undefined) return fileCauses[code];
  return error instanceof Error && lostConnection.test(error.message) ? 'unreachable' : null;
}
