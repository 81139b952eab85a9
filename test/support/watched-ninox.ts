import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NinoxData, NinoxTable } from '#sandbox/ninox-model.ts';
import { buildDatabase, createSampleClock } from '#sandbox/ninox-sample-builder.ts';
import { createNinoxServer } from '#sandbox/ninox-server.ts';

/** Something that was asked of Ninox. A change is `done` once it has had its effect. */
export interface NinoxRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly body: string;
  readonly at: number;
  done: boolean;
  answered: boolean;
}

/** Lets a request through by calling `forward`; what `false` is returned for is never answered. */
export type Interceptor = (request: NinoxRequest, forward: () => Promise<void>) => Promise<boolean>;

/** The stand-in behind a door at which every request is logged and can be held up. */
export interface WatchedNinox extends AsyncDisposable {
  readonly key: string;
  readonly baseUrl: string;
  /** Requests that change something, in the order of arrival. */
  readonly changes: readonly NinoxRequest[];
  intercept: Interceptor;
  /** How often the deletion of the record has come. */
  deletionsOf(record: number): readonly NinoxRequest[];
  /** How often a record of this name was to be created. */
  creationsOf(name: string): readonly NinoxRequest[];
  has(record: number): boolean;
  /** As somebody does in Ninox itself. */
  rename(record: number, name: string): void;
  remove(record: number): void;
  /** The ids of the records of this name. */
  named(name: string): readonly number[];
}

export const watchedIds = { team: 'teamOfFailpoints1', database: 'dbfailpoint1', table: 'A' } as const;
const key = 'a-key-of-the-watched-ninox';

export function nameOf(record: number): string {
  return `Item ${record}`;
}

/** One team with one database with one table, its records numbered from 1. */
function createData(records: number): NinoxData {
  const clock = createSampleClock(new Date());
  const rows = Array.from({ length: records }, (_, at) => [nameOf(at + 1), at + 1]);
  const fields = [
    { name: 'Name', type: 'string' },
    { name: 'Size', type: 'number' },
  ] as const;
  const table = { id: watchedIds.table, name: 'Items', fields, rows, age: () => 3 };
  const database = { id: watchedIds.database, name: 'Stock', icon: 'database', color: '#4970ff', tables: [table] };
  const team = { id: watchedIds.team, name: 'Failpoint Ltd', databases: [buildDatabase(database, clock)] };
  return { teams: [team] };
}

export async function startWatchedNinox(records: number): Promise<WatchedNinox> {
  const data = createData(records);
  const table = tableOf(data);
  const standIn = createNinoxServer({ keys: [{ key, teams: 'all' }], data });
  const origin = new URL(await standIn.listen()).origin;
  const changes: NinoxRequest[] = [];
  const server = createServer((incoming, response) => {
    // What fails here fails because the service that asked is gone.
    pass(incoming, response).catch(() => response.destroy());
  });

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readText(incoming);
    const url = incoming.url ?? '/';
    const [path = ''] = url.split('?', 1);
    const request = { method: incoming.method ?? '', path, body, at: Date.now(), done: false, answered: false };
    if (request.method !== 'GET') changes.push(request);
    let answer: { readonly status: number; readonly text: string } | null = null;
    const forward = async () => {
      answer = await ask(origin + url, incoming, body);
      request.done = true;
    };
    const isToBeAnswered = await ninox.intercept(request, forward);
    if (!isToBeAnswered) return;
    if (answer === null) await forward();
    const { status, text } = answer ?? { status: 500, text: '' };
    request.answered = true;
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  }

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const ninox: WatchedNinox = {
    key,
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    changes,
    intercept: letThrough,
    deletionsOf: (record) =>
      changes.filter(({ method, path }) => method === 'DELETE' && path.endsWith(`/records/${record}`)),
    creationsOf: (name) =>
      changes.filter(({ method, body }) => method === 'POST' && body.includes(`${JSON.stringify(name)}`)),
    has: (record) => table.records.has(record),
    rename: (record, name) => void table.records.get(record)?.fields.set('Name', name),
    remove: (record) => void table.records.delete(record),
    named: (name) =>
      [...table.records.values()].filter(({ fields }) => fields.get('Name') === name).map(({ id }) => id),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await standIn.close();
    },
  };
  return ninox;
}

export const letThrough: Interceptor = () => Promise.resolve(true);

function tableOf({ teams }: NinoxData): NinoxTable {
  const table = teams[0]?.databases[0]?.tables[0];
  if (table === undefined) throw new Error('The data holds no table.');
  return table;
}

async function ask(url: string, { method = 'GET', headers }: IncomingMessage, body: string) {
  const { authorization = '', 'content-type': contentType = 'application/json' } = headers;
  const response = await fetch(url, {
    method,
    headers: { authorization, ...(body === '' ? {} : { 'content-type': contentType }) },
    ...(body === '' ? {} : { body }),
  });
  return { status: response.status, text: await response.text() };
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
