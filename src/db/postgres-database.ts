import { AsyncLocalStorage } from 'node:async_hooks';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Logger } from '#log';
import type { Database } from './database.ts';
import { loadPostgres } from './drizzle.ts';
import { createPostgresKit } from './schema/kit.ts';
import { defineTables } from './schema/tables.ts';
import { toStorageError, withoutQuery } from './storage-error.ts';

const migrationsFolder = fileURLToPath(new URL('../../migrations/postgres', import.meta.url));
/** Any number, as long as every process of the service takes the same one. */
const migrationLock = 7_302_114;
const connectTimeoutMs = 5_000;
const statementTimeoutMs = 30_000;

/** A connection lent to one transaction. */
interface Lease {
  readonly client: pg.PoolClient;
  over: boolean;
}

export async function openPostgres(url: string, log?: Logger): Promise<Database> {
  try {
    await migrate(url);
  } catch (error) {
    throw toStorageError(withoutQuery(error));
  }
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    keepAlive: true,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
  });
  // Without a listener, a connection that breaks while idle would end the process.
  pool.on('error', (error) =>
    log?.warn({ err: error }, 'a database connection was lost; the next query opens another'),
  );
  return createHandle(pool);
}

/** Several processes that start at once migrate one after the other. */
async function migrate(url: string): Promise<void> {
  const { driver, migrator } = loadPostgres();
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectTimeoutMs });
  // A broken connection also fails the query under way, which reports it.
  client.on('error', ignore);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await migrator.migrate(driver.drizzle({ client }), { migrationsFolder });
  } finally {
    // The lock goes with the connection.
    await client.end();
  }
}

function createHandle(pool: pg.Pool): Database {
  const { core, driver } = loadPostgres();
  const leases = new AsyncLocalStorage<Lease>();
  const lease = () => {
    const held = leases.getStore();
    return held === undefined || held.over ? undefined : held;
  };
  // Looks like a pool to drizzle and sends each query where its caller stands: in a transaction, or to any connection.
  const routed = {
    query: (config: pg.QueryConfig, values: unknown[]) => (lease()?.client ?? pool).query(config, values),
  };
  const query = driver.drizzle({ client: routed as unknown as pg.Pool, casing: 'snake_case' });

  async function inOneTransaction<T>(work: () => Promise<T>): Promise<T> {
    const held: Lease = { client: await begin(pool), over: false };
    try {
      const result = await leases.run(held, work);
      await ask(held.client, 'commit');
      giveBack(held.client, false);
      return result;
    } catch (error) {
      await rollBack(held.client);
      throw withoutQuery(error);
    } finally {
      held.over = true;
    }
  }

  return {
    dialect: 'postgres',
    query: query as unknown as Database['query'],
    tables: defineTables(createPostgresKit(core)),
    transaction: (work) => (lease() === undefined ? inOneTransaction(work) : work()),
    inTransaction: () => lease() !== undefined,
    async lock(name) {
      const held = lease();
      if (held === undefined) throw new Error('A lock needs a transaction.');
      await ask(held.client, 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
    },
    execute: (text, values) => (lease()?.client ?? pool).query(text, values),
    // A commit has waited for the disk already.
    durable: async () => undefined,
    close: () => pool.end(),
  };
}

async function begin(pool: pg.Pool): Promise<pg.PoolClient> {
  let client: pg.PoolClient | undefined;
  try {
    client = await pool.connect();
    // The pool listens only to idle connections; a lost one also fails its next query, which reports it.
    client.on('error', ignore);
    await client.query('begin');
    return client;
  } catch (error) {
    if (client !== undefined) giveBack(client, true);
    throw toStorageError(error);
  }
}

async function ask(client: pg.PoolClient, text: string, values: readonly unknown[] = []): Promise<void> {
  try {
    await client.query(text, [...values]);
  } catch (error) {
    throw toStorageError(error);
  }
}

/** A connection that cannot even roll back is thrown away. */
async function rollBack(client: pg.PoolClient): Promise<void> {
  try {
    await client.query('rollback');
    giveBack(client, false);
  } catch {
    giveBack(client, true);
  }
}

function giveBack(client: pg.PoolClient, broken: boolean): void {
  client.removeListener('error', ignore);
  client.release(broken);
}

function ignore(): void {}
