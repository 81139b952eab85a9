import { expect, test } from 'vitest';
import { password, startAccountApp } from '../support/account-app.ts';

const person = { name: 'Sam', email: 'sam@example.com', password, organizationName: 'Sam’s bikes' };

test('by default accounts are by invitation', async () => {
  await using app = await startAccountApp();
  await app.owner();
  const answer = await app.visitor().send('POST', '/api/v1/sign-up', person);
  expect(answer).toMatchObject({
    status: 403,
    body: { code: 'FORBIDDEN', detail: expect.stringContaining('invitation') },
  });
});

test('where it is open, whoever signs up owns an organization of their own and sees no other', async () => {
  await using app = await startAccountApp({ signUpOpen: true });
  const early = await app.visitor().send('POST', '/api/v1/sign-up', person);
  expect(early).toMatchObject({ status: 409, body: { detail: expect.stringContaining('set up') } });
  await app.owner();
  const sam = app.visitor();
  expect((await sam.send('POST', '/api/v1/sign-up', { ...person, email: ' Sam@Example.com ' })).status).toBe(200);
  const { body } = await sam.get('/api/v1/session');
  const organizations = body.organizations as { id: string; name: string }[];
  expect(organizations).toEqual([expect.objectContaining({ name: 'Sam’s bikes', role: 'owner', isDemo: false })]);
  expect(body).toMatchObject({ role: 'owner', signUpOpen: true, user: { email: 'sam@example.com' } });
  expect((await app.audit(organizations[0]?.id ?? '')).map(({ action }) => action)).toEqual([
    'organization.created',
    'account.created',
    'session.signed_in',
  ]);
  const chosen = await sam.send('POST', '/api/v1/session/organization', { organizationId: 'default' });
  expect(chosen).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
});

test('an address that has an account is refused in general words, also when many try at once', async () => {
  await using app = await startAccountApp({ signUpOpen: true });
  await app.owner();
  const taken = await app.visitor().send('POST', '/api/v1/sign-up', { ...person, email: 'olivia@example.com' });
  expect(taken).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  expect(String(taken.body.detail)).not.toContain('olivia');
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => app.visitor().send('POST', '/api/v1/sign-up', person)),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(3);
});

test.each([
  ['a short password', { password: 'short' }, 'password'],
  ['an endless password', { password: 'x'.repeat(129) }, 'password'],
  ['no address', { email: 'sam' }, 'email'],
  ['a name of two lines', { name: 'Sam\nEve' }, 'name'],
  ['no organization', { organizationName: '  ' }, 'organizationName'],
])('%s is refused with the field’s name', async (_what, change, field) => {
  await using app = await startAccountApp({ signUpOpen: true });
  await app.owner();
  const answer = await app.visitor().send('POST', '/api/v1/sign-up', { ...person, ...change });
  expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringContaining(field) } });
});
