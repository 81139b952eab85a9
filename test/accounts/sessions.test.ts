import { createHmac } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eq } from '#db/drizzle.ts';
import { type AccountApp, password, startAccountApp, type Visitor } from '../support/account-app.ts';

let app: AccountApp;
let owner: Visitor;
const olivia = { email: 'olivia@example.com', password };

beforeAll(async () => {
  app = await startAccountApp();
  owner = await app.owner();
});
afterAll(() => app[Symbol.asyncDispose]());

const signedIn = async (credentials: { email: string; password: string } = olivia) => {
  const visitor = app.visitor();
  expect((await visitor.send('POST', '/api/v1/sign-in', credentials)).status).toBe(200);
  return visitor;
};
const who = async (visitor: Visitor) => (await visitor.get('/api/v1/session')).body.user;

test('the cookie is out of reach of scripts and foreign pages', async () => {
  const visitor = app.visitor();
  const { headers } = await visitor.send('POST', '/api/v1/sign-in', olivia);
  const [cookie, ...more] = headers.getSetCookie();
  expect(more).toEqual([]);
  expect(cookie).toMatch(/^personas_session=[^;]{60,}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
});

test('over https it is bound to host and encryption', async () => {
  await using secure = await startAccountApp({ secureCookies: true });
  const visitor = await secure.owner();
  expect(visitor.cookie).toMatch(/^__Host-personas_session=/);
  const { headers } = await visitor.send('POST', '/api/v1/sign-in', olivia);
  expect(headers.getSetCookie()[0]).toMatch(/^__Host-personas_session=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
});

test('an unknown e-mail and a wrong password are answered alike; the known person’s organization has it on record', async () => {
  const wrong = await app.visitor().send('POST', '/api/v1/sign-in', { ...olivia, password: 'something else' });
  const unknown = await app.visitor().send('POST', '/api/v1/sign-in', { ...olivia, email: 'nobody@example.com' });
  expect(wrong).toMatchObject({ status: 401, body: { code: 'SIGN_IN_REFUSED' } });
  expect(unknown.body).toEqual(wrong.body);
  expect([...unknown.headers.keys()].sort()).toEqual([...wrong.headers.keys()].sort());
  const refused = await app.audit('default', 'session.refused');
  expect(refused).toHaveLength(1);
  expect(JSON.stringify(refused)).not.toContain('something else');
});

test('signing in never keeps a token that was there before, and ends its session', async () => {
  const planted = await signedIn();
  const before = planted.cookie;
  const victim = app.visitor();
  victim.cookie = before;
  await victim.send('POST', '/api/v1/sign-in', olivia);
  expect(victim.cookie).not.toBe(before);
  expect(await who(victim)).toMatchObject({ email: olivia.email });
  expect(await who(planted)).toBeNull();
});

describe('a cookie is not taken', () => {
  const foreign = (token: string, secret: Buffer) => {
    const signature = createHmac('sha256', secret.toString('base64')).update(token).digest('base64');
    return `personas_session=${encodeURIComponent(`${token}.${signature}`)}`;
  };
  const tokenIn = (visitor: Visitor) => decodeURIComponent(visitor.cookie?.split('=')[1] ?? '').split('.')[0] ?? '';

  test('when another secret signed it, although its session is there', async () => {
    const visitor = await signedIn();
    const attacker = app.visitor();
    attacker.cookie = foreign(tokenIn(visitor), Buffer.alloc(32, 6));
    expect(await who(attacker)).toBeNull();
    attacker.cookie = foreign(tokenIn(visitor), Buffer.alloc(32, 5));
    expect(await who(attacker)).not.toBeNull();
  });

  test.each([
    ['no signature', (token: string) => `personas_session=${token}`],
    ['an empty signature', (token: string) => `personas_session=${token}.`],
    ['a token that is not there', () => foreign('x'.repeat(32), Buffer.alloc(32, 5))],
    ['text that cannot be read', () => 'personas_session=%E0%A4%A'],
    ['nothing', () => 'personas_session='],
  ])('with %s', async (_name, forge) => {
    const visitor = await signedIn();
    const attacker = app.visitor();
    attacker.cookie = forge(tokenIn(visitor));
    expect(await who(attacker)).toBeNull();
    expect((await attacker.get('/api/v1/who-am-i')).status).toBe(401);
  });

  test('once it has expired', async () => {
    const visitor = await signedIn();
    const { sessions } = app.db.tables;
    await app.db.query
      .update(sessions)
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where(eq(sessions.token, tokenIn(visitor)));
    expect(await who(visitor)).toBeNull();
  });

  test('a session in use is moved on, with a cookie that says so', async () => {
    const visitor = await signedIn();
    const { sessions } = app.db.tables;
    const isThis = eq(sessions.token, tokenIn(visitor));
    const day = 24 * 3600 * 1000;
    const long = { updatedAt: new Date(Date.now() - day), expiresAt: new Date(Date.now() + day) };
    await app.db.query.update(sessions).set(long).where(isThis);
    const { headers } = await visitor.get('/api/v1/who-am-i');
    expect(headers.getSetCookie()).toEqual([expect.stringContaining('Max-Age=2592000')]);
    const [row] = await app.db.query.select().from(sessions).where(isThis);
    expect(row?.expiresAt.getTime()).toBeGreaterThan(Date.now() + 29 * day);
    expect((await visitor.get('/api/v1/who-am-i')).headers.getSetCookie()).toEqual([]);
  });
});

test('signing out ends the session, also for a copy of the cookie', async () => {
  const visitor = await signedIn();
  const copy = app.visitor();
  copy.cookie = visitor.cookie;
  const { headers } = await visitor.send('POST', '/api/v1/sign-out');
  expect(headers.getSetCookie()).toEqual([expect.stringMatching(/^personas_session=; Max-Age=0; Path=\//)]);
  expect(await who(copy)).toBeNull();
  expect((await copy.send('POST', '/api/v1/sign-out')).status).toBe(200);
});

test('the list of sessions names devices in plain words; one can be ended alone, and all at once', async () => {
  const person = await app.invited(owner, 'member', 'Mila');
  const mila = { email: 'mila@example.com', password };
  const phone = app.visitor({
    'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1',
  });
  await phone.send('POST', '/api/v1/sign-in', mila);
  const list = (await person.get('/api/v1/sessions')).body.items as { id: string; device: string; current: boolean }[];
  expect(list.map(({ device, current }) => [device, current])).toEqual([
    ['Safari on iPhone', false],
    ['Unknown device', true],
  ]);
  expect(list[0]).toMatchObject({ ipAddress: '127.0.0.1' });
  const first = (await person.get('/api/v1/sessions?limit=1')).body as { items: { id: string }[]; nextCursor: string };
  const second = (await person.get(`/api/v1/sessions?limit=1&cursor=${first.nextCursor}`)).body;
  expect([...first.items, ...(second.items as { id: string }[])].map(({ id }) => id)).toEqual(list.map(({ id }) => id));
  expect(second.nextCursor).toBeNull();

  expect((await owner.send('DELETE', `/api/v1/sessions/${list[0]?.id}`)).status).toBe(404);
  expect(await who(phone)).not.toBeNull();
  expect((await person.send('DELETE', `/api/v1/sessions/${list[0]?.id}`)).status).toBe(200);
  expect(await who(phone)).toBeNull();

  await phone.send('POST', '/api/v1/sign-in', mila);
  expect((await person.send('DELETE', '/api/v1/sessions')).status).toBe(200);
  expect(person.cookie).toBeNull();
  expect(await who(phone)).toBeNull();
  expect(await who(owner)).not.toBeNull();
});

test('a new password needs the old one, ends all other sessions, and gives a new token in the same organization', async () => {
  const person = await app.invited(owner, 'member', 'Nora');
  await person.send('POST', '/api/v1/organizations', { name: 'Nora’s' });
  const other = await signedIn({ email: 'nora@example.com', password });
  const before = person.cookie;
  const change = { currentPassword: 'not it at all', newPassword: 'a better password' };
  const refused = await person.send('POST', '/api/v1/account/password', change);
  expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining('currentPassword') } });
  expect(await who(other)).not.toBeNull();

  const done = await person.send('POST', '/api/v1/account/password', { ...change, currentPassword: password });
  expect(done.status).toBe(200);
  expect(person.cookie).not.toBe(before);
  expect(await who(other)).toBeNull();
  const old = app.visitor();
  old.cookie = before;
  expect(await who(old)).toBeNull();
  expect((await person.get('/api/v1/session')).body.organization).toMatchObject({ name: 'Nora’s' });
  expect((await app.visitor().send('POST', '/api/v1/sign-in', { email: 'nora@example.com', password })).status).toBe(
    401,
  );
  await signedIn({ email: 'nora@example.com', password: 'a better password' });
});

test('one’s own name can be changed', async () => {
  const person = await app.invited(owner, 'member', 'Pia');
  expect((await person.send('PATCH', '/api/v1/account', { name: 'Pia Maria' })).status).toBe(200);
  expect(await who(person)).toMatchObject({ name: 'Pia Maria' });
});

describe('state changes', () => {
  test('are refused without JSON, as a foreign page’s form would send them', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const answer = await owner.send('PATCH', '/api/v1/account', { name: 'Eve' }, { 'content-type': type });
      expect(answer.status).toBe(415);
    }
    expect(await who(owner)).toMatchObject({ name: 'Olivia' });
  });

  test('are refused from a foreign origin', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1']) {
      const answer = await owner.send('PATCH', '/api/v1/account', { name: 'Eve' }, { origin });
      expect(answer).toMatchObject({ status: 403, body: { code: 'HOST_REFUSED' } });
    }
  });

  test.each([
    ['POST', '/api/v1/sign-in', { ...olivia, rememberMe: false }],
    ['POST', '/api/v1/set-up', { token: 'x', name: 'E', ...olivia, role: 'owner' }],
    ['POST', '/api/v1/sign-up', { name: 'E', ...olivia, organizationName: 'E', emailVerified: true }],
    ['PATCH', '/api/v1/account', { name: 'E', email: 'eve@example.com' }],
    ['POST', '/api/v1/session/organization', { organizationId: 'default', role: 'owner' }],
    ['POST', '/api/v1/sign-out', { everywhere: true }],
    ['POST', '/api/v1/invitations', { email: 'eve@example.com', role: 'member', organizationId: 'x' }],
    ['POST', '/api/v1/api-keys', { name: 'k', scopes: ['chat'], userId: 'x' }],
  ])('%s %s refuses unknown fields', async (method, where, body) => {
    expect(await owner.send(method, where, body)).toMatchObject({ status: 400, body: { code: 'INPUT_INVALID' } });
  });
});
