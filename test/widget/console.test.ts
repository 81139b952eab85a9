import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultWidgetLimits } from '#channels/http/contract/widgets.ts';
import { openWidgetApp, type WidgetApp } from '../support/widget-app.ts';
import { changeWidget, newKey, newVisitor, newWidget, shop } from '../support/widget-scene.ts';

let app: WidgetApp;
beforeAll(async () => {
  app = await openWidgetApp();
});
afterAll(() => app[Symbol.asyncDispose]());

const recorded = async (id: string) => {
  const findings = await app.audit.read({
    organizationId: 'org',
    after: 0,
    before: Number.MAX_SAFE_INTEGER,
    limit: 1000,
  });
  return findings
    .filter(({ body }) => (body?.details as { widgetId?: string } | undefined)?.widgetId === id)
    .map(({ event, body }) => ({ action: event.action, by: event.actorId, details: body?.details }));
};

test('a new widget has its tag, answers with what it starts with, and is recorded', async () => {
  const made = await app.as('olga', 'POST /api/v1/widgets', {
    name: ' Shop ',
    personaId: 'helper',
    origins: [`${shop}/`, shop],
  });
  expect(made).toMatchObject({
    status: 201,
    body: {
      name: 'Shop',
      isOn: true,
      identifiedOnly: false,
      attachments: false,
      origins: [shop],
      appearance: { title: 'Helper', theme: 'auto' },
      limits: defaultWidgetLimits,
      revision: 1,
      problems: [],
      keys: [],
    },
  });
  const id = String(made.body.id);
  expect(id).toMatch(/^w[\w-]{20}$/);
  expect(made.body.tag).toBe(
    `<script async src="https://personas.example/widget.js" data-widget="${id}" data-persona="helper"></script>`,
  );
  expect((await app.as('olga', `GET /api/v1/widgets/${id}`)).body).toEqual(made.body);
  expect((await app.as('olga', 'GET /api/v1/widgets')).body.items).toContainEqual(made.body);
  expect(await recorded(id)).toEqual([
    { action: 'widget.created', by: 'olga', details: expect.objectContaining({ name: 'Shop', origins: [shop] }) },
  ]);
});

test('a list goes page by page', async () => {
  const made = [await newWidget(app, {}, 'eve'), await newWidget(app, {}, 'eve'), await newWidget(app, {}, 'eve')];
  const first = (await app.as('eve', 'GET /api/v1/widgets?limit=2')).body;
  const second = (await app.as('eve', `GET /api/v1/widgets?limit=2&cursor=${String(first.nextCursor)}`)).body;
  const ids = [...(first.items as { id: string }[]), ...(second.items as { id: string }[])].map(({ id }) => id);
  expect(ids).toEqual(made.reverse());
  expect(second.nextCursor).toBeNull();
});

test.each([
  ['no-such', 'there is no persona'],
  ['desk', 'does not answer in widgets'],
])('the persona “%s” cannot be a widget’s', async (personaId, words) => {
  const body = { code: 'INPUT_INVALID', detail: expect.stringContaining(words) };
  expect(await app.as('olga', 'POST /api/v1/widgets', { name: 'x', personaId })).toMatchObject({ status: 400, body });
  const id = await newWidget(app);
  expect(await app.as('olga', `PATCH /api/v1/widgets/${id}`, { revision: 1, personaId })).toMatchObject({
    status: 400,
    body,
  });
});

test.each([
  [{ origins: ['https://shop.example/path'] }, 'origins.0'],
  [{ origins: ['https://*.example'] }, 'origins.0'],
  [{ origins: ['ftp://shop.example'] }, 'origins.0'],
  [{ origins: ['https://shop.example;sandbox'] }, 'origins.0'],
  [{ origins: ['https://shop.example,x'] }, 'origins.0'],
  [{ origins: ['null'] }, 'origins.0'],
  [{ limits: { ...defaultWidgetLimits, visitorPerDay: 0 } }, 'limits.visitorPerDay'],
  [{ attachments: 'yes' }, 'attachments'],
  [{ secret: true }, 'secret'],
])('%j is refused with where it is wrong', async (change, where) => {
  const id = await newWidget(app);
  const answer = await app.as('olga', `PATCH /api/v1/widgets/${id}`, { revision: 1, ...change });
  expect(answer).toMatchObject({
    status: 400,
    body: { code: 'INPUT_INVALID', detail: expect.stringContaining(where) },
  });
});

