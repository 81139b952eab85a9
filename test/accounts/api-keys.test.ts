import { expect, test } from 'vitest';
import { permissions } from '#auth/permissions.ts';
import { apiKeyScopes } from '#channels/http/contract/organization.ts';
import { eq } from '#db/drizzle.ts';
import { type AccountApp, startAccountApp, type Visitor } from '../support/account-app.ts';

async function makeKey(app: AccountApp, by: Visitor, request: object) {
  const { status, body } = await by.send('POST', '/api/v1/api-keys', { name: 'script', ...request });
  expect(status).toBe(201);
  const key = String(body.key);
  return {
    key,
    id: (body.apiKey as { id: string }).id,
    view: body.apiKey,
    caller: app.visitor({ authorization: `Bearer ${key}` }),
  };
}
const refused = { status: 401, body: { code: 'SIGN_IN_REFUSED' } };

test('a key acts as its maker within its scopes, and is shown once', async () => {
  await using app = await startAccountApp();
  const owner = await app.owner();
  const { key, caller, view } = await makeKey(app, owner, { scopes: ['chat', 'ninox:teams:read', 'chat'] });
  expect(key).toMatch(/^pfn_[\w-]{43}$/);
  expect(view).toMatchObject({
    hint: key.slice(0, 10),
    scopes: ['chat', 'ninox:teams:read'],
    status: 'active',
    lastUsedAt: null,
  });
  expect((await caller.get('/api/v1/who-am-i')).body.actor).toMatchObject({
    kind: 'key',
    name: 'Olivia',
    organizationId: 'default',
    role: 'owner',
    keyScopes: ['chat', 'ninox:teams:read'],
    apiKey: { name: 'script' },
  });
  const list = await owner.get('/api/v1/api-keys');
  expect(JSON.stringify(list.body)).not.toContain(key.slice(0, 20));
  expect(list.body.items).toMatchObject([{ name: 'script', lastUsedAt: expect.any(String) }]);
  expect(JSON.stringify(await app.db.query.select().from(app.db.tables.apiKeys))).not.toContain(key);
  expect(JSON.stringify(await app.audit('default'))).not.toContain(key);
});

test('a key tries more than it was given', async () => {
  await using app = await startAccountApp();
  const owner = await app.owner();
  const { caller } = await makeKey(app, owner, { scopes: ['members:read', 'api-keys:own'] });
  const forbidden = { status: 403, body: { code: 'FORBIDDEN' } };
  expect((await caller.get('/api/v1/members')).status).toBe(200);
  expect(await caller.get('/api/v1/who-am-i')).toMatchObject(forbidden);
  expect(await caller.get('/api/v1/invitations')).toMatchObject(forbidden);
  expect(await caller.send('PATCH', '/api/v1/organization', { name: 'Mine' })).toMatchObject(forbidden);
  // More rights or a longer life by making another key.
  expect(await caller.send('POST', '/api/v1/api-keys', { name: 'x', scopes: ['members:read'] })).toMatchObject(
    forbidden,
  );
  // What only the person can do.
  expect(await caller.get('/api/v1/sessions')).toMatchObject(forbidden);
  expect(await caller.send('POST', '/api/v1/organizations', { name: 'x' })).toMatchObject(forbidden);
  expect(await caller.send('POST', '/api/v1/organization/leave')).toMatchObject(forbidden);
  const { body } = await owner.get('/api/v1/session');
  const self = (body.user as { id: string }).id;
  expect(await caller.send('DELETE', `/api/v1/members/${self}`)).toMatchObject(forbidden);
  const session = await caller.get('/api/v1/session');
  expect(session.body.permissions).toEqual(['members:read', 'api-keys:own']);
});

test('no key is given what a person decides, not even an owner’s, and so lets nobody in who decides', async () => {
  await using app = await startAccountApp();
  const owner = await app.owner();
  for (const scope of ['approvals:decide', 'approvals:manage']) {
    const answer = await owner.send('POST', '/api/v1/api-keys', { name: 'x', scopes: ['chat', scope] });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INPUT_INVALID' } });
  }
  const scopes = apiKeyScopes.filter((scope) => permissions.some((permission) => permission === scope));
  const { caller } = await makeKey(app, owner, { scopes });
  // One that was stored all the same holds nothing of it.
  await app.db.query.update(app.db.tables.apiKeys).set({ scopes: [...permissions] });
  const session = await caller.get('/api/v1/session');
  expect(session.body.permissions).toEqual(scopes);
  const invite = (role: string) => caller.send('POST', '/api/v1/invitations', { email: `${role}@example.com`, role });
  expect((await invite('member')).status).toBe(403);
  expect((await invite('auditor')).status).toBe(201);
});

