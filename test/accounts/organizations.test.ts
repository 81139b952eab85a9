import { expect, test } from 'vitest';
import { eq } from '#db/drizzle.ts';
import { startAccountApp } from '../support/account-app.ts';

test('an organization is renamed by those who manage it', async () => {
  await using app = await startAccountApp();
  const owner = await app.owner();
  const answer = await owner.send('PATCH', '/api/v1/organization', { name: 'Bakery' });
  expect(answer).toMatchObject({ status: 200, body: { id: 'default', name: 'Bakery' } });
  expect((await owner.get('/api/v1/organization')).body).toMatchObject({ name: 'Bakery' });
  expect(await app.audit('default', 'organization.renamed')).toMatchObject([
    { details: { from: 'Demo organization', to: 'Bakery' } },
  ]);
});

test('one works in the organization one chooses, for this session alone', async () => {
  await using app = await startAccountApp();
  const owner = await app.owner();
  const other = app.visitor();
  await other.send('POST', '/api/v1/sign-in', { email: 'olivia@example.com', password: 'correct horse battery' });
  const { body } = await owner.send('POST', '/api/v1/organizations', { name: 'Bakery' });
  const current = async (visitor: typeof owner) =>
    ((await visitor.get('/api/v1/session')).body.organization as { id: string }).id;
  expect(await current(owner)).toBe(body.id);
  expect(await current(other)).toBe('default');
  await owner.send('POST', '/api/v1/session/organization', { organizationId: 'default' });
  expect(await current(owner)).toBe('default');
  expect(await app.audit(String(body.id), 'organization.created')).toHaveLength(1);
});

test('a new session begins in the organization that was worked in last', async () => {
  await using app = await startAccountApp();
  const owner = await app.owner();
  const { body } = await owner.send('POST', '/api/v1/organizations', { name: 'Bakery' });
  const beginsIn = async () => {
    const visitor = app.visitor();
    await visitor.send('POST', '/api/v1/sign-in', { email: 'olivia@example.com', password: 'correct horse battery' });
    return ((await visitor.get('/api/v1/session')).body.organization as { id: string }).id;
  };
  expect(await beginsIn()).toBe(body.id);
  await owner.send('POST', '/api/v1/session/organization', { organizationId: 'default' });
  expect(await beginsIn()).toBe('default');
});

test('deleting needs the name, takes everything along, and leaves the chain of events without their bodies', async () => {
  await using app = await startAccountApp();
  const owner = await app.owner();
  const member = await app.invited(owner, 'member', 'Mila');
  await owner.send('POST', '/api/v1/invitations', { email: 'x@example.com', role: 'member' });
  const made = await owner.send('POST', '/api/v1/api-keys', { name: 'script', scopes: ['chat'] });
  const key = app.visitor({ authorization: `Bearer ${String(made.body.key)}` });
  const { tables, query } = app.db;
  const row = {
    personaId: 'p',
    actorId: 'a',
    channel: 'web',
    title: 't',
    createdAt: new Date(),
    updatedAt: new Date(),
  };
  await query.insert(tables.conversations).values([
    { ...row, organizationId: 'default', id: 'gone' },
    { ...row, organizationId: 'other', id: 'stays' },
  ]);

  const wrong = await owner.send('DELETE', '/api/v1/organization', { name: 'demo' });
  expect(wrong).toMatchObject({ status: 400, body: { detail: expect.stringContaining('Demo organization') } });
  expect((await owner.send('DELETE', '/api/v1/organization', { name: 'Demo organization' })).status).toBe(200);

  for (const table of [tables.organizations, tables.members, tables.invitations, tables.apiKeys]) {
    expect(await query.select().from(table)).toEqual([]);
  }
  expect((await query.select().from(tables.conversations)).map(({ id }) => id)).toEqual(['stays']);
  expect((await member.get('/api/v1/session')).body).toMatchObject({ organization: null });
  expect((await key.get('/api/v1/who-am-i')).status).toBe(401);
  const audit = await app.audit('default');
  expect(audit.at(-1)?.action).toBe('organization.deleted');
  expect(audit.every(({ details }) => details === null)).toBe(true);
  const bodies = await query.select().from(tables.auditBodies).where(eq(tables.auditBodies.organizationId, 'default'));
  expect(bodies.every(({ body, salt }) => body === null && salt === null)).toBe(true);
});
