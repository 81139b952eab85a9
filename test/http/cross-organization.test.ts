import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpenApiDocument } from '#channels/http/openapi/create-document.ts';
import type { ApiDocument, Schema } from '#web/pages/api-reference/document.ts';
import { type Endpoint, groupEndpoints, resolveSchema } from '#web/pages/api-reference/document.ts';
import { exampleOf } from '#web/pages/api-reference/example.ts';
import { makeKey } from '../support/api-key.ts';
import { documentFaults } from '../support/document-faults.ts';
import {
  type BeasThing,
  beasConnection,
  beasPersona,
  mark,
  startTwoOrganizations,
  type TwoOrganizations,
} from '../support/two-organizations.ts';

/*
 * Generated from the route table, as the service itself describes it: whoever adds a route gets its cases, and a failure
 * until what they need is below.
 */

/** What a path's first part calls a thing of Bea's, where it is not called by its own name. */
const thingOfPath: Readonly<Record<string, BeasThing>> = {
  sessions: 'sessions',
  members: 'members',
  invitations: 'invitations',
  'api-keys': 'api-keys',
  connections: 'connections',
  personas: 'personas',
  approvals: 'approvals',
  effects: 'effects',
  chat: 'conversations',
  conversations: 'conversations',
  runs: 'runs',
  'audit-events': 'audit-events',
  widgets: 'widgets',
  slack: 'slack-workspaces',
  'outside-links': 'outside-links',
  jobs: 'jobs',
  'job-trials': 'job-trials',
  'dead-items': 'dead-items',
  inbox: 'inbox',
};
/** What stands beside the id in some paths. */
const besideId: Readonly<Record<string, () => string>> = {
  name: () => place.ids['discovered-tools'],
  keyId: () => place.ids['widget-keys'],
  channelId: () => 'C0123ABC456',
  runId: () => place.ids['job-runs'],
  deliveryId: () => place.ids.deliveries,
  eventId: () => place.ids['hook-events'],
};

/** Whoever holds the token of a link is let in by it, from whatever organization; templates are everybody’s. */
const openToAll = (path: string) =>
  path.startsWith('/api/v1/invitation-links/{token}') || path.startsWith('/api/v1/job-templates/{id}');

const change = { revision: 1, label: 'x', scopes: ['ninox:teams:read'] };
/** Bodies that are valid, so that nothing but the id can be refused. Where nothing is here an empty one is. */
const bodies: Readonly<Record<string, object>> = {
  'PATCH /api/v1/members/{id}': { role: 'auditor' },
  'PATCH /api/v1/connections/{id}': change,
  'POST /api/v1/connections/{id}/tools/{name}/approve': { fingerprint: 'a'.repeat(64), effect: 'read' },
  'POST /api/v1/connections/{id}/key': { key: 'a-key-of-some-length-1' },
  'PUT /api/v1/personas/{id}': { revision: 1, definition: beasPersona },
  'POST /api/v1/personas/{id}/messages': { text: 'Hello' },
  'POST /api/v1/personas/{id}/revert': { revision: 1, to: 1 },
  'POST /api/v1/approvals/{id}/decision': { decision: 'approve', hash: '0'.repeat(64) },
  'POST /api/v1/approvals/{id}/arguments': { hash: '0'.repeat(64), arguments: {} },
  'PATCH /api/v1/widgets/{id}': { revision: 1 },
  'POST /api/v1/widgets/{id}/keys': { algorithm: 'HS256' },
  'PUT /api/v1/slack/workspaces/{id}/persona': { personaId: null },
  'PUT /api/v1/slack/workspaces/{id}/channels/{channelId}': { personaId: null },
  'PATCH /api/v1/jobs/{id}': { revision: 1, status: 'paused' },
  'PUT /api/v1/jobs/{id}/allowances': { revision: 1, allowances: [] },
  'POST /api/v1/personas/{id}/x-ray/checks': { tool: 'ninox_list_teams', arguments: {} },
};
const queries: Readonly<Record<string, string>> = { 'GET /api/v1/connections/{id}/resources': '?level=teams' };

/** Lists that are empty or the same for everybody, so that they cannot show what is Bea's. */
const listsWithoutHers = ['/api/v1/integrations', '/api/v1/models', '/api/v1/job-templates'];

let place: TwoOrganizations;
let document: ApiDocument;
let endpoints: readonly Endpoint[];
beforeAll(async () => {
  place = await startTwoOrganizations();
  document = (await place.nobody.get('/api/openapi.json')).body as ApiDocument;
  endpoints = groupEndpoints(document, '').flatMap((group) => group.endpoints);
}, 60_000);
afterAll(() => place[Symbol.asyncDispose]());

const nameOf = ({ method, path }: Endpoint) => `${method} ${path}`;
/** Those in the protocols of others take keys only, and have cases of their own. */
const isOurs = ({ credentials }: Endpoint) => credentials !== 'API key';
const withParameter = () =>
  endpoints.filter((endpoint) => isOurs(endpoint) && endpoint.path.includes('{') && !openToAll(endpoint.path));

