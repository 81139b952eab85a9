import path from 'node:path';
import Sqlite from 'better-sqlite3';

type Counts = readonly (readonly [string, number])[];

/** What lies in the database, by state. */
export interface Tally {
  readonly runs: Counts;
  readonly approvals: Counts;
  readonly effects: Counts;
}

export function tallyOf(directory: string): Tally {
  const database = new Sqlite(path.join(directory, 'personas.db'), { readonly: true });
  try {
    const count = (table: string, column: string) =>
      database.prepare(`select ${column}, count(*) from ${table} group by 1 order by 1`).raw().all() as [
        string,
        number,
      ][];
    return {
      runs: count('runs', 'status'),
      approvals: count('approvals', 'status'),
      effects: count('effects', "kind || ' ' || state"),
    };
  } finally {
    database.close();
  }
}

/** Nothing may be under way once all has settled. */
export function leftOpen({ runs, effects }: Tally): string[] {
  const running = runs.filter(([status]) => status === 'running');
  const open = effects.filter(([state]) => /(intended|sent|outcome_unknown)$/.test(state));
  return [...running, ...open].map(([state, count]) => `${count} left ${state}`);
}
