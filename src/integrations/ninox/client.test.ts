import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { connectionTo, createTestEgress, testKey } from '#test/support/ninox-connection.ts';
import {
  type Behaviour,
  json,
  type RawServer,
  startRawServer,
  startSilentServer,
  unusedPort,
} from '#test/support/raw-server.ts';
import { createNinoxClient } from './client.ts';
import { NinoxError } from './errors.ts';
import type { NinoxCall, PerformOptions } from './perform.ts';

const team = 'mnPLY6DMsvq9wz4id';
const ids = { team, database: 'nk5xt24oixj4', table: 'A', record: '12' };
const recordPath = `/v1/teams/${team}/databases/nk5xt24oixj4/tables/A/records/12`;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(behave: Behaviour): Promise<RawServer> {
  const server = await startRawServer(behave);
  closers.push(server.close);
  return server;
}

/** Waits are written down and pass at once on a clock of their own. */
function setUp(options: Partial<PerformOptions> = {}) {
  const waits: number[] = [];
  let time = Date.UTC(2026, 10, 24, 12, 0, 0);
  const client = createNinoxClient({
    egress: createTestEgress(),
    now: () => time,
    random: () => 1,
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
      time += milliseconds;
    },
    ...options,
  });
  return { client, waits, pass: (milliseconds: number) => (time += milliseconds) };
}

function callTo(server: { baseUrl: string }, key = testKey): NinoxCall {
  return { connection: connectionTo(`${server.baseUrl}/v1`, key), signal: new AbortController().signal };
}

async function failureOf(work: Promise<unknown>): Promise<NinoxError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(NinoxError);
  const shown = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error) + (error as Error).stack;
  for (const form of [testKey, Buffer.from(testKey).toString('base64'), 'leak-of-the-body']) {
    expect(shown).not.toContain(form);
  }
  return error as NinoxError;
}

/** Answers every request with each status of the list in turn, then with an empty list. */
function statuses(...list: [number, Record<string, string>?][]): Behaviour {
  return (_request, response, count) => {
    const next = list[count - 1];
    if (next === undefined) json(response, []);
    else response.writeHead(next[0], next[1]).end('{"message":"leak-of-the-body"}');
  };
}

test('reads teams, one team, databases and a record, with ids as text and nothing more than needed', async () => {
  const answers: Record<string, unknown> = {
    '/v1/teams': [{ id: team, name: 'Sales', extra: 1 }],
    [`/v1/teams/${team}`]: { id: team, name: 'Sales', extra: 1 },
    [`/v1/teams/${team}/databases`]: [{ id: 123456789, name: 'CRM' }],
    [recordPath]: { id: 12, sequence: 3, createdAt: '2026-01-02T03:04:05', extra: 1, fields: { Name: 'Ada' } },
  };
  const server = await serve((request, response) => json(response, answers[request.url ?? '']));
  const { client } = setUp();
  const call = callTo(server);
  expect(await client.listTeams(call)).toEqual([{ id: team, name: 'Sales' }]);
  expect(await client.getTeam(call, team)).toEqual({ id: team, name: 'Sales' });
  expect(await client.listDatabases(call, team)).toEqual([{ id: '123456789', name: 'CRM' }]);
  expect(await client.getRecord(call, ids)).toEqual({
    id: '12',
    sequence: 3,
    createdAt: '2026-01-02T03:04:05',
    fields: { Name: 'Ada' },
  });
});

test.each([
  ['nothing', (_request, response) => void response.writeHead(200).end()],
  ['204', (_request, response) => void response.writeHead(204).end()],
  ['text', (_request, response) => void response.writeHead(200, { 'content-type': 'text/plain' }).end('Deleted')],
  ['JSON', (_request, response) => json(response, { whatever: true })],
] satisfies [string, Behaviour][])('a deletion answered with %s is done, in one request', async (_name, behave) => {
  const server = await serve(behave);
  await setUp().client.deleteRecord(callTo(server), ids);
  expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([`DELETE ${recordPath}`]);
});

