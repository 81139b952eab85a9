import { expect, test } from 'vitest';
import { password, startAccountApp, type Visitor } from '../support/account-app.ts';

const limits = { windowMs: 15 * 60_000, perAddress: 6, perEmail: 3 };
const signIn = (visitor: Visitor, email: string, secret = 'wrong password') =>
  visitor.send('POST', '/api/v1/sign-in', { email, password: secret });

test('guesses at one e-mail end after the limit, whatever address they come from and however it is spelled', async () => {
  await using app = await startAccountApp({ limits, trustProxy: 1 });
  await app.owner();
  const from = (n: number) => app.visitor({ 'x-forwarded-for': `198.51.100.${n}` });
  for (let n = 1; n <= 3; n += 1) expect((await signIn(from(n), 'olivia@example.com')).status).toBe(401);
  for (const email of ['olivia@example.com', ' OLIVIA@example.com ']) {
    const answer = await signIn(from(9), email, password);
    expect(answer).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED', status: 429 } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  }
  expect((await signIn(from(9), 'nobody@example.com')).status).toBe(401);
});

test('an address that is known and one that is not are limited alike', async () => {
  await using app = await startAccountApp({ limits });
  await app.owner();
  for (let n = 1; n <= 3; n += 1) expect((await signIn(app.visitor(), 'nobody@example.com')).status).toBe(401);
  expect((await signIn(app.visitor(), 'nobody@example.com')).status).toBe(429);
});

test('who signs in rightly is not counted as a guesser', async () => {
  await using app = await startAccountApp({ limits: { ...limits, perAddress: 100 } });
  await app.owner();
  for (let n = 1; n <= 5; n += 1)
    expect((await signIn(app.visitor(), 'olivia@example.com', password)).status).toBe(200);
});

test('nobody’s mailbox is filled with links, whatever addresses they are asked for from', async () => {
  await using app = await startAccountApp({ limits, trustProxy: 1 });
  const ask = async (n: number, email: string) => {
    const visitor = app.visitor({ 'x-forwarded-for': `198.51.100.${n}` });
    return (await visitor.send('POST', '/api/v1/password-reset-requests', { email })).status;
  };
  for (let n = 1; n <= 3; n += 1) expect(await ask(n, 'olivia@example.com')).toBe(200);
  expect(await ask(9, ' OLIVIA@example.com')).toBe(429);
  expect(await ask(9, 'mila@example.com')).toBe(200);
});

test.each([
  ['POST', '/api/v1/sign-in', { email: 'x@example.com', password }],
  ['POST', '/api/v1/set-up', { token: 'x', name: 'x', email: 'x@example.com', password }],
  ['POST', '/api/v1/sign-up', { name: 'x', email: 'x@example.com', password, organizationName: 'x' }],
  ['POST', '/api/v1/password-reset-requests', { email: 'x@example.com' }],
  ['POST', '/api/v1/password-resets', { token: 'x', newPassword: password }],
  ['POST', '/api/v1/account/password', { currentPassword: 'x', newPassword: password }],
  ['GET', '/api/v1/invitation-links/x', undefined],
  ['POST', '/api/v1/invitation-links/x/accept', {}],
  ['POST', '/api/v1/invitation-links/x/sign-up', { name: 'x', password }],
])('%s %s is limited by client address, over the same counter as the others', async (method, where, body) => {
  await using app = await startAccountApp({ limits: { ...limits, perAddress: 2 }, trustProxy: 1 });
  const call = (address: string) => {
    const visitor = app.visitor({ 'x-forwarded-for': address });
    return method === 'GET' ? visitor.get(where) : visitor.send(method, where, body);
  };
  expect((await call('2001:db8:1:1::1')).status).not.toBe(429);
  const other = app.visitor({ 'x-forwarded-for': '2001:db8:1:1::2' });
  expect((await other.get('/api/v1/invitation-links/y')).status).toBe(404);
  // The third of the same /64, and one of another.
  expect(await call('2001:db8:1:1:ffff::3')).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
  expect((await call('2001:db8:1:2::1')).status).not.toBe(429);
});

test('without a proxy that is trusted, a header does not change who one is', async () => {
  await using app = await startAccountApp({ limits: { ...limits, perAddress: 2 } });
  const from = (n: number) => app.visitor({ 'x-forwarded-for': `198.51.100.${n}` });
  for (let n = 1; n <= 2; n += 1) expect((await signIn(from(n), `n${n}@example.com`)).status).toBe(401);
  expect((await signIn(from(3), 'n3@example.com')).status).toBe(429);
});
