import { expect, test } from 'vitest';
import { type AccountApp, password, startAccountApp, type Visitor } from '../support/account-app.ts';

const idOf = async (visitor: Visitor) => ((await visitor.get('/api/v1/session')).body.user as { id: string }).id;
const roleOf = async (visitor: Visitor) => (await visitor.get('/api/v1/session')).body.role;
const organizationOf = async (visitor: Visitor) => (await visitor.get('/api/v1/session')).body.organization;

async function cast(app: AccountApp) {
  const owner = await app.owner();
  const admin = await app.invited(owner, 'admin', 'Adam');
  const member = await app.invited(owner, 'member', 'Mila');
  return { owner, admin, member };
}

test('members are listed in the order of joining, page by page, and everybody may read them', async () => {
  await using app = await startAccountApp();
  const { member } = await cast(app);
  const names: string[] = [];
  let cursor = '';
  for (let page = 0; page < 3; page += 1) {
    const { body } = await member.get(`/api/v1/members?limit=1${cursor}`);
    names.push(...(body.items as { name: string }[]).map(({ name }) => name));
    cursor = `&cursor=${String(body.nextCursor)}`;
    if (body.nextCursor === null) break;
  }
  expect(names).toEqual(['Olivia', 'Adam', 'Mila']);
  const { body } = await member.get('/api/v1/members');
  expect((body.items as { isYou: boolean }[]).map(({ isYou }) => isYou)).toEqual([false, false, true]);
  expect((await member.get('/api/v1/members?cursor=nonsense')).status).toBe(400);
});

test('an admin cannot reach what is an owner’s: by no role given, taken or removed', async () => {
  await using app = await startAccountApp();
  const { owner, admin, member } = await cast(app);
  const [ownerId, adminId, memberId] = [await idOf(owner), await idOf(admin), await idOf(member)];
  const forbidden = { status: 403, body: { code: 'FORBIDDEN' } };
  expect(await admin.send('PATCH', `/api/v1/members/${adminId}`, { role: 'owner' })).toMatchObject(forbidden);
  expect(await admin.send('PATCH', `/api/v1/members/${memberId}`, { role: 'owner' })).toMatchObject(forbidden);
  expect(await admin.send('PATCH', `/api/v1/members/${ownerId}`, { role: 'member' })).toMatchObject(forbidden);
  expect(await admin.send('DELETE', `/api/v1/members/${ownerId}`)).toMatchObject(forbidden);
  const invitation = { email: 'eve@example.com', role: 'owner' };
  expect(await admin.send('POST', '/api/v1/invitations', invitation)).toMatchObject(forbidden);
  expect(await admin.send('DELETE', '/api/v1/organization', { name: 'Demo organization' })).toMatchObject(forbidden);
  expect(await roleOf(admin)).toBe('admin');
  expect(await roleOf(owner)).toBe('owner');
  expect((await admin.send('PATCH', `/api/v1/members/${memberId}`, { role: 'auditor' })).status).toBe(200);
  expect(await roleOf(member)).toBe('auditor');
});

test('an invitation ends with the right of its maker to give it', async () => {
  await using app = await startAccountApp();
  const { owner, admin, member } = await cast(app);
  const [adminId, memberId] = [await idOf(admin), await idOf(member)];
  const invite = async (by: Visitor, email: string) => {
    const { body } = await by.send('POST', '/api/v1/invitations', { email, role: 'admin' });
    return async () =>
      (await app.visitor().get(`/api/v1/invitation-links/${String(body.link).split('/').at(-1)}`)).status;
  };
  const kept = await invite(owner, 'kept@example.com');
  const byAdmin = await invite(admin, 'second-self@example.com');
  await owner.send('PATCH', `/api/v1/members/${memberId}`, { role: 'admin' });
  const byMember = await invite(member, 'another-self@example.com');
  expect([await byAdmin(), await byMember()]).toEqual([200, 200]);
  await owner.send('DELETE', `/api/v1/members/${adminId}`);
  await owner.send('PATCH', `/api/v1/members/${memberId}`, { role: 'member' });
  expect([await byAdmin(), await byMember(), await kept()]).toEqual([404, 404, 200]);
});

test('an API key gives no role that holds more than the key', async () => {
  await using app = await startAccountApp();
  const { owner, member } = await cast(app);
  const made = await owner.send('POST', '/api/v1/api-keys', { name: 'inviter', scopes: ['members:manage'] });
  const key = app.visitor({ authorization: `Bearer ${String(made.body.key)}` });
  const refused = { status: 403, body: { detail: expect.stringContaining('“inviter” cannot give this role') } };
  for (const role of ['owner', 'admin', 'member', 'auditor']) {
    expect(await key.send('POST', '/api/v1/invitations', { email: 'eve@example.com', role })).toMatchObject(refused);
  }
  expect(await key.send('PATCH', `/api/v1/members/${await idOf(member)}`, { role: 'owner' })).toMatchObject(refused);
  expect((await owner.get('/api/v1/invitations')).body.items).toEqual([]);
});