test.each([
  [401, 'unauthorized', 'UPSTREAM_UNAUTHORIZED'],
  [403, 'forbidden', 'UPSTREAM_FORBIDDEN'],
  [404, 'not_found', 'UPSTREAM_NOT_FOUND'],
  [400, 'bad_request', 'UPSTREAM_INVALID'],
  [422, 'bad_request', 'UPSTREAM_INVALID'],
])('%d is %s and is not repeated', async (status, kind, code) => {
  const server = await serve(statuses([status], [status], [status]));
  const { client } = setUp();
  expect(await failureOf(client.listTeams(callTo(server)))).toMatchObject({ kind, code, status });
  expect(server.seen).toHaveLength(1);
});

test.each([429, 500, 502, 503, 504])(
  'a read answered %d is repeated twice at most, with growing waits',
  async (status) => {
    const server = await serve(statuses([status], [status], [status]));
    const { client, waits } = setUp();
    await failureOf(client.listTeams(callTo(server)));
    expect(server.seen).toHaveLength(3);
    expect(waits).toEqual([250, 500]);
  },
);

test.each([
  ['a reset', (request, response, count) => (count < 3 ? void request.socket.resetAndDestroy() : json(response, []))],
  ['a 502', statuses([502], [502])],
] satisfies [string, Behaviour][])('a read survives %s', async (_name, behave) => {
  const server = await serve(behave);
  expect(await setUp().client.listTeams(callTo(server))).toEqual([]);
  expect(server.seen).toHaveLength(3);
});

test.each([
  ['seconds', '7', [7_000]],
  ['a date', 'Tue, 24 Nov 2026 12:00:05 GMT', [5_000]],
  ['a date that has passed', 'Tue, 24 Nov 2026 11:00:00 GMT', []],
  ['zero', '0', []],
  ['nonsense', 'soon', [250]],
])('honours Retry-After as %s', async (_name, header, expected) => {
  const server = await serve(statuses([429, { 'retry-after': header }]));
  const { client, waits } = setUp();
  expect(await client.listTeams(callTo(server))).toEqual([]);
  expect(waits).toEqual(expected);
});

test('a Retry-After beyond the cap ends the call and says how long to wait', async () => {
  const server = await serve(statuses([429, { 'retry-after': '11' }]));
  const { client, waits } = setUp();
  const error = await failureOf(client.listTeams(callTo(server)));
  expect(error).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 11_000 });
  expect(error.message).toContain('11 seconds');
  expect([server.seen.length, waits]).toEqual([1, []]);
});

test('a Retry-After beyond the deadline ends the call', async () => {
  const server = await serve(statuses([429, { 'retry-after': '9' }]));
  const { client, waits } = setUp({ timeoutMs: 8_000 });
  expect(await failureOf(client.listTeams(callTo(server)))).toMatchObject({ code: 'RATE_LIMITED' });
  expect(waits).toEqual([]);
});

test('a service that is down for longer than the cap is not waited for', async () => {
  const server = await serve(statuses([503, { 'retry-after': '11' }]));
  const { client, waits } = setUp();
  expect(await failureOf(client.listTeams(callTo(server)))).toMatchObject({ kind: 'server_error', status: 503 });
  expect([server.seen.length, waits]).toEqual([1, []]);
});

test('does not wait for an attempt that would start after the deadline', async () => {
  const server = await serve(statuses([502]));
  const { client, waits } = setUp({ timeoutMs: 240 });
  expect(await failureOf(client.listTeams(callTo(server)))).toMatchObject({ kind: 'server_error' });
  expect([server.seen.length, waits]).toEqual([1, []]);
});

test('while one call was asked to wait, the others of that key wait too, even after it gave up', async () => {
  const server = await serve(statuses([429, { 'retry-after': '5' }]));
  const { client, waits } = setUp();
  await failureOf(client.deleteRecord(callTo(server), ids));
  expect(waits).toEqual([]);
  await client.listTeams(callTo(server));
  expect(waits).toEqual([5_000]);
});

