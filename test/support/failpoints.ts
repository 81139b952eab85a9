import { AsyncLocalStorage } from 'node:async_hooks';
import type { RemoteCallback } from 'drizzle-orm/sqlite-proxy';
import type { Database } from '#db/database.ts';

/**
 * The commit at which a process kills itself, or stalls: the `nth`, counted from 1 since it was armed, that holds a write whose SQL
 * and values match `pattern`. A write outside of a transaction is a commit of its own.
 */
export interface Failpoint {
  readonly pattern: string;
  readonly nth: number;
  readonly when: 'before' | 'after';
  readonly onceThere?: 'die' | 'stall';
}

export interface Failpoints {
  arm(failpoint: Failpoint): void;
  /** To be put around the database before anybody prepares a statement on it. */
  wrap(db: Database): Database;
}

/** `strike` is what happens at the point; it goes on when that resolves. */
export function createFailpoints(strike: (failpoint: Failpoint) => Promise<void>): Failpoints {
  let armed: { readonly point: Failpoint; readonly pattern: RegExp; left: number } | null = null;
  const judge = (writes: readonly string[]): Failpoint | null => {
    if (armed === null || !writes.some((text) => armed?.pattern.test(text))) return null;
    armed.left -= 1;
    return armed.left === 0 ? armed.point : null;
  };
  return {
    arm(point) {
      armed = { point, pattern: new RegExp(point.pattern, 'i'), left: point.nth };
    },
    wrap: (db) => watch(db, { judge, strike }),
  };
}

interface Watching {
  /** The point that is reached with this commit; null where none is. */
  readonly judge: (writes: readonly string[]) => Failpoint | null;
  readonly strike: (failpoint: Failpoint) => Promise<void>;
}

function watch(db: Database, { judge, strike }: Watching): Database {
  const written = new AsyncLocalStorage<string[]>();
  const session = sessionOf(db);
  const send = session.client;
  session.client = async (sql, params, method) => {
    if (!isWrite(sql)) return send(sql, params, method);
    const text = `${sql} ${JSON.stringify(params)}`;
    const ofTransaction = db.inTransaction() ? written.getStore() : undefined;
    ofTransaction?.push(text);
    const reached = ofTransaction === undefined ? judge([text]) : null;
    if (reached?.when === 'before') await strike(reached);
    const result = await send(sql, params, method);
    if (reached?.when === 'after') await strike(reached);
    return result;
  };
  return {
    ...db,
    async transaction(work) {
      if (db.inTransaction()) return db.transaction(work);
      const { result, reached } = await db.transaction(async () => {
        const writes: string[] = [];
        const made = { result: await written.run(writes, work), reached: judge(writes) };
        if (made.reached?.when === 'before') await strike(made.reached);
        return made;
      });
      if (reached?.when === 'after') await strike(reached);
      return result;
    },
  };
}

function isWrite(sql: string): boolean {
  return /^\s*(insert|update|delete)\b/i.test(sql);
}

/** Where every statement of the SQLite handle passes; drizzle keeps it to itself. */
function sessionOf(db: Database): { client: RemoteCallback } {
  const { session } = db.query as unknown as { session?: { client?: unknown } };
  if (db.dialect !== 'sqlite' || typeof session?.client !== 'function') {
    throw new Error('Failpoints need a SQLite database of the drizzle version they were made for.');
  }
  return session as { client: RemoteCallback };
}