test('nobody gives a key what their role does not hold, and a lower role narrows the key', async () => {
  await using app = await startAccountApp();
  const owner = await app.owner();
  const admin = await app.invited(owner, 'admin', 'Adam');
  const beyond = await admin.send('POST', '/api/v1/api-keys', { name: 'x', scopes: ['chat', 'organization:delete'] });
  expect(beyond).toMatchObject({ status: 403, body: { detail: expect.stringContaining('organization:delete') } });
  expect((await admin.send('POST', '/api/v1/api-keys', { name: 'x', scopes: ['everything'] })).status).toBe(400);
  expect((await admin.send('POST', '/api/v1/api-keys', { name: 'x', scopes: [] })).status).toBe(400);
  const { caller } = await makeKey(app, admin, { scopes: ['members:manage', 'members:read'] });
  expect((await caller.get('/api/v1/invitations')).status).toBe(200);
  const { body } = await admin.get('/api/v1/session');
  const adminId = (body.user as { id: string }).id;
  await owner.send('PATCH', `/api/v1/members/${adminId}`, { role: 'member' });
  expect((await caller.get('/api/v1/invitations')).status).toBe(403);
  expect((await caller.get('/api/v1/members')).status).toBe(200);
});

test('a key that is unknown, revoked or expired is refused, also beside a valid session', async () => {
  let now = new Date();
  await using app = await startAccountApp({ clock: () => now });
  const owner = await app.owner();
  const expiresAt = new Date(now.getTime() + 3600_000).toISOString();
  const brief = await makeKey(app, owner, { scopes: ['chat'], expiresAt });
  const lasting = await makeKey(app, owner, { scopes: ['chat'] });
  for (const value of ['Bearer pfn_unknown', 'Bearer x', `Bearer ${brief.key}x`, `bearer ${brief.key.slice(4)}`]) {
    const caller = app.visitor({ authorization: value });
    caller.cookie = owner.cookie;
    expect(await caller.get('/api/v1/session')).toMatchObject(refused);
  }
  expect((await brief.caller.get('/api/v1/who-am-i')).status).toBe(200);
  now = new Date(now.getTime() + 3600_000);
  expect(await brief.caller.get('/api/v1/who-am-i')).toMatchObject(refused);
  expect((await owner.send('DELETE', `/api/v1/api-keys/${lasting.id}`)).status).toBe(200);
  expect(await lasting.caller.get('/api/v1/who-am-i')).toMatchObject(refused);
  const past = { name: 'x', scopes: ['chat'], expiresAt: now.toISOString() };
  expect((await owner.send('POST', '/api/v1/api-keys', past)).status).toBe(400);
  const list = (await owner.get('/api/v1/api-keys')).body.items as { status: string }[];
  expect(list.map(({ status }) => status)).toContain('revoked');
  expect((await app.audit('default', 'api_key.revoked')).length).toBe(1);
});

test('of key and session the key counts', async () => {
  await using app = await startAccountApp();
  const owner = await app.owner();
  const { caller } = await makeKey(app, owner, { scopes: ['chat'] });
  caller.cookie = owner.cookie;
  expect((await caller.get('/api/v1/who-am-i')).body.actor).toMatchObject({ kind: 'key' });
  expect((await caller.get('/api/v1/members')).status).toBe(403);
});

test('one sees and revokes one’s own keys; who manages them, everybody’s', async () => {
  await using app = await startAccountApp();
  const owner = await app.owner();
  const member = await app.invited(owner, 'member', 'Mila');
  const ofOwner = await makeKey(app, owner, { scopes: ['chat'] });
  const ofMember = await makeKey(app, member, { scopes: ['chat'] });
  expect((await member.get('/api/v1/api-keys')).body.items).toMatchObject([
    { id: ofMember.id, owner: { name: 'Mila' } },
  ]);
  expect((await owner.get('/api/v1/api-keys')).body.items).toHaveLength(2);
  expect((await member.send('DELETE', `/api/v1/api-keys/${ofOwner.id}`)).status).toBe(404);
  expect((await ofOwner.caller.get('/api/v1/who-am-i')).status).toBe(200);
  await owner.send('POST', '/api/v1/organizations', { name: 'Elsewhere' });
  expect((await owner.send('DELETE', `/api/v1/api-keys/${ofMember.id}`)).status).toBe(404);
  await owner.send('POST', '/api/v1/session/organization', { organizationId: 'default' });
  expect((await owner.send('DELETE', `/api/v1/api-keys/${ofMember.id}`)).status).toBe(200);
  expect(await ofMember.caller.get('/api/v1/who-am-i')).toMatchObject(refused);
});

test('the last use is written at most once a minute', async () => {
  let now = new Date();
  await using app = await startAccountApp({ clock: () => now });
  const { caller, id } = await makeKey(app, await app.owner(), { scopes: ['chat'] });
  const { apiKeys } = app.db.tables;
  const lastUse = async () => {
    await caller.get('/api/v1/who-am-i');
    const [row] = await app.db.query.select().from(apiKeys).where(eq(apiKeys.id, id));
    return row?.lastUsedAt?.getTime();
  };
  const first = now.getTime();
  expect(await lastUse()).toBe(first);
  now = new Date(first + 59_999);
  expect(await lastUse()).toBe(first);
  now = new Date(first + 60_000);
  expect(await lastUse()).toBe(first + 60_000);
});
