import type { Database } from './database.ts';
import { sql } from './drizzle.ts';

interface Preparable<Prepared> {
  prepare(): Prepared;
}

/** Builds a query once. The name, unique over the service, lets Postgres keep its plan; SQLite needs none. */
export function prepare<Prepared>(db: Database, name: string, query: Preparable<Prepared>): Prepared {
  const named = query as unknown as { prepare(name?: string): Prepared };
  return db.dialect === 'postgres' ? named.prepare(name) : query.prepare();
}

type Placeholders<Name extends string> = Record<Name, ReturnType<typeof sql.placeholder>>;

/** One placeholder for each name, to be bound at execution. */
export function placeholders<Name extends string>(...names: readonly Name[]): Placeholders<Name> {
  return Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as unknown as Placeholders<Name>;
}

/** Values of an update that are bound at execution; drizzle's types allow placeholders in inserts only. */
export function later<Name extends string>(values: Record<Name, unknown>): Record<Name, never> {
  return values as Record<Name, never>;
}
