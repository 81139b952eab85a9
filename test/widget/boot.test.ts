import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWidgetApp, type WidgetApp } from '../support/widget-app.ts';
import { bootedToken, changeWidget, newKey, newWidget, shop, signIdentity } from '../support/widget-scene.ts';

const elsewhere = 'https://evil.example';
let app: WidgetApp;
beforeAll(async () => {
  app = await openWidgetApp();
});
afterAll(() => app[Symbol.asyncDispose]());

const claimsOf = (token: unknown) =>
  JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

test('a page that may hold the widget gets what its launcher needs, without cookies', async () => {
  const id = await newWidget(app);
  const booted = await app.boot(id, shop);
  expect(booted).toMatchObject({
    status: 200,
    body: { appearance: { title: 'Helper' }, identifiedOnly: false, lastAnswer: null },
  });
  expect(claimsOf(booted.body.visitorToken)).toMatchObject({ aud: id, origin: shop });
  const { headers } = booted;
  expect(headers.get('access-control-allow-origin')).toBe(shop);
  expect(headers.get('access-control-allow-credentials')).toBeNull();
  expect(headers.get('vary')?.toLowerCase()).toContain('origin');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.getSetCookie()).toEqual([]);
  // Nobody is stored who has said nothing.
  expect(await app.db.query.select().from(app.db.tables.visitors)).toEqual([]);
});

test('the preflight lets the launcher ask, and nothing else', async () => {
  const id = await newWidget(app);
  const response = await fetch(`${app.address}/api/widget/v1/${id}/boot`, {
    method: 'OPTIONS',
    headers: {
      origin: shop,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  });
  expect(response.status).toBe(204);
  const { headers } = response;
  expect(headers.get('access-control-allow-origin')).toBe(shop);
  expect(headers.get('access-control-allow-methods')).toBe('POST');
  expect(headers.get('access-control-allow-headers')).toBe('content-type');
  expect(headers.get('access-control-allow-credentials')).toBeNull();
  expect(headers.get('vary')?.toLowerCase()).toContain('origin');
  for (const path of ['session', 'messages']) {
    const other = await fetch(`${app.address}/api/widget/v1/${path}`, { method: 'OPTIONS', headers: { origin: shop } });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  }
});

test.each([elsewhere, `${shop}:8443`, 'http://shop.example', 'https://shop.example.evil.example', 'null'])(
  'a page of %s is refused, and can read why',
  async (origin) => {
    const id = await newWidget(app);
    const booted = await app.boot(id, origin);
    const detail = expect.stringContaining(`may not be used on ${origin}`);
    expect(booted).toMatchObject({ status: 403, body: { code: 'ORIGIN_REFUSED', detail } });
    expect(booted.headers.get('access-control-allow-origin')).toBe(origin);
    expect(booted.text).not.toContain('visitorToken');
  },
);

test('without any origin nothing is booted', async () => {
  const id = await newWidget(app);
  const answer = await app.ask(`POST /api/widget/v1/${id}/boot`, { body: {} });
  expect(answer).toMatchObject({ status: 403, body: { code: 'ORIGIN_REFUSED' } });
});

test('a widget that is off, and one that is not there, say so', async () => {
  const id = await newWidget(app, { isOn: false });
  expect(await app.boot(id, shop)).toMatchObject({ status: 403, body: { code: 'WIDGET_OFF' } });
  const missing = await app.boot('wNoSuchWidget', shop);
  expect(missing).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  expect(missing.headers.get('access-control-allow-origin')).toBe(shop);
});

test('bodies are strict, JSON and short', async () => {
  const id = await newWidget(app);
  const post = (body: string, type = 'application/json') =>
    fetch(`${app.address}/api/widget/v1/${id}/boot`, {
      method: 'POST',
      body,
      headers: { origin: shop, 'content-type': type },
    });
  expect((await post('{"visitorToken":null,"more":1}')).status).toBe(400);
  expect((await post('{}', 'text/plain')).status).toBe(415);
  expect((await post(JSON.stringify({ visitorToken: 'x'.repeat(65 * 1024) }))).status).toBe(413);
});

test('a visitor stays who they were, with a token that was renewed', async () => {
  const id = await newWidget(app, { origins: [shop, 'https://other.example'] });
  const first = await bootedToken(app, id);
  const again = (await app.boot(id, shop, first)).body.visitorToken;
  expect(claimsOf(again).sub).toBe(claimsOf(first).sub);
  // Elsewhere, and where the token is none, it is somebody else.
  const others = [
    await app.boot(id, 'https://other.example', first),
    await app.boot(await newWidget(app), shop, first),
    await app.boot(id, shop, `${first.slice(0, -4)}AAAA`),
    await app.boot(id, shop, 'no token'),
  ];
  for (const other of others) {
    expect(other.status).toBe(200);
    expect(claimsOf(other.body.visitorToken).sub).not.toBe(claimsOf(first).sub);
  }
});

test('a boot tells of the newest answer, to whom it was given only', async () => {
  const id = await newWidget(app);
  const token = await bootedToken(app, id);
  const said = await app.visitor(token).say('Hello');
  const [, messageId] = /"messageId":"([^"]+)"/.exec(said.text) ?? [];
  const { lastAnswer } = (await app.boot(id, shop, token)).body;
  expect(lastAnswer).toEqual({ id: messageId, at: expect.any(String) });
  expect((await app.boot(id, shop)).body.lastAnswer).toBeNull();
  await changeWidget(app, id, { identifiedOnly: true });
  expect((await app.boot(id, shop, token)).body).toMatchObject({ identifiedOnly: true, lastAnswer: null });
});

