import { once } from 'node:events';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { anyAddress, connectionTo, createTestEgress, testKey } from '#test/support/ninox-connection.ts';
import {
  type Behaviour,
  json,
  type RawServer,
  startRawServer,
  startSilentServer,
  unusedPort,
} from '#test/support/raw-server.ts';
import { type AddressPolicy, createAddressPolicy } from './address-policy.ts';
import type { EgressRequest } from './egress.ts';
import { EgressError } from './egress-error.ts';
import { UpstreamError } from './upstream-error.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(behave: Behaviour): Promise<RawServer> {
  const server = await startRawServer(behave);
  closers.push(server.close);
  return server;
}

function ask(baseUrl: string, changes: Partial<EgressRequest> = {}): EgressRequest {
  return {
    connection: connectionTo(baseUrl),
    method: 'GET',
    path: '/v1/teams',
    timeoutMs: 5_000,
    maxBytes: 10_000,
    signal: new AbortController().signal,
    ...changes,
  };
}

async function failureOf(request: EgressRequest, egress = createTestEgress()): Promise<EgressError> {
  const error = await egress.send(request).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(EgressError);
  return error as EgressError;
}

test('sends the key and the query, and gives status and text back', async () => {
  const server = await serve((_request, response) => json(response, [{ id: 'a' }]));
  const answer = await createTestEgress().send(ask(server.baseUrl, { query: { page: '1', order: 'a b' } }));
  expect(answer).toMatchObject({ status: 200, text: '[{"id":"a"}]' });
  expect(server.seen[0]?.url).toBe('/v1/teams?page=1&order=a+b');
  expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${testKey}`);
});

test('sends a body as JSON', async () => {
  let received = '';
  const server = await serve((request, response) => {
    request.on('data', (chunk: Buffer) => {
      received += chunk.toString();
    });
    request.on('end', () => json(response, {}));
  });
  await createTestEgress().send(ask(server.baseUrl, { method: 'POST', body: { a: 1 } }));
  expect(received).toBe('{"a":1}');
  expect(server.seen[0]?.headers['content-type']).toBe('application/json');
});

test('keeps the path prefix of the base URL', async () => {
  const server = await serve((_request, response) => json(response, []));
  await createTestEgress().send(ask(`${server.baseUrl}/v1`, { path: '/teams' }));
  expect(server.seen[0]?.url).toBe('/v1/teams');
});

test('the empty path is the address of the connection itself, as it stands', async () => {
  const server = await serve((_request, response) => json(response, []));
  for (const end of ['/mcp', '/mcp/']) await createTestEgress().send(ask(`${server.baseUrl}${end}`, { path: '' }));
  expect(server.seen.map(({ url }) => url)).toEqual(['/mcp', '/mcp/']);
});

test('further headers go along, but for those that say who is asking', async () => {
  const server = await serve((_request, response) => json(response, []));
  const headers = { 'x-more': 'yes', Authorization: 'Bearer other', Cookie: 'a=b', Host: 'elsewhere.example' };
  await createTestEgress().send(ask(server.baseUrl, { headers }));
  const [seen] = server.seen;
  expect(seen?.headers).toMatchObject({ 'x-more': 'yes' });
  expect(seen?.headers.authorization).not.toContain('other');
  expect(seen?.headers.cookie).toBeUndefined();
  expect(seen?.headers.host).not.toContain('elsewhere');
});

test.each([
  '/v1/../x',
  '/v1/./x',
  '/v1/%2e%2e/x',
  '/v1/teams?a=1',
  '/v1/teams#a',
  '/v1/a b',
  '/v1\\x',
  'x',
  '@example.org/x',
  '.example.org/x',
])('refuses the path %j, and nothing is sent', async (path) => {
  const server = await serve((_request, response) => json(response, []));
  await expect(createTestEgress().send(ask(server.baseUrl, { path }))).rejects.toMatchObject({ code: 'EGRESS_DENIED' });
  expect(server.seen).toHaveLength(0);
});

test.each(['nonsense', 'ftp://example.org', 'https://user:pass@example.org', 'https://example.org?x=1'])(
  'refuses the base URL %j',
  async (baseUrl) => {
    await expect(createTestEgress().send(ask(baseUrl))).rejects.toBeInstanceOf(UpstreamError);
  },
);

test.each([301, 302, 303, 307, 308])('does not follow a %d, so the key never reaches the target', async (status) => {
  const target = await serve((_request, response) => json(response, []));
  const server = await serve((_request, response) => {
    response.writeHead(status, { location: `${target.baseUrl}/v1/teams` }).end();
  });
  expect(await failureOf(ask(server.baseUrl))).toMatchObject({ reason: 'redirect', sent: true });
  expect(target.seen).toHaveLength(0);
});

test('does not repeat a request that is answered 421, which fetch would do', async () => {
  const server = await serve((_request, response) => void response.writeHead(421).end());
  expect(await failureOf(ask(server.baseUrl, { method: 'DELETE' }))).toMatchObject({ sent: true });
  // A repeated request would be on the wire before this one.
  await createTestEgress()
    .send(ask(server.baseUrl, { path: '/last', signal: AbortSignal.timeout(5_000) }))
    .catch(() => null);
  expect(server.seen.map((seen) => `${seen.method} ${seen.url}`)).toEqual(['DELETE /v1/teams', 'GET /last']);
});

test('stops at the byte cap while reading', async () => {
  let closed: Promise<unknown> = Promise.resolve();
  const server = await serve((_request, response) => {
    closed = once(response, 'close');
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(10_000)));
    };
    response.on('drain', more);
    more();
  });
  expect(await failureOf(ask(server.baseUrl))).toMatchObject({ reason: 'too_large', sent: true });
  await closed;
});

test('counts the bytes of a gzip bomb after decompression', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const server = await serve((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' }).end(bomb);
  });
  const limits = { maxBytes: bomb.length + 1 };
  expect(await failureOf(ask(server.baseUrl, limits))).toMatchObject({ reason: 'too_large', sent: true });
});

test('an answer of exactly the cap is taken', async () => {
  const server = await serve((_request, response) => void response.end('x'.repeat(10_000)));
  expect((await createTestEgress().send(ask(server.baseUrl))).text).toHaveLength(10_000);
});

test('the deadline covers the wait for the headers', async () => {
  const server = await serve(() => undefined);
  expect(await failureOf(ask(server.baseUrl, { timeoutMs: 100 }))).toMatchObject({ reason: 'timeout', sent: true });
});

test('the deadline covers a body that comes byte by byte', async () => {
  const server = await serve((_request, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write('x'), 10);
    response.on('close', () => clearInterval(drip));
  });
  expect(await failureOf(ask(server.baseUrl, { timeoutMs: 200 }))).toMatchObject({ reason: 'timeout', sent: true });
});

test('a deadline that ends while still connecting is known as not sent', async () => {
  const { port, close } = await startSilentServer();
  closers.push(close);
  const request = ask(`https://127.0.0.1:${port}`, { timeoutMs: 200 });
  expect(await failureOf(request)).toMatchObject({ reason: 'timeout', sent: false });
});

