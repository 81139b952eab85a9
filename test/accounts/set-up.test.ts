import { expect, test } from 'vitest';
import type { Actor } from '#auth/actor.ts';
import { password, startAccountApp } from '../support/account-app.ts';

const person = { name: 'Olivia', email: 'olivia@example.com', password };

test('the first start has one organization, nobody in it, and says that it wants to be set up', async () => {
  await using app = await startAccountApp();
  const { body } = await app.visitor().get('/api/v1/session');
  expect(body).toMatchObject({ user: null, organization: null, role: null, permissions: [], organizations: [] });
  expect(body).toMatchObject({ setUpNeeded: true, signUpOpen: false, mailEnabled: false });
  expect(await app.services.setUp.token()).toMatch(/^[\w-]{43}$/);
});

test('20 at once with the right token: one becomes the owner, the others are told that it is done', async () => {
  await using app = await startAccountApp();
  const token = await app.services.setUp.token();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      app.visitor().send('POST', '/api/v1/set-up', { ...person, token, email: `person${n}@example.com` }),
    ),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status, body }) => status === 409 && body.code === 'CONFLICT')).toHaveLength(19);
  expect(await app.db.query.select().from(app.db.tables.users)).toHaveLength(1);
  expect(await app.db.query.select().from(app.db.tables.members)).toHaveLength(1);
  expect(await app.services.setUp.token()).toBeNull();
});

test('a wrong token makes no account, and the right one works only once', async () => {
  await using app = await startAccountApp();
  const token = await app.services.setUp.token();
  const wrong = await app.visitor().send('POST', '/api/v1/set-up', { ...person, token: `${token}x` });
  expect(wrong).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  expect(await app.db.query.select().from(app.db.tables.users)).toHaveLength(0);
  expect((await app.visitor().send('POST', '/api/v1/set-up', { ...person, token })).status).toBe(200);
  const replay = await app.visitor().send('POST', '/api/v1/set-up', { ...person, token, email: 'eve@example.com' });
  expect(replay).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
});

test('the first person owns the demo organization and one of their own, and starts in the demo', async () => {
  const told: Actor[] = [];
  await using app = await startAccountApp({ onSetUp: (actor) => void told.push(actor) });
  const visitor = app.visitor();
  const request = { ...person, token: await app.services.setUp.token(), organizationName: 'Bakery' };
  await visitor.send('POST', '/api/v1/set-up', request);
  const { body } = await visitor.get('/api/v1/session');
  expect(body).toMatchObject({
    user: { name: 'Olivia', email: 'olivia@example.com' },
    organization: { id: 'default', name: 'Demo organization', isDemo: true },
    role: 'owner',
    organizations: [
      { id: 'default', isDemo: true, role: 'owner' },
      { name: 'Bakery', isDemo: false, role: 'owner' },
    ],
    setUpNeeded: false,
  });
  expect(told).toEqual([expect.objectContaining({ organizationId: 'default', role: 'owner', keyScopes: null })]);
  expect((await app.audit('default')).map(({ action }) => action)).toEqual(['account.created', 'session.signed_in']);
});

test('without a demo the organization gets the name that is asked for', async () => {
  await using app = await startAccountApp({ isDemo: false });
  const token = await app.services.setUp.token();
  const nameless = await app.visitor().send('POST', '/api/v1/set-up', { ...person, token });
  expect(nameless).toMatchObject({ status: 400, body: { detail: expect.stringContaining('organizationName') } });
  const visitor = app.visitor();
  await visitor.send('POST', '/api/v1/set-up', { ...person, token, organizationName: 'Bakery' });
  const { body } = await visitor.get('/api/v1/session');
  expect(body.organizations).toEqual([{ id: 'default', name: 'Bakery', role: 'owner', isDemo: false }]);
});

test('conversations from before there were accounts become the first owner’s', async () => {
  await using app = await startAccountApp();
  const { conversations } = app.db.tables;
  const row = { personaId: 'p', channel: 'web', title: 't', createdAt: new Date(), updatedAt: new Date() };
  await app.db.query.insert(conversations).values([
    { ...row, organizationId: 'default', id: 'old', actorId: 'local' },
    { ...row, organizationId: 'default', id: 'other', actorId: 'somebody' },
  ]);
  const owner = await app.owner();
  const { body } = await owner.get('/api/v1/session');
  const rows = await app.db.query.select().from(conversations);
  const id = (body.user as { id: string }).id;
  expect(rows.map((found) => [found.id, found.actorId])).toEqual([
    ['old', id],
    ['other', 'somebody'],
  ]);
});

test('a demo organization that was deleted does not come back', async () => {
  await using app = await startAccountApp();
  const owner = await app.owner();
  expect((await owner.send('DELETE', '/api/v1/organization', { name: 'Demo organization' })).status).toBe(200);
  await app.services.organizations.ensureDefault({ isDemo: true });
  expect(await app.db.query.select().from(app.db.tables.organizations)).toEqual([]);
  expect((await owner.get('/api/v1/session')).body).toMatchObject({ organization: null, organizations: [] });
});