test('an origin that was taken off the list counts no more, whatever token a page has', async () => {
  const id = await newWidget(app);
  const visitor = app.visitor(await bootedToken(app, id));
  expect((await visitor.send('GET session')).status).toBe(200);
  await changeWidget(app, id, { origins: [elsewhere] });
  const refused = { status: 403, body: { code: 'ORIGIN_REFUSED' } };
  expect(await visitor.send('GET session')).toMatchObject(refused);
  expect(await visitor.say('Hello')).toMatchObject(refused);
  expect(await app.boot(id, shop)).toMatchObject(refused);
});

test('the chat asks from this service’s own pages, and no other page may', async () => {
  const id = await newWidget(app);
  const token = await bootedToken(app, id);
  expect((await app.visitor(token, null, { origin: app.address }).send('GET session')).status).toBe(200);
  for (const origin of [shop, elsewhere]) {
    expect((await app.visitor(token, null, { origin }).send('GET session')).status).toBe(403);
    expect((await app.visitor(token, null, { origin }).say('Hello')).status).toBe(403);
  }
});

test('the launcher may be loaded by any page, and is asked for again after a while', async () => {
  const { headers, text, status } = await app.ask('GET /widget.js', { headers: { origin: elsewhere } });
  expect([status, text]).toEqual([200, '/* the launcher */']);
  expect(headers.get('content-type')).toContain('javascript');
  expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  expect(headers.get('cache-control')).toBe('public, max-age=300');
  const since = headers.get('last-modified') ?? '';
  expect(await conditional('/widget.js', since)).toBe(304);
});

/** As a cache asks; `fetch` keeps such headers to itself. */
function conditional(path: string, since: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(app.address + path, { headers: { 'if-modified-since': since } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('error', reject).end();
  });
}

const ancestors = (policy: string | null) => /frame-ancestors ([^;]*)/.exec(policy ?? '')?.[1];

test('only the widget’s own sites may hold its frame, and none while it is off', async () => {
  const id = await newWidget(app, { origins: [shop, 'http://localhost:8080'] });
  const frame = () => app.ask(`GET /widget/${id}/frame`);
  const { headers, text, status } = await frame();
  expect([status, text]).toEqual([200, '<!doctype html><title>Chat</title>']);
  expect(headers.get('content-type')).toContain('text/html');
  expect(headers.get('content-security-policy')).toBe(
    `default-src 'none';script-src 'self';frame-ancestors ${shop} http://localhost:8080`,
  );
  expect(headers.get('x-frame-options')).toBeNull();
  expect(headers.getSetCookie()).toEqual([]);
  await changeWidget(app, id, { isOn: false });
  expect(ancestors((await frame()).headers.get('content-security-policy'))).toBe("'none'");
  await changeWidget(app, id, { isOn: true, origins: [] });
  expect(ancestors((await frame()).headers.get('content-security-policy'))).toBe("'none'");
  const missing = await app.ask('GET /widget/wNoSuchWidget/frame');
  expect(missing.status).toBe(404);
  expect(ancestors(missing.headers.get('content-security-policy'))).toBe("'none'");
});

test('the preview is for the console alone', async () => {
  const { status, headers } = await app.ask('GET /widget/preview');
  expect(status).toBe(200);
  expect(ancestors(headers.get('content-security-policy'))).toBe("'self'");
});

test('an identified-only widget lets in whom the customer’s server names', async () => {
  const id = await newWidget(app, { identifiedOnly: true });
  const key = await newKey(app, id);
  const token = await bootedToken(app, id);
  const nobody = { status: 401, body: { code: 'IDENTITY_REQUIRED' } };
  expect(await app.visitor(token).send('GET session')).toMatchObject(nobody);
  expect(await app.visitor(token).say('Hello')).toMatchObject(nobody);
  const known = app.visitor(token, await signIdentity(key, id, { name: 'Karla' }));
  expect((await known.send('GET session')).body.visitor).toEqual({ kind: 'identified', name: 'Karla' });
  expect((await known.say('Hello')).status).toBe(200);
});

test('an address may not boot without end', async () => {
  const id = await newWidget(app);
  const boot = (address: string) =>
    app.ask(`POST /api/widget/v1/${id}/boot`, { headers: { origin: shop, 'x-forwarded-for': address } });
  const statuses = new Set<number>();
  for (let at = 0; at < 301; at += 1) statuses.add((await boot(`2001:db8:1:2::${at.toString(16)}`)).status);
  // All of one /64.
  expect([...statuses]).toEqual([200, 429]);
  expect((await boot('2001:db8:1:3::1')).status).toBe(200);
});

test('an address may not ask without end, whatever it asks with', async () => {
  const ask = () => app.ask('GET /api/widget/v1/session', { headers: { 'x-forwarded-for': '192.0.2.77' } });
  const statuses = new Set<number>();
  for (let at = 0; at < 40; at += 1) {
    for (const { status } of await Promise.all(Array.from({ length: 31 }, ask))) statuses.add(status);
  }
  expect([...statuses]).toEqual([401, 429]);
});
