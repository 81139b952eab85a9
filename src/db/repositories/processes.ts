import type { Database } from '../database.ts';
import { eq, sql } from '../drizzle.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export interface ProcessFacts {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
}

export interface ProcessRecord extends ProcessFacts {
  /** How long ago it last said that it is at work, by one clock for all. */
  readonly silentMs: number;
}

export interface ProcessRepository {
  /** Says that the process is at work. */
  beat(process: ProcessFacts): Promise<void>;
  list(): Promise<ProcessRecord[]>;
  remove(id: string): Promise<void>;
}

/** On Postgres the times are the server's: the clocks of several hosts differ. `clock` is for SQLite, on one host. */
export function createProcessRepository(db: Database, clock: () => Date = () => new Date()): ProcessRepository {
  const { processes } = db.tables;
  const isShared = db.dialect === 'postgres';
  type Row = Tables['processes']['$inferInsert'];
  const now = () => (isShared ? sql`clock_timestamp()` : clock()) as Row['seenAt'];
  const elapsed = sql<number>`extract(epoch from (clock_timestamp() - ${processes.seenAt})) * 1000`;
  return withStorageErrors<ProcessRepository>({
    async beat({ id, host, pid }) {
      const seenAt = now();
      await db.query
        .insert(processes)
        .values({ id, host, pid, seenAt })
        .onConflictDoUpdate({ target: processes.id, set: { seenAt } });
    },
    async list() {
      const { id, host, pid, seenAt } = processes;
      const rows = await db.query
        .select({ id, host, pid, seenAt, elapsed: isShared ? elapsed : sql<number>`0` })
        .from(processes);
      return rows.map((row) => ({
        id: row.id,
        host: row.host,
        pid: row.pid,
        silentMs: isShared ? Number(row.elapsed) : clock().getTime() - row.seenAt.getTime(),
      }));
    },
    async remove(id) {
      await db.query.delete(processes).where(eq(processes.id, id));
    },
  });
}