/** The address of something that exists in Bea's organization. */
function addressOf(endpoint: Endpoint): string {
  const { path } = endpoint;
  const collection = path.replace(/^\/api\/(v1\/)?/, '').split('/')[0] ?? '';
  const thing = thingOfPath[collection];
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  if (thing === undefined || names.some((name = '') => name !== 'id' && besideId[name] === undefined)) {
    throw new Error(`${nameOf(endpoint)}: say above which of Bea's ids stand in its path, and make them.`);
  }
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => besideId[name]?.() ?? place.ids[thing]);
  return filled + (queries[nameOf(endpoint)] ?? '');
}

describe('with an id that exists in another organization', () => {
  test('every route answers as if it were not there', async () => {
    const answers: Record<string, unknown> = {};
    for (const endpoint of withParameter()) {
      const { status, body } = await place.olivia.send(
        endpoint.method,
        addressOf(endpoint),
        bodies[nameOf(endpoint)] ?? {},
      );
      const code = (body as { code?: string } | null)?.code;
      if (status !== 404 || code !== 'NOT_FOUND') answers[nameOf(endpoint)] = { status, body };
      expect(JSON.stringify(body), nameOf(endpoint)).not.toContain(mark);
    }
    expect(withParameter().length).toBeGreaterThan(25);
    expect(answers).toEqual({});
  });

  test('and it does exist: its own people find it, unchanged by all the asking', async () => {
    for (const endpoint of withParameter().filter(({ method }) => method === 'GET')) {
      const response = await place.bea.fetch(addressOf(endpoint));
      expect([200, 204], nameOf(endpoint)).toContain(response.status);
    }
    const { body } = await place.bea.get(`/api/v1/connections/${place.ids.connections}`);
    expect(body).toMatchObject({ status: 'active', label: beasConnection.label, revision: 1 });
    const approval = await place.bea.get(`/api/v1/approvals/${place.ids.approvals}`);
    expect(approval.body).toMatchObject({ status: 'pending', mayDecide: true });
    const persona = (await place.bea.get(`/api/v1/personas/${place.ids.personas}`)).body;
    expect(persona).toMatchObject({ persona: { name: beasPersona.name, archived: false, revision: 1 } });
    for (const list of ['members', 'sessions', 'invitations', 'api-keys'] as const) {
      const { items } = (await place.bea.get(`/api/v1/${list}`)).body as { items: { id: string; status?: string }[] };
      const found = items.find(({ id }) => id === place.ids[list]);
      expect(found, list).toBeDefined();
      expect(found?.status ?? 'active', list).toBe('active');
    }
  });

  test.each([
    ['POST /api/v1/session/organization', () => ({ organizationId: place.ids.organization })],
    [
      'POST /api/chat',
      () => ({
        id: 'mine',
        personaId: place.ids.personas,
        message: { id: 'm1', role: 'user', parts: [{ type: 'text', text: 'hi' }] },
      }),
    ],
  ])('%s finds none of the ids a body can name', async (name, body) => {
    const [method = '', path = ''] = name.split(' ');
    expect(await place.olivia.send(method, path, body())).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  test('a job names neither personas nor connections of another organization', async () => {
    const named = [
      [{ persona: place.ids.personas }, /persona:/],
      [
        { deliveries: [{ kind: 'slack', connectionId: place.ids['slack-workspaces'], channel: 'C0123ABC456' }] },
        /no such connection/,
      ],
    ] as const;
    for (const [more, message] of named) {
      const trigger = { kind: 'manual' };
      const definition = { name: 'Mine', persona: 'database-librarian', trigger, prompt: 'Look.', ...more };
      for (const path of ['jobs', 'job-trials']) {
        const { status, body } = await place.olivia.send('POST', `/api/v1/${path}`, { definition });
        expect({ status, body }, path).toMatchObject({ status: 400, body: { detail: expect.stringMatching(message) } });
        expect(JSON.stringify(body)).not.toContain(mark);
      }
    }
  });

  test('filters of the record find nothing of it', async () => {
    const filters = [
      `actorId=${place.ids.members}`,
      `personaId=${place.ids.personas}`,
      `connectionId=${place.ids.connections}`,
      `conversationId=${place.ids.conversations}`,
    ];
    for (const filter of filters) {
      const { body } = await place.olivia.get(`/api/v1/audit-events?${filter}`);
      expect(body, filter).toEqual({ items: [], nextCursor: null });
    }
    const response = await place.olivia.post('/api/v1/audit-exports', { format: 'jsonl' });
    const text = await response.text();
    expect(text).not.toContain(mark);
    expect(text).toContain('session.signed_in');
  });
});

test('no list shows anything of another organization', async () => {
  const lists = endpoints.filter(
    ({ method, path, answers }) =>
      method === 'GET' && !path.includes('{') && answers.some(({ answer }) => isList(answer.content)),
  );
  expect(lists.length).toBeGreaterThan(8);
  for (const { path } of lists) {
    const hers = JSON.stringify((await place.bea.get(path)).body);
    if (!listsWithoutHers.includes(path)) expect(mentions(hers), `${path} for Bea`).toBe(true);
    const { status, body } = await place.olivia.get(path);
    expect(status, path).toBe(200);
    expect(mentions(JSON.stringify(body)), path).toBe(false);
  }
});

function mentions(text: string): boolean {
  return text.includes(mark) || Object.values(place.ids).some((id) => text.includes(id));
}

function isList(content: Readonly<Record<string, { readonly schema?: Schema }>> = {}): boolean {
  const schema = content['application/json']?.schema;
  return schema !== undefined && resolveSchema(document, schema).properties?.nextCursor !== undefined;
}

test('a key finds the models of its own organization alone', async () => {
  const definition = { ...beasPersona, name: `${mark} model`, channels: ['web', 'api'] };
  const made = (await place.bea.send('POST', '/api/v1/personas', { definition })).body as { persona: { id: string } };
  const { id } = made.persona;
  const ask = { model: id, messages: [{ role: 'user', content: 'Hello' }] };
  const [hers, mine] = [await makeKey(place.app.address, place.bea), await makeKey(place.app.address, place.olivia)];
  expect((await hers.get(`/v1/models/${id}`)).status).toBe(200);
  expect(await mine.get(`/v1/models/${id}`)).toMatchObject({ status: 404, body: { error: { param: 'model' } } });
  expect(await mine.send('POST', '/v1/chat/completions', ask)).toMatchObject({ status: 404 });
  expect(JSON.stringify((await hers.get('/v1/models')).body)).toContain(id);
  expect(mentions(JSON.stringify((await mine.get('/v1/models')).body))).toBe(false);
});

test('no body may have a field that is not known', async () => {
  const answers: Record<string, unknown> = {};
  for (const endpoint of endpoints.filter((one) => isOurs(one) && one.body !== null)) {
    const path = openToAll(endpoint.path)
      ? endpoint.path.replace('{token}', 'x').replace('{id}', 'daily-summary')
      : undefined;
    const body = bodies[nameOf(endpoint)] ?? exampleOf(document, endpoint.body ?? {});
    const where = path ?? (endpoint.path.includes('{') ? addressOf(endpoint) : endpoint.path);
    const answer = await place.olivia.send(endpoint.method, where, { ...(body as object), surprise: true });
    const { code, detail = '' } = answer.body as { code?: string; detail?: string };
    if (answer.status !== 400 || code !== 'INPUT_INVALID' || !detail.includes('surprise')) {
      answers[nameOf(endpoint)] = answer;
    }
  }
  expect(answers).toEqual({});
});

test('no object inside a body may have one either, but where any name is allowed', () => {
  const loose = endpoints
    .filter(isOurs)
    .flatMap((endpoint) =>
      looseObjects(endpoint.body ?? {}, new Set()).map((found) => `${nameOf(endpoint)}: ${found}`),
    );
  expect(loose).toEqual([]);
});

function looseObjects(given: Schema, seen: Set<unknown>): string[] {
  const schema = resolveSchema(document, given);
  if (seen.has(schema)) return [];
  seen.add(schema);
  const own = schema.properties !== undefined && schema.additionalProperties !== false;
  const inner = [
    ...Object.values(schema.properties ?? {}),
    schema.items,
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
  ];
  return [
    ...(own ? [Object.keys(schema.properties ?? {}).join()] : []),
    ...inner.flatMap((one) => (one === undefined ? [] : looseObjects(one, seen))),
  ];
}

test('nothing but what is open to anyone answers without a credential, or with a wrong one', async () => {
  const wrong = { authorization: 'Bearer pn_not-a-key-of-ours' };
  const answers: Record<string, unknown> = {};
  for (const { method, path, credentials } of endpoints.filter((endpoint) => endpoint.credentials !== 'none')) {
    const where = path.replaceAll(/\{\w+\}/g, 'x');
    const without = await place.nobody.send(method, where, {});
    const { code, error } = without.body as { code?: string; error?: { code?: string } };
    const isAsked = code === 'SIGN_IN_REQUIRED' || (path.startsWith('/v1/') && error?.code === 'invalid_api_key');
    if (without.status !== 401 || !isAsked) answers[`${method} ${path}`] = { credentials, without };
    const init = method === 'GET' ? {} : { body: '{}' };
    const headers = { ...wrong, 'content-type': 'application/json' };
    const { status } = await place.nobody.fetch(where, { method, headers, ...init });
    if (status !== 401) answers[`${method} ${path} with a wrong key`] = status;
  }
  expect(answers).toEqual({});
});

test('the description of the whole service is a sound OpenAPI 3.1 document', () => {
  expect(documentFaults(document as unknown as OpenApiDocument)).toEqual([]);
});
