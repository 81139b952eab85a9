import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWidgetApp, type WidgetApp } from '../support/widget-app.ts';
import {
  bootedToken,
  changeWidget,
  newKey,
  newWidget,
  type SharedKey,
  shop,
  signIdentity,
} from '../support/widget-scene.ts';

let app: WidgetApp;
beforeAll(async () => {
  app = await openWidgetApp();
});
afterAll(() => app[Symbol.asyncDispose]());

const generous = {
  limits: {
    visitorPerMinute: 60,
    visitorPerDay: 100,
    visitorTokensPerDay: null,
    widgetPerDay: null,
    widgetTokensPerDay: null,
    messageCharacters: 2000,
  },
};
const now = () => Math.floor(Date.now() / 1000);

async function open(change: object = {}) {
  const id = await newWidget(app, { ...generous, ...change });
  const key = await newKey(app, id);
  const token = await bootedToken(app, id);
  return {
    id,
    key,
    token,
    as: async (claims: object = {}, by: SharedKey = key) => app.visitor(token, await signIdentity(by, id, claims)),
  };
}

const invalid = (words: string) => ({
  status: 401,
  body: { code: 'IDENTITY_INVALID', detail: expect.stringContaining(words) },
});

test('whoever the customer’s server names is that person, in every browser', async () => {
  const { id, key, as } = await open();
  const here = await as();
  const said = await here.say('Hello', 'thread-1');
  expect(said.status).toBe(200);
  const elsewhere = app.visitor(await bootedToken(app, id), await signIdentity(key, id));
  expect((await elsewhere.send('GET session')).body.conversation).toMatchObject({ id: 'thread-1' });
  expect((await elsewhere.send('GET conversations/thread-1')).status).toBe(200);
  const [visitor] = (await app.db.query.select().from(app.db.tables.visitors)).filter(({ place }) => place === id);
  expect(visitor).toMatchObject({ external: 'customer-1', identified: true, organizationId: 'org' });
});

test.each<[string, object, string]>([
  ['of another widget', { aud: 'w2' }, '“aud”'],
  ['that has expired', { iat: now() - 600, exp: now() - 120 }, 'has expired'],
  ['that lives too long', { exp: now() + 3600 }, '15 minutes'],
  ['without a subject', { sub: '' }, '“sub”'],
])('a token %s is refused with what is wrong', async (_what, claims, words) => {
  const { as } = await open();
  const visitor = await as(claims);
  expect(await visitor.send('GET session')).toMatchObject(invalid(words));
  expect(await visitor.say('Hello')).toMatchObject(invalid(words));
});

test('a token is checked on every request: one that has ended meanwhile is refused', async () => {
  let time = Date.now();
  await using late = await openWidgetApp({ now: () => time });
  const id = await newWidget(late);
  const visitor = late.visitor(await bootedToken(late, id), await signIdentity(await newKey(late, id), id));
  expect((await visitor.say('Hello', 'thread-1')).status).toBe(200);
  time += 11 * 60_000;
  expect(await visitor.say('Again', 'thread-1')).toMatchObject(invalid('has expired'));
  expect(await visitor.send('GET conversations/thread-1')).toMatchObject(invalid('has expired'));
  time += 31 * 24 * 3600 * 1000;
  expect(await visitor.send('GET session')).toMatchObject({ status: 401, body: { code: 'VISITOR_INVALID' } });
});

test('forged tokens let nobody in', async () => {
  const { id, key, token } = await open();
  const other = await open();
  const pair = generateKeyPairSync('ed25519');
  const pem = pair.publicKey.export({ format: 'pem', type: 'spki' }).toString();
  const added = await app.as('olga', `POST /api/v1/widgets/${id}/keys`, { algorithm: 'EdDSA', publicKey: pem });
  const eddsa = (added.body.key as { id: string }).id;
  const claims = { sub: 'customer-1', jti: 'j', aud: id, iat: now(), exp: now() + 300 };
  const signed = (alg: string, kid: string, secret: string) =>
    new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(new TextEncoder().encode(secret));
  const [, body = ''] = new UnsecuredJWT(claims).encode().split('.');
  const none = Buffer.from(JSON.stringify({ alg: 'none', kid: key.keyId })).toString('base64url');
  const good = await signIdentity(key, id);
  const forged = [
    `${none}.${body}.`,
    await signed('HS256', key.keyId, 'x'.repeat(43)),
    await signed('HS256', eddsa, pem),
    await signed('HS256', eddsa, pem.trim()),
    await signed('HS256', eddsa, String(pair.publicKey.export({ format: 'jwk' }).x)),
    await signed('HS512', key.keyId, key.secret.repeat(2)),
    // The other widget's key, and this widget's key under that one's name.
    await signIdentity(other.key, id),
    await signIdentity({ keyId: other.key.keyId, secret: key.secret }, id),
    await signed('HS256', 'no-such-key', key.secret),
    good.slice(0, -6),
    'no token',
  ];
  for (const identity of forged) {
    const answer = await app.visitor(token, identity).send('GET session');
    expect(answer).toMatchObject({ status: 401, body: { code: 'IDENTITY_INVALID' } });
    expect(answer.text).not.toContain(key.secret);
  }
  const eddsaToken = await new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', kid: eddsa }).sign(pair.privateKey);
  expect((await app.visitor(token, eddsaToken).send('GET session')).status).toBe(200);
  expect((await app.visitor(token, good).send('GET session')).status).toBe(200);
});

