import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toConnection } from '#connections/to-connection.ts';
import { createOpenapiIntegration } from '#integrations/openapi/openapi-integration.ts';
import { createSqlitePlace } from '../contract/place.ts';
import { type ConnectionProcess, openProcess, person } from '../support/connections.ts';
import { listenLocally } from '../support/listen-locally.ts';

const { actor } = person('olivia', { role: 'owner' });
const anId = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
const order = { type: 'object', properties: { item: { type: 'string' } }, required: ['item'] };
const document = {
  openapi: '3.0.3',
  info: { title: 'Orders', version: '1' },
  components: { schemas: { Order: order } },
  paths: {
    '/orders/{id}': {
      parameters: [anId],
      get: { operationId: 'getOrder', summary: 'Get an order', responses: { 200: { description: 'It' } } },
    },
    '/orders': {
      get: {
        operationId: 'listOrders',
        parameters: [{ name: 'open', in: 'query', schema: { type: 'boolean' } }],
        responses: { 200: { description: 'They' } },
      },
      post: {
        operationId: 'addOrder',
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } },
        },
        responses: { 201: { description: 'Made' } },
      },
      put: {
        operationId: 'signOrders',
        parameters: [{ name: 'x-signature', in: 'header', required: true, schema: { type: 'string' } }],
        responses: { 200: { description: 'Not callable: a header is needed' } },
      },
    },
  },
};

let opened: AsyncDisposableStack;
let home: ConnectionProcess;
let address: string;
let answerWith: { status: number; cut: boolean };
const seen: { method: string; url: string; body: string; authorization: string | undefined }[] = [];

beforeEach(async () => {
  opened = new AsyncDisposableStack();
  answerWith = { status: 200, cut: false };
  seen.length = 0;
  const server = createServer((request, response) => void serve(request, response));
  async function serve(request: IncomingMessage, response: ServerResponse) {
    const json = { 'content-type': 'application/json' };
    if (request.url === '/v1/openapi.json') return response.writeHead(200, json).end(JSON.stringify(document));
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, body, authorization: headers.authorization });
    if (answerWith.cut) return request.socket.destroy();
    return response.writeHead(answerWith.status, json).end(JSON.stringify({ from: url }));
  }
  const listening = await listenLocally(server);
  opened.defer(listening.close);
  address = `${listening.address}/v1`;
  const place = await createSqlitePlace();
  opened.defer(place.remove);
  home = opened.use(
    await openProcess({
      open: place.open,
      allowedHosts: ['127.0.0.1'],
      integrations: (egress) => [createOpenapiIntegration({ egress })],
    }),
  );
});
afterEach(() => opened.disposeAsync());

async function approvedTools(effects: Readonly<Record<string, 'read' | 'write'>>) {
  const made = await home.service.create(actor, {
    integration: 'http',
    place: 'form',
    address: null,
    key: null,
    fields: { address, key: 'a-key-of-orders' },
    label: 'Orders',
    ownership: 'organization',
    scopes: ['http:operations:call'],
    limits: {},
    limitNames: {},
  });
  const connectionId = made.record.id;
  const found = await home.discovery.discover(actor, connectionId);
  for (const { name, remoteName, fingerprint } of found) {
    const effect = effects[remoteName] ?? 'destructive';
    await home.discovery.approve(actor, { connectionId, name, fingerprint, effect });
  }
  return { connectionId, names: found.map(({ remoteName }) => remoteName) };
}

async function call(connectionId: string, name: string, given: unknown): Promise<unknown> {
  const prepared = (await home.catalog.of('org-1')).findTool(name)?.prepare(given);
  if (prepared?.ok !== true) throw new Error(prepared?.problem ?? 'no such tool');
  const record = await home.repository.find({ organizationId: 'org-1', id: connectionId });
  if (record === null) throw new Error('no connection');
  const connection = toConnection(record, home.catalog);
  return prepared.execute({ connection, signal: AbortSignal.timeout(10_000), allows: () => true });
}

test('the operations of a document become tools, and their calls the requests it describes', async () => {
  const { connectionId, names } = await approvedTools({ getOrder: 'read', listOrders: 'read' });
  // What needs a header cannot be called.
  expect(names.toSorted()).toEqual(['addOrder', 'getOrder', 'listOrders']);
  expect(await call(connectionId, 'http_orders_getorder', { id: 'a/../b c' })).toEqual({
    status: 200,
    answer: { from: '/v1/orders/a%2F..%2Fb%20c' },
  });
  await call(connectionId, 'http_orders_listorders', { open: true });
  await call(connectionId, 'http_orders_addorder', { body: { item: 'tea' } });
  expect(seen.map(({ method, url, body }) => `${method} ${url} ${body}`)).toEqual([
    'GET /v1/orders/a%2F..%2Fb%20c ',
    'GET /v1/orders?open=true ',
    'POST /v1/orders {"item":"tea"}',
  ]);
  expect(seen.every(({ authorization }) => authorization === 'Bearer a-key-of-orders')).toBe(true);
});

test('arguments are held against the document, and none leads out of the place of the operation', async () => {
  const { connectionId } = await approvedTools({});
  await expect(call(connectionId, 'http_orders_addorder', { body: {} })).rejects.toThrow(/item/);
  await expect(call(connectionId, 'http_orders_addorder', { body: { item: 'tea' }, extra: 1 })).rejects.toThrow();
  await expect(call(connectionId, 'http_orders_getorder', { id: '..' })).rejects.toMatchObject({
    code: 'UPSTREAM_INVALID',
  });
  expect(seen).toEqual([]);
});

test('where an answer does not come, a reading call failed and a changing one is unknown', async () => {
  const { connectionId } = await approvedTools({ getOrder: 'read', addOrder: 'write' });
  answerWith.cut = true;
  const added = call(connectionId, 'http_orders_addorder', { body: { item: 'tea' } });
  await expect(added).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  const read = call(connectionId, 'http_orders_getorder', { id: '1' });
  await expect(read).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  answerWith = { status: 404, cut: false };
  const gone = call(connectionId, 'http_orders_getorder', { id: '1' });
  await expect(gone).rejects.toMatchObject({ code: 'UPSTREAM_NOT_FOUND' });
});