test('without knowledge of the HTTP client a deadline counts as sent', async () => {
  const egress = createTestEgress({
    fetch: (_url, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new Error('aborted')));
      }),
  });
  const request = ask('https://ninox.invalid', { timeoutMs: 20 });
  expect(await failureOf(request, egress)).toMatchObject({ reason: 'timeout', sent: true });
});

test('a deadline that has passed sends nothing', async () => {
  const server = await serve((_request, response) => json(response, []));
  expect(await failureOf(ask(server.baseUrl, { timeoutMs: 0 }))).toMatchObject({ reason: 'timeout', sent: false });
  expect(server.seen).toHaveLength(0);
});

test('a refused connection was not sent', async () => {
  const request = ask(`http://127.0.0.1:${await unusedPort()}`);
  expect(await failureOf(request)).toMatchObject({
    reason: 'unreachable',
    sent: false,
    systemCode: 'ECONNREFUSED',
  });
});

test('a host name that does not exist was not sent', async () => {
  expect(await failureOf(ask('http://ninox.invalid'))).toMatchObject({ reason: 'unreachable', sent: false });
});

test.each([
  ['a reset', (request) => void request.socket.resetAndDestroy()],
  ['a close', (request) => void request.socket.destroy()],
  [
    'a cut body',
    (request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('abc', () => request.socket.destroy());
    },
  ],
  [
    'a body that is not the gzip it claims',
    (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('no'),
  ],
] satisfies [string, Behaviour][])('%s counts as sent and lost', async (_name, behave) => {
  const server = await serve(behave);
  expect(await failureOf(ask(server.baseUrl))).toMatchObject({ reason: 'connection_lost', sent: true });
});

test('the caller can stop a call before and after it was sent', async () => {
  const before = AbortSignal.abort();
  const controller = new AbortController();
  const server = await serve(() => controller.abort());
  expect(await failureOf(ask(server.baseUrl, { signal: before }))).toMatchObject({ reason: 'cancelled', sent: false });
  expect(server.seen).toHaveLength(0);
  const during = failureOf(ask(server.baseUrl, { signal: controller.signal }));
  expect(await during).toMatchObject({ reason: 'cancelled', sent: true });
});

test('an error status comes back without its body', async () => {
  const server = await serve((_request, response) => json(response, { message: 'secret detail' }, 404));
  expect(await createTestEgress().send(ask(server.baseUrl))).toMatchObject({ status: 404, text: '' });
});

test('a key that cannot stand in a header is refused without being quoted', async () => {
  const key = 'first-line\nsecond-line';
  const error = await failureOf(ask('http://127.0.0.1:1', { connection: connectionTo('http://127.0.0.1:1', key) }));
  expect(error).toMatchObject({ reason: 'secret_unusable', sent: false });
  expect(inspect(error)).not.toContain('second-line');
});

test('whatever fetch throws, nothing of it is passed on', async () => {
  const egress = createTestEgress({
    fetch: (_url, init) => Promise.reject(new TypeError(`bad ${JSON.stringify(init)}`, { cause: init })),
  });
  const error = await failureOf(ask('https://ninox.invalid'), egress);
  const everything = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error) + error.stack;
  expect(everything).not.toContain(testKey);
  expect(error).toMatchObject({ reason: 'connection_lost', sent: true });
});