test('of two who change the same revision the second is told who was first', async () => {
  const id = await newWidget(app);
  const change = { revision: 1, name: 'Other shop', isOn: false };
  expect(await app.as('olga', `PATCH /api/v1/widgets/${id}`, change)).toMatchObject({
    status: 200,
    body: { revision: 2 },
  });
  const second = await app.as('olga', `PATCH /api/v1/widgets/${id}`, { revision: 1, name: 'Mine' });
  expect(second).toMatchObject({
    status: 409,
    body: { code: 'WIDGET_CHANGED', detail: expect.stringContaining('Olga') },
  });
  // What is there already is no change.
  expect((await app.as('olga', `PATCH /api/v1/widgets/${id}`, { ...change, revision: 2 })).body.revision).toBe(2);
  expect((await recorded(id)).map(({ action, details }) => [action, (details as { to?: object }).to])).toEqual([
    ['widget.created', undefined],
    ['widget.changed', { name: 'Other shop', isOn: false }],
  ]);
});

test('a widget says in plain words what keeps it from answering', async () => {
  const id = await newWidget(app, { origins: [], isOn: false, personaId: 'insider' });
  const problems = async () => (await app.as('olga', `GET /api/v1/widgets/${id}`)).body.problems as string[];
  expect(await problems()).toEqual([
    expect.stringContaining('switched off'),
    expect.stringContaining('No address'),
    expect.stringContaining('answers nobody but members'),
  ]);
  await changeWidget(app, id, { origins: [shop], isOn: true, identifiedOnly: true });
  expect(await problems()).toEqual([expect.stringContaining('has no key')]);
  await newKey(app, id);
  expect(await problems()).toEqual([]);
});

test('at most two keys count, a secret is shown once and lies nowhere in the open', async () => {
  const id = await newWidget(app);
  const { secret, keyId } = await newKey(app, id);
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  const pair = generateKeyPairSync('ed25519');
  const publicKey = pair.publicKey.export({ format: 'pem', type: 'spki' }).toString();
  const own = await app.as('olga', `POST /api/v1/widgets/${id}/keys`, { algorithm: 'EdDSA', publicKey });
  expect(own).toMatchObject({ status: 201, body: { secret: null, key: { algorithm: 'EdDSA', lastUsedAt: null } } });
  const third = await app.as('olga', `POST /api/v1/widgets/${id}/keys`, { algorithm: 'HS256' });
  expect(third).toMatchObject({ status: 409, body: { code: 'CONFLICT', detail: expect.stringContaining('two keys') } });
  const shown = await app.as('olga', `GET /api/v1/widgets/${id}`);
  expect(shown.body.keys).toHaveLength(2);
  for (const table of ['widgetKeys', 'secrets', 'auditBodies'] as const) {
    expect(JSON.stringify(await app.db.query.select().from(app.db.tables[table]))).not.toContain(secret);
  }
  expect(await app.as('olga', `DELETE /api/v1/widgets/${id}/keys/${keyId}`)).toMatchObject({ status: 200 });
  expect(await app.as('olga', `DELETE /api/v1/widgets/${id}/keys/${keyId}`)).toMatchObject({ status: 404 });
  expect((await app.as('olga', `GET /api/v1/widgets/${id}`)).body.keys).toHaveLength(1);
  const holders = (await app.db.query.select().from(app.db.tables.secrets)).map(({ holder }) => holder);
  expect(holders).not.toContain(`widget-key:${keyId}`);
  expect((await recorded(id)).map(({ action }) => action)).toEqual([
    'widget.created',
    'widget.key_created',
    'widget.key_created',
    'widget.key_revoked',
  ]);
});

