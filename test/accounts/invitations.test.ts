import { expect, test } from 'vitest';
import { password, startAccountApp, tokenOf, type Visitor } from '../support/account-app.ts';

async function invite(by: Visitor, email = 'mila@example.com', role = 'member') {
  const { status, body } = await by.send('POST', '/api/v1/invitations', { email, role });
  expect(status).toBe(201);
  const invitation = body.invitation as { id: string };
  return {
    ...body,
    id: invitation.id,
    link: String(body.link),
    path: `/api/v1/invitation-links/${tokenOf(body.link)}`,
  };
}
const mila = { name: 'Mila', password };
const gone = { status: 404, body: { code: 'NOT_FOUND', detail: expect.stringContaining('does not work any more') } };

test('an invitation shows its link once, says what it is about, and makes a member with the role it names', async () => {
  await using app = await startAccountApp();
  const owner = await app.owner();
  const { path, ...made } = await invite(owner, ' Mila@Example.com', 'auditor');
  expect(made).toMatchObject({
    mailed: false,
    invitation: { email: 'mila@example.com', role: 'auditor', expired: false },
  });
  expect(made.link.startsWith(`${app.address}/invitations/`)).toBe(true);
  const { body } = await owner.get('/api/v1/invitations');
  expect(body.items).toMatchObject([{ email: 'mila@example.com', invitedBy: 'Olivia' }]);
  expect(JSON.stringify(body)).not.toContain(tokenOf(made.link));
  expect((await app.visitor().get(path)).body).toEqual({
    organization: 'Demo organization',
    email: 'mila@example.com',
    role: 'auditor',
    invitedBy: 'Olivia',
    hasAccount: false,
  });
  const visitor = app.visitor();
  expect((await visitor.send('POST', `${path}/sign-up`, mila)).status).toBe(200);
  expect((await visitor.get('/api/v1/session')).body).toMatchObject({
    role: 'auditor',
    user: { email: 'mila@example.com' },
  });
  expect((await owner.get('/api/v1/invitations')).body.items).toEqual([]);
  const actions = (await app.audit('default')).map(({ action }) => action);
  expect(actions.slice(2)).toEqual(['member.invited', 'account.created', 'member.joined', 'session.signed_in']);
  expect(JSON.stringify(await app.audit('default'))).not.toContain(tokenOf(made.link));
});

test('only the hash of a token is stored', async () => {
  await using app = await startAccountApp();
  const { link } = await invite(await app.owner());
  const rows = JSON.stringify(await app.db.query.select().from(app.db.tables.invitations));
  expect(rows).not.toContain(tokenOf(link));
});

test('a link works once, also when ten try at the same time', async () => {
  await using app = await startAccountApp();
  const { path } = await invite(await app.owner());
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => app.visitor().send('POST', `${path}/sign-up`, mila)),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.every(({ status }) => [200, 404, 409].includes(status))).toBe(true);
  expect(await app.db.query.select().from(app.db.tables.users)).toHaveLength(2);
  expect(await app.visitor().send('POST', `${path}/sign-up`, mila)).toMatchObject(gone);
  expect(await app.visitor().get(path)).toMatchObject(gone);
});

test('somebody with an account accepts as themselves; another person cannot', async () => {
  await using app = await startAccountApp({ signUpOpen: true });
  const owner = await app.owner();
  const signUp = async (name: string) => {
    const visitor = app.visitor();
    const email = `${name}@example.com`;
    await visitor.send('POST', '/api/v1/sign-up', { name, email, password, organizationName: `${name}’s` });
    return visitor;
  };
  const milas = await signUp('mila');
  const eves = await signUp('eve');
  const { path } = await invite(owner);
  expect((await app.visitor().get(path)).body.hasAccount).toBe(true);
  expect(await app.visitor().send('POST', `${path}/accept`)).toMatchObject({ status: 401 });
  expect(await eves.send('POST', `${path}/accept`)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  expect(await app.visitor().send('POST', `${path}/sign-up`, mila)).toMatchObject({ status: 409 });
  expect((await milas.send('POST', `${path}/accept`)).status).toBe(200);
  expect((await milas.get('/api/v1/session')).body).toMatchObject({ organization: { id: 'default' }, role: 'member' });
  expect(await milas.send('POST', `${path}/accept`)).toMatchObject(gone);
});

test('after seven days it has expired', async () => {
  let now = new Date();
  await using app = await startAccountApp({ clock: () => now });
  const owner = await app.owner();
  const { path } = await invite(owner);
  now = new Date(now.getTime() + 7 * 24 * 3600 * 1000 - 1000);
  expect((await app.visitor().get(path)).status).toBe(200);
  now = new Date(now.getTime() + 2000);
  expect(await app.visitor().get(path)).toMatchObject(gone);
  expect(await app.visitor().send('POST', `${path}/sign-up`, mila)).toMatchObject(gone);
});

test('a withdrawn one stops working, and a second one for the same address takes the first one’s place', async () => {
  await using app = await startAccountApp();
  const owner = await app.owner();
  const first = await invite(owner);
  const second = await invite(owner, 'mila@example.com', 'admin');
  expect(await app.visitor().get(first.path)).toMatchObject(gone);
  expect((await owner.get('/api/v1/invitations')).body.items).toHaveLength(1);
  expect((await owner.send('DELETE', `/api/v1/invitations/${second.id}`)).status).toBe(200);
  expect(await app.visitor().get(second.path)).toMatchObject(gone);
  expect((await owner.send('DELETE', `/api/v1/invitations/${second.id}`)).status).toBe(404);
  expect(await app.visitor().send('POST', `${second.path}/sign-up`, mila)).toMatchObject(gone);
});

test('who belongs already is not invited again', async () => {
  await using app = await startAccountApp();
  const owner = await app.owner();
  await app.invited(owner, 'member', 'Mila');
  const again = await owner.send('POST', '/api/v1/invitations', { email: 'mila@example.com', role: 'admin' });
  expect(again).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
});