test('parallel calls do not mix up what was sent', async () => {
  const server = await serve(() => undefined);
  const refused = ask(`http://127.0.0.1:${await unusedPort()}`);
  const egress = createTestEgress();
  const [sent, unsent] = await Promise.all([
    failureOf(ask(server.baseUrl, { timeoutMs: 150 }), egress),
    failureOf(refused, egress),
  ]);
  expect([sent.sent, unsent.sent]).toEqual([true, false]);
});

describe('where requests may go', () => {
  const rebinding: AddressPolicy = { ...createAddressPolicy({ allowedHosts: [] }), admit: async () => undefined };

  test('a name that has become private since it was looked up gets not one byte', async () => {
    const server = await serve((_request, response) => json(response, []));
    const egress = createTestEgress({ policy: rebinding });
    await expect(egress.send(ask(server.baseUrl))).rejects.toMatchObject({
      code: 'EGRESS_DENIED',
      message: expect.stringContaining('private network'),
    });
    expect(server.seen).toHaveLength(0);
  });

  test('neither does a socket that is still open from a time when it was allowed', async () => {
    const server = await serve((_request, response) => json(response, []));
    let policy: AddressPolicy = anyAddress;
    const egress = createTestEgress({
      policy: { admit: async () => undefined, allowsSocket: (...asked) => policy.allowsSocket(...asked) },
    });
    await egress.send(ask(server.baseUrl));
    policy = rebinding;
    await expect(egress.send(ask(server.baseUrl))).rejects.toMatchObject({ code: 'EGRESS_DENIED' });
    expect(server.seen).toHaveLength(1);
  });

  test('what the policy does not admit is not sent, and waiting for it ends with the call', async () => {
    const server = await serve((_request, response) => json(response, []));
    const refusing = createTestEgress({ policy: createAddressPolicy({ allowedHosts: [] }) });
    await expect(refusing.send(ask(server.baseUrl))).rejects.toMatchObject({ code: 'EGRESS_DENIED' });
    const controller = new AbortController();
    const hanging = createTestEgress({
      policy: {
        ...anyAddress,
        admit: () => {
          controller.abort();
          return new Promise(() => undefined);
        },
      },
    });
    expect(await failureOf(ask(server.baseUrl, { signal: controller.signal }), hanging)).toMatchObject({
      reason: 'cancelled',
      sent: false,
    });
    expect(server.seen).toHaveLength(0);
  });

  test('a key goes only to the scheme, host and port it was sealed for', async () => {
    const [server, other] = [
      await serve((_request, response) => json(response, [])),
      await serve((_request, response) => json(response, [])),
    ];
    const moved = { ...connectionTo(server.baseUrl), baseUrl: other.baseUrl };
    await expect(createTestEgress().send(ask('', { connection: moved }))).rejects.toMatchObject({
      code: 'EGRESS_DENIED',
    });
    const pretended = { ...moved, origin: new URL(other.baseUrl).origin };
    await expect(createTestEgress().send(ask('', { connection: pretended }))).rejects.toMatchObject({
      code: 'UPSTREAM_UNAUTHORIZED',
      message: expect.stringContaining('must connect it again'),
    });
    expect([server.seen, other.seen]).toEqual([[], []]);
  });
});