test('many who make keys at once get two', async () => {
  const id = await newWidget(app);
  const race = Array.from({ length: 6 }, () =>
    app.as('olga', `POST /api/v1/widgets/${id}/keys`, { algorithm: 'HS256' }),
  );
  const statuses = (await Promise.all(race)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 201)).toHaveLength(2);
  expect(statuses.filter((status) => status === 409)).toHaveLength(4);
});

test('an EdDSA key of the wrong kind is refused', async () => {
  const id = await newWidget(app);
  const add = (publicKey: string) =>
    app.as('olga', `POST /api/v1/widgets/${id}/keys`, { algorithm: 'EdDSA', publicKey });
  expect(await add('a key')).toMatchObject({ status: 400, body: { code: 'INPUT_INVALID' } });
  const pair = generateKeyPairSync('ed25519');
  const secretHalf = await add(JSON.stringify(pair.privateKey.export({ format: 'jwk' })));
  expect(secretHalf).toMatchObject({ status: 400, body: { detail: expect.stringContaining('private key') } });
  expect((await app.as('olga', `GET /api/v1/widgets/${id}`)).body.keys).toEqual([]);
});

test('a deleted widget is gone with its keys, and nobody is answered any more', async () => {
  const id = await newWidget(app);
  const visitor = await newVisitor(app, id);
  const { keyId } = await newKey(app, id);
  expect((await app.as('olga', `DELETE /api/v1/widgets/${id}`)).status).toBe(200);
  expect((await app.as('olga', `GET /api/v1/widgets/${id}`)).status).toBe(404);
  expect((await app.as('olga', `DELETE /api/v1/widgets/${id}`)).status).toBe(404);
  const holders = (await app.db.query.select().from(app.db.tables.secrets)).map(({ holder }) => holder);
  expect(holders).not.toContain(`widget-key:${keyId}`);
  expect(await visitor.send('GET session')).toMatchObject({ status: 403, body: { code: 'WIDGET_OFF' } });
  expect((await app.boot(id, shop)).status).toBe(404);
});

test('use is told for 30 days, those without any as well', async () => {
  const id = await newWidget(app);
  const [one, other] = [await newVisitor(app, id), await newVisitor(app, id)];
  for (const visitor of [one, one, other]) expect((await visitor.say('Hello')).status).toBe(200);
  const days = (await app.as('olga', `GET /api/v1/widgets/${id}/usage`)).body.days as object[];
  expect(days).toHaveLength(30);
  const today = new Date().toISOString().slice(0, 10);
  expect(days.at(-1)).toEqual({ day: today, messages: 3, visitors: 2, inputTokens: 30, outputTokens: 3 });
  expect(days[0]).toMatchObject({ messages: 0, visitors: 0, inputTokens: 0, outputTokens: 0 });
});

test('another organization’s widgets are not there, and a member’s role does not allow them', async () => {
  const id = await newWidget(app);
  const { keyId } = await newKey(app, id);
  const requests: [string, object?][] = [
    [`GET /api/v1/widgets/${id}`],
    [`GET /api/v1/widgets/${id}/usage`],
    [`PATCH /api/v1/widgets/${id}`, { revision: 1, isOn: false }],
    [`POST /api/v1/widgets/${id}/keys`, { algorithm: 'HS256' }],
    [`DELETE /api/v1/widgets/${id}/keys/${keyId}`],
    [`DELETE /api/v1/widgets/${id}`],
  ];
  for (const [where, body] of requests) {
    expect((await app.as('eve', where, body)).status).toBe(404);
    expect((await app.as('mia', where, body)).status).toBe(403);
    expect((await app.ask(where, { body })).status).toBe(401);
  }
  const listed = (await app.as('eve', 'GET /api/v1/widgets')).body.items as { id: string }[];
  expect(listed.map((widget) => widget.id)).not.toContain(id);
  expect((await app.as('olga', `GET /api/v1/widgets/${id}`)).body).toMatchObject({ isOn: true, revision: 1 });
});