test('a call that would have to wait for its key longer than the cap is not sent', async () => {
  const server = await serve(statuses([429, { 'retry-after': '20' }]));
  const { client, waits } = setUp();
  await failureOf(client.listTeams(callTo(server)));
  const error = await failureOf(client.deleteRecord(callTo(server), ids));
  expect(error).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 20_000 });
  expect([server.seen.length, waits]).toEqual([1, []]);
});

test('a pause of hours is forgotten after a minute', async () => {
  const server = await serve(statuses([429, { 'retry-after': '99999' }]));
  const { client, pass } = setUp();
  await failureOf(client.listTeams(callTo(server)));
  expect(await failureOf(client.listTeams(callTo(server)))).toMatchObject({ code: 'RATE_LIMITED' });
  expect(server.seen).toHaveLength(1);
  pass(60_000);
  expect(await client.listTeams(callTo(server))).toEqual([]);
});

test.each([
  [429, 'RATE_LIMITED'],
  [500, 'UPSTREAM_UNAVAILABLE'],
  [502, 'OUTCOME_UNKNOWN'],
  [503, 'OUTCOME_UNKNOWN'],
])('a deletion answered %d is %s and never repeated', async (status, code) => {
  const server = await serve(statuses([status], [status], [status]));
  expect(await failureOf(setUp().client.deleteRecord(callTo(server), ids))).toMatchObject({ code });
  expect(server.seen).toHaveLength(1);
});