test('members and auditors change nobody', async () => {
  await using app = await startAccountApp();
  const { owner, admin, member } = await cast(app);
  const adminId = await idOf(admin);
  const memberId = await idOf(member);
  for (const role of ['member', 'auditor']) {
    await owner.send('PATCH', `/api/v1/members/${memberId}`, { role });
    expect((await member.send('PATCH', `/api/v1/members/${memberId}`, { role: 'admin' })).status).toBe(403);
    expect((await member.send('DELETE', `/api/v1/members/${adminId}`)).status).toBe(403);
    expect((await member.get('/api/v1/invitations')).status).toBe(403);
    expect((await member.send('PATCH', '/api/v1/organization', { name: 'Mine' })).status).toBe(403);
  }
  expect((await member.get('/api/v1/members')).status).toBe(200);
});

test('a role counts with the next request, and what happened is on record', async () => {
  await using app = await startAccountApp();
  const { owner, member } = await cast(app);
  const memberId = await idOf(member);
  expect((await member.get('/api/v1/who-am-i')).status).toBe(200);
  await owner.send('PATCH', `/api/v1/members/${memberId}`, { role: 'auditor' });
  expect((await member.get('/api/v1/who-am-i')).status).toBe(403);
  expect(await app.audit('default', 'member.role_changed')).toEqual([
    {
      action: 'member.role_changed',
      actorId: await idOf(owner),
      details: { memberId, name: 'Mila', from: 'member', to: 'auditor' },
    },
  ]);
});

test('the last owner can neither leave nor step down; with a second one they can', async () => {
  await using app = await startAccountApp();
  const { owner, admin } = await cast(app);
  const [ownerId, adminId] = [await idOf(owner), await idOf(admin)];
  const conflict = { status: 409, body: { code: 'CONFLICT', detail: expect.stringContaining('needs an owner') } };
  expect(await owner.send('POST', '/api/v1/organization/leave')).toMatchObject(conflict);
  expect(await owner.send('DELETE', `/api/v1/members/${ownerId}`)).toMatchObject(conflict);
  expect(await owner.send('PATCH', `/api/v1/members/${ownerId}`, { role: 'member' })).toMatchObject(conflict);
  await owner.send('PATCH', `/api/v1/members/${adminId}`, { role: 'owner' });
  expect((await owner.send('POST', '/api/v1/organization/leave')).status).toBe(200);
  expect(await organizationOf(owner)).toBeNull();
  expect(await roleOf(admin)).toBe('owner');
});

test('two owners who leave at once: one stays', async () => {
  await using app = await startAccountApp();
  const { owner, admin } = await cast(app);
  await owner.send('PATCH', `/api/v1/members/${await idOf(admin)}`, { role: 'owner' });
  const answers = await Promise.all([owner, admin].map((person) => person.send('POST', '/api/v1/organization/leave')));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(1);
});

test('who is removed loses the organization at once, with every session, key and hook', async () => {
  const left: unknown[] = [];
  await using app = await startAccountApp({ onMemberLeft: async (event) => void left.push(event) });
  const { owner, member } = await cast(app);
  const memberId = await idOf(member);
  const second = app.visitor();
  await second.send('POST', '/api/v1/sign-in', { email: 'mila@example.com', password });
  const made = await member.send('POST', '/api/v1/api-keys', { name: 'script', scopes: ['chat'] });
  const key = app.visitor({ authorization: `Bearer ${String(made.body.key)}` });
  expect((await key.get('/api/v1/who-am-i')).status).toBe(200);

  expect((await owner.send('DELETE', `/api/v1/members/${memberId}`)).status).toBe(200);
  for (const session of [member, second]) {
    expect((await session.get('/api/v1/who-am-i')).status).toBe(403);
    expect((await session.get('/api/v1/session')).body).toMatchObject({ organization: null, permissions: [] });
  }
  expect(await key.get('/api/v1/who-am-i')).toMatchObject({ status: 401, body: { code: 'SIGN_IN_REFUSED' } });
  expect(left).toEqual([{ organizationId: 'default', userId: memberId }]);

  // Coming back does not bring the old keys back.
  const invited = await owner.send('POST', '/api/v1/invitations', { email: 'mila@example.com', role: 'member' });
  const token = String(invited.body.link).split('/').at(-1);
  expect((await member.send('POST', `/api/v1/invitation-links/${token}/accept`)).status).toBe(200);
  expect((await member.get('/api/v1/who-am-i')).status).toBe(200);
  expect((await key.get('/api/v1/who-am-i')).status).toBe(401);
});

test('people of another organization are not there', async () => {
  await using app = await startAccountApp();
  const { owner, member } = await cast(app);
  const founded = await member.send('POST', '/api/v1/organizations', { name: 'Mila’s' });
  expect(founded).toMatchObject({ status: 201, body: { name: 'Mila’s', isDemo: false } });
  const ownerId = await idOf(owner);
  expect((await member.send('PATCH', `/api/v1/members/${ownerId}`, { role: 'member' })).status).toBe(404);
  expect((await member.send('DELETE', `/api/v1/members/${ownerId}`)).status).toBe(404);
  expect((await member.get('/api/v1/members')).body.items).toHaveLength(1);
  const invited = await owner.send('POST', '/api/v1/invitations', { email: 'x@example.com', role: 'member' });
  const { id } = invited.body.invitation as { id: string };
  expect((await member.send('DELETE', `/api/v1/invitations/${id}`)).status).toBe(404);
  expect((await member.get('/api/v1/invitations')).body.items).toEqual([]);
  expect((await owner.send('DELETE', `/api/v1/invitations/${id}`)).status).toBe(200);
});
