import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { connectionTo, createTestEgress } from '#test/support/ninox-connection.ts';
import { type Behaviour, json, type RawServer, startRawServer } from '#test/support/raw-server.ts';
import { createNinoxClient } from './client.ts';

const table = { team: 'mnPLY6DMsvq9wz4id', database: 'nk5xt24oixj4', table: 'A' };
const tablePath = `/teams/${table.team}/databases/${table.database}/tables/A`;
const ids = { ...table, record: '12' };

const servers: RawServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function setUp(behave: Behaviour, options: { timeoutMs?: number; maxBytes?: number } = {}) {
  const server = await startRawServer(behave);
  servers.push(server);
  const client = createNinoxClient({ egress: createTestEgress(), sleep: async () => undefined, ...options });
  return { server, client, call: { connection: connectionTo(server.baseUrl), signal: new AbortController().signal } };
}

describe('reading a table and its files', () => {
  test('gives the fields in their order, with what they point to, and drops the rest', async () => {
    const { client, call } = await setUp((_request, response) =>
      json(response, {
        id: 'A',
        name: 'Orders',
        fields: [
          { id: 'A', name: 'Customer', type: 'ref', referenceToTable: 'B', reverseField: 'E', extra: 1 },
          { id: 'B', name: 'Lines', type: 'rev', referenceFromTable: 'C', referenceFromField: 'D' },
          { id: 'C', name: 'Odd', type: null, referenceToTable: {} },
          { name: 'No id', type: 'string' },
        ],
      }),
    );
    expect(await client.getTable(call, table)).toEqual({
      id: 'A',
      name: 'Orders',
      fields: [
        { id: 'A', name: 'Customer', type: 'ref', referenceToTable: 'B', reverseField: 'E' },
        { id: 'B', name: 'Lines', type: 'rev', referenceFromTable: 'C', referenceFromField: 'D' },
        { id: 'C', name: 'Odd', type: 'unknown' },
      ],
    });
  });

  test('does not take another table', async () => {
    const { client, call } = await setUp((_request, response) => json(response, { id: 'B', name: 'Other' }));
    await expect(client.getTable(call, table)).rejects.toMatchObject({ code: 'UPSTREAM_INVALID' });
  });

  test('gives the names of files, with what is told of them', async () => {
    const { client, call, server } = await setUp((_request, response) =>
      json(response, [{ name: 'a.pdf', size: 1, contentType: 'application/pdf' }]),
    );
    expect(await client.listFiles(call, ids)).toEqual([{ name: 'a.pdf', size: 1, contentType: 'application/pdf' }]);
    expect(server.seen[0]?.url).toBe(`${tablePath}/records/12/files`);
  });
});

describe('creating a record', () => {
  test('sends one object with its fields', async () => {
    const bodies: string[] = [];
    const { client, call, server } = await setUp((request, response) => {
      request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
      void once(request, 'end').then(() => json(response, { id: 13, fields: {} }));
    });
    expect(await client.createRecord(call, table, { Name: 'Ada', Company: 5 })).toBe('13');
    expect(server.seen).toMatchObject([{ method: 'POST', url: `${tablePath}/records` }]);
    expect(server.seen[0]?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(bodies.join(''))).toEqual({ fields: { Name: 'Ada', Company: 5 } });
  });

  test.each([[{ id: 13 }], [{ id: '13', fields: {} }], [[{ id: 13 }]], [[{ id: '13', sequence: 4 }]]])(
    'takes the id out of %j',
    async (answer) => {
      const { client, call } = await setUp((_request, response) => json(response, answer));
      expect(await client.createRecord(call, table, {})).toBe('13');
    },
  );

  test.each<[string, Behaviour]>([
    ['an id of zero', (_request, response) => json(response, { id: 0 })],
    ['an id that is a path', (_request, response) => json(response, { id: '../13' })],
    ['no id', (_request, response) => json(response, { fields: {} })],
    ['two records', (_request, response) => json(response, [{ id: 1 }, { id: 2 }])],
    ['an empty list', (_request, response) => json(response, [])],
    ['nothing', (_request, response) => void response.writeHead(200).end()],
    ['a page', (_request, response) => void response.writeHead(200).end('<html>Sign in</html>')],
    ['a huge answer', (_request, response) => void response.end('x'.repeat(5_000))],
    ['a reset', (request) => void request.socket.resetAndDestroy()],
    ['silence', () => undefined],
    ['a 502', (_request, response) => void response.writeHead(502).end()],
  ])('answered with %s it has an unknown outcome and is never repeated', async (name, behave) => {
    const timeoutMs = name === 'silence' ? 1_000 : 10_000;
    const { client, call, server } = await setUp(behave, { timeoutMs, maxBytes: 1_000 });
    await expect(client.createRecord(call, table, {})).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(server.seen).toHaveLength(1);
  });

  test.each([
    [400, 'UPSTREAM_INVALID'],
    [404, 'UPSTREAM_NOT_FOUND'],
    [429, 'RATE_LIMITED'],
    [500, 'UPSTREAM_UNAVAILABLE'],
  ])('answered %d it is %s and is not repeated', async (status, code) => {
    const { client, call, server } = await setUp((_request, response) => void response.writeHead(status).end());
    await expect(client.createRecord(call, table, {})).rejects.toMatchObject({ code });
    expect(server.seen).toHaveLength(1);
  });
});

describe('the newest records', () => {
  const recordsFrom = (first: number, count: number) =>
    Array.from({ length: count }, (_, at) => ({ id: first - at, fields: {} }));
  const pages =
    (list: readonly (readonly unknown[])[]): Behaviour =>
    (request, response) => {
      const page = Number(new URL(request.url ?? '', 'http://ninox').searchParams.get('page'));
      json(response, list[page] ?? []);
    };

  test('are asked for page by page until there are no more', async () => {
    const { client, call, server } = await setUp(
      pages([recordsFrom(120, 50), recordsFrom(70, 50), recordsFrom(20, 20)]),
    );
    const { records, isAll } = await client.listNewestRecords(call, table, () => false);
    expect([records.length, isAll]).toEqual([120, true]);
    expect(server.seen.map(({ url }) => url)).toEqual(
      [0, 1, 2].map((page) => `${tablePath}/records?new=true&page=${page}&perPage=50`),
    );
  });

  test('are enough when they are', async () => {
    const { client, call, server } = await setUp(pages([recordsFrom(120, 50)]));
    const { records, isAll } = await client.listNewestRecords(call, table, (found) => found.length === 50);
    expect([records.length, isAll, server.seen.length]).toEqual([50, false, 1]);
  });

  test('are at most four pages', async () => {
    const { client, call, server } = await setUp(
      pages([500, 450, 400, 350, 300].map((first) => recordsFrom(first, 50))),
    );
    const { records, isAll } = await client.listNewestRecords(call, table, () => false);
    expect([records.length, isAll, server.seen.length]).toEqual([200, false, 4]);
  });

  test('come once each from a Ninox that turns no pages', async () => {
    const { client, call, server } = await setUp((_request, response) => json(response, recordsFrom(100, 100)));
    const { records, isAll } = await client.listNewestRecords(call, table, () => false);
    expect([records.length, isAll, server.seen.length]).toEqual([100, false, 2]);
  });
});