test.each([
  ['a reset', 'connection_lost', (request) => void request.socket.resetAndDestroy()],
  ['silence', 'timeout_after_send', () => undefined],
  [
    'a page',
    'not_json',
    (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
  ],
  ['a huge answer', 'too_large', (_request, response) => void response.end('x'.repeat(5_000))],
] satisfies [string, string, Behaviour][])(
  'a deletion answered with %s has an unknown outcome and is never repeated',
  async (_name, kind, behave) => {
    const server = await serve(behave);
    const { client } = setUp({ timeoutMs: kind === 'timeout_after_send' ? 1_000 : 10_000, maxBytes: 1_000 });
    const error = await failureOf(client.deleteRecord(callTo(server), ids));
    expect(error).toMatchObject({ kind, code: 'OUTCOME_UNKNOWN' });
    expect(server.seen).toHaveLength(1);
  },
);

test('a deletion that could not be sent is known not to have happened', async () => {
  const { port, close } = await startSilentServer();
  closers.push(close);
  const server = { baseUrl: `https://127.0.0.1:${port}` };
  const late = setUp({ timeoutMs: 150 }).client.deleteRecord(callTo(server), ids);
  expect(await failureOf(late)).toMatchObject({ kind: 'timeout_before_send', code: 'UPSTREAM_UNAVAILABLE' });
  const gone = { baseUrl: `http://127.0.0.1:${await unusedPort()}` };
  const refused = setUp().client.deleteRecord(callTo(gone), ids);
  expect(await failureOf(refused)).toMatchObject({ kind: 'unreachable', code: 'UPSTREAM_UNAVAILABLE' });
});

test.each([
  ['invalid JSON', 'not_json', '{"id": leak-of-the-body'],
  ['a page', 'not_json', '<html>leak-of-the-body</html>'],
  ['nothing', 'not_json', ''],
  ['an object in the place of a list', 'unexpected_shape', '{"teams":["leak-of-the-body"]}'],
  ['a list with a hole', 'unexpected_shape', '[null]'],
  ['a name that is no text', 'unexpected_shape', '[{"id":"leak-of-the-body","name":1}]'],
])('%s is %s and is not repeated', async (_name, kind, body) => {
  const server = await serve((_request, response) => void response.writeHead(200).end(body));
  const error = await failureOf(setUp().client.listTeams(callTo(server)));
  expect(error).toMatchObject({ kind, code: 'UPSTREAM_INVALID' });
  expect(server.seen).toHaveLength(1);
});

test('an answer about another team or record is not taken', async () => {
  const server = await serve((_request, response) => json(response, { id: 'another', name: 'Other', fields: {} }));
  const { client } = setUp();
  expect(await failureOf(client.getTeam(callTo(server), team))).toMatchObject({ kind: 'unexpected_shape' });
  expect(await failureOf(client.getRecord(callTo(server), ids))).toMatchObject({ kind: 'unexpected_shape' });
});

test('a gzip bomb is too large', async () => {
  const bomb = gzipSync(Buffer.alloc(20_000_000));
  const server = await serve((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
  });
  const { client } = setUp();
  expect(await failureOf(client.listTeams(callTo(server)))).toMatchObject({ code: 'OUTPUT_TOO_LARGE' });
});

test('a redirect is its own error, and the key does not reach its target', async () => {
  const target = await serve((_request, response) => json(response, []));
  const server = await serve((_request, response) => void response.writeHead(302, { location: target.baseUrl }).end());
  expect(await failureOf(setUp().client.listTeams(callTo(server)))).toMatchObject({
    kind: 'redirect',
    code: 'EGRESS_DENIED',
  });
  expect([server.seen.length, target.seen.length]).toEqual([1, 0]);
});

test('a key that cannot be sent is reported as a key to replace', async () => {
  const server = await serve((_request, response) => json(response, []));
  const error = await failureOf(setUp().client.listTeams(callTo(server, `${testKey}\n`)));
  expect(error).toMatchObject({ kind: 'unauthorized' });
  expect(server.seen).toHaveLength(0);
});

test('no attack on the path is sent', async () => {
  const server = await serve((_request, response) => json(response, {}));
  const { client } = setUp();
  for (const record of ['.', '..', '', 'a/b', '%2e%2e', '12;', '１２']) {
    await expect(client.deleteRecord(callTo(server), { ...ids, record })).rejects.toMatchObject({
      code: 'EGRESS_DENIED',
    });
  }
  expect(server.seen).toHaveLength(0);
});

test('one key never has two requests on the way', async () => {
  let open = 0;
  let most = 0;
  const server = await serve((_request, response) => {
    open += 1;
    most = Math.max(most, open);
    setImmediate(() => {
      open -= 1;
      json(response, []);
    });
  });
  const { client } = setUp();
  await Promise.all(Array.from({ length: 20 }, () => client.listTeams(callTo(server))));
  expect([server.seen.length, most]).toEqual([20, 1]);
});

test('two keys have two requests on the way', async () => {
  const held: (() => void)[] = [];
  // Nobody is answered before both are there, so one after the other would never end.
  const server = await serve((_request, response) => {
    held.push(() => json(response, []));
    if (held.length === 2) for (const answer of held) answer();
  });
  const { client } = setUp();
  await Promise.all([client.listTeams(callTo(server)), client.listTeams(callTo(server, 'another-key-9876543210'))]);
  expect(server.seen).toHaveLength(2);
});

test('a call that waits for its turn leaves at its deadline or when it is stopped, and is never sent', async () => {
  const server = await serve(() => undefined);
  const { client } = setUp({ timeoutMs: 200, now: Date.now });
  const first = failureOf(client.deleteRecord(callTo(server), ids));
  const late = failureOf(client.deleteRecord(callTo(server), ids));
  const stopped = failureOf(client.deleteRecord({ ...callTo(server), signal: AbortSignal.abort() }, ids));
  expect(await stopped).toMatchObject({ kind: 'cancelled', code: 'UPSTREAM_UNAVAILABLE' });
  expect(await late).toMatchObject({ kind: 'timeout_before_send', code: 'UPSTREAM_UNAVAILABLE' });
  expect(await first).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  expect(server.seen).toHaveLength(1);
});

test('stopping a call ends its wait between two attempts', async () => {
  const controller = new AbortController();
  const server = await serve((_request, response) => {
    response.writeHead(429, { 'retry-after': '9' }).end(() => controller.abort());
  });
  const client = createNinoxClient({ egress: createTestEgress() });
  const call = { ...callTo(server), signal: controller.signal };
  expect(await failureOf(client.listTeams(call))).toMatchObject({ kind: 'cancelled' });
  expect(server.seen).toHaveLength(1);
});