test('a visitor’s token is no identity, and the other way round', async () => {
  const { id, key, token } = await open();
  expect(await app.visitor(token, token).send('GET session')).toMatchObject(invalid('“kid”'));
  const identity = await signIdentity(key, id);
  for (const given of [identity, 'x.y.z', '']) {
    const answer = await app.visitor(given, identity).send('GET session');
    expect(answer).toMatchObject({ status: 401, body: { code: 'VISITOR_INVALID' } });
  }
});

test('keys are changed without a gap: two count at once, and a revoked one at once no more', async () => {
  const { id, key, as } = await open();
  const next = await newKey(app, id);
  const [old, fresh] = [await as({}, key), await as({}, next)];
  expect((await old.say('Hello', 'thread-2')).status).toBe(200);
  expect((await fresh.send('GET conversations/thread-2')).status).toBe(200);
  const { keys } = (await app.as('olga', `GET /api/v1/widgets/${id}`)).body as {
    keys: { lastUsedAt: string | null }[];
  };
  expect(keys.map(({ lastUsedAt }) => lastUsedAt)).toEqual([expect.any(String), expect.any(String)]);
  await app.as('olga', `DELETE /api/v1/widgets/${id}/keys/${key.keyId}`);
  expect(await old.say('Hello', 'thread-2')).toMatchObject(invalid('not any more'));
  expect((await fresh.say('Hello', 'thread-2')).status).toBe(200);
});

test('after a logout neither token counts, and the thread is not shown', async () => {
  const { id, key, token, as } = await open();
  const anonymous = app.visitor(token);
  expect((await anonymous.say('Before', 'thread-3')).status).toBe(200);
  const visitor = await as({ jti: 'session-1' });
  expect((await visitor.say('Hello', 'thread-4')).status).toBe(200);
  expect(await visitor.send('POST logout')).toMatchObject({ status: 200, body: { done: true } });
  for (const gone of [visitor, anonymous]) {
    expect(await gone.send('GET session')).toMatchObject({ status: 401, body: { code: 'VISITOR_INVALID' } });
    expect((await gone.say('Again', 'thread-4')).status).toBe(401);
    expect((await gone.send('GET conversations/thread-3')).status).toBe(401);
  }
  // A new boot with the old token begins anew, and the ended identity does not come back with it.
  const again = String((await app.boot(id, shop, token)).body.visitorToken);
  const ended = app.visitor(again, await signIdentity(key, id, { jti: 'session-1' }));
  expect(await ended.send('GET session')).toMatchObject(invalid('ended by a logout'));
  const newcomer = app.visitor(again);
  expect((await newcomer.send('GET session')).body.conversation).toBeNull();
  for (const thread of ['thread-3', 'thread-4']) {
    expect((await newcomer.send(`GET conversations/${thread}`)).status).toBe(404);
    expect((await newcomer.send(`GET conversations/${thread}/stream`)).status).toBe(404);
    expect((await newcomer.say('Mine?', thread)).status).toBe(404);
  }
  const back = app.visitor(again, await signIdentity(key, id, { jti: 'session-2' }));
  expect((await back.send('GET session')).body.conversation).toMatchObject({ id: 'thread-4' });
});

test('who leaves with a token that has ended leaves all the same', async () => {
  const { as, token } = await open();
  const visitor = await as({ iat: now() - 600, exp: now() - 300 });
  expect((await visitor.send('POST logout')).status).toBe(200);
  expect((await app.visitor(token).send('GET session')).body.code).toBe('VISITOR_INVALID');
});

test('another person in the same browser sees nothing of the former', async () => {
  const { id, key, token, as } = await open();
  const karla = await as({ sub: 'karla' });
  expect((await karla.say('Private', 'thread-5')).status).toBe(200);
  const kurt = app.visitor(token, await signIdentity(key, id, { sub: 'kurt' }));
  for (const other of [kurt, app.visitor(token)]) {
    expect((await other.send('GET session')).body.conversation).toBeNull();
    expect((await other.send('GET conversations/thread-5')).status).toBe(404);
    expect((await other.send('POST conversations/thread-5/stop')).status).toBe(404);
    expect((await other.say('Mine?', 'thread-5')).status).toBe(404);
  }
  const { body } = await karla.send('GET conversations/thread-5');
  expect(body.messages).toHaveLength(2);
});

test('nobody is the one that our own token tells apart by naming their id', async () => {
  const { id, key, token } = await open();
  const anonymous = app.visitor(token);
  const thread = randomUUID();
  await anonymous.say('Mine', thread);
  const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string };
  const pretender = app.visitor(token, await signIdentity(key, id, { sub }));
  expect((await pretender.send(`GET conversations/${thread}`)).status).toBe(404);
});

test('the same customer on another widget is somebody else', async () => {
  const [one, two] = [await open(), await open()];
  const thread = randomUUID();
  await (await one.as()).say('Here', thread);
  expect((await (await two.as()).send(`GET conversations/${thread}`)).status).toBe(404);
  expect((await (await two.as()).say('There', thread)).status).toBe(404);
  await changeWidget(app, one.id, { isOn: false });
  expect((await (await one.as()).send('GET session')).body.code).toBe('WIDGET_OFF');
  expect((await (await two.as()).send('GET session')).status).toBe(200);
});
