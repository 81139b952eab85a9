import { afterEach, expect, test } from 'vitest';
import type { ApiKeyView, CreatedApiKeyView } from '#channels/http/contract/organization.ts';
import { join } from '#test/support/accounts.ts';
import { chat } from '#test/support/chat.ts';
import { createHttpClient, type HttpClient } from '#test/support/http-client.ts';
import { createGate, type ScriptedApp, startScriptedApp } from '#test/support/scripted-app.ts';
import { personaFile } from '#test/support/start-app.ts';

let scripted: ScriptedApp;
afterEach(() => scripted[Symbol.asyncDispose]());

const listTeams = { name: 'ninox_list_teams', arguments: {} };

/** A model that asks for the teams once it is let, and then says that it is done. */
async function startGated() {
  const gate = createGate();
  scripted = await startScriptedApp(
    ({ toolResults }) =>
      toolResults.length === 0
        ? { text: 'One moment.', calls: [listTeams], gates: [{ at: 0, until: gate.until }] }
        : { text: 'Done.' },
    { personas: { tester: personaFile(['channels: [web, api]']) } },
  );
  return gate;
}

async function idOf(client: HttpClient): Promise<string> {
  return ((await client.get('/api/v1/session')).body as { user: { id: string } }).user.id;
}

const mia = { name: 'Mia', email: 'mia@example.com', role: 'member' } as const;

/** Lets the answer go on only once somebody's rights were changed. */
async function askWhile(client: Pick<HttpClient, 'post'>, gate: { open: () => void }, change: () => Promise<unknown>) {
  const asked = chat(client, 'Which teams?', { personaId: 'tester' });
  await scripted.model.whenRequested(1);
  await change();
  gate.open();
  return asked;
}

test('a running answer makes no call for somebody who was removed meanwhile', async () => {
  const gate = await startGated();
  const { app } = scripted;
  const member = createHttpClient(app.address, await join(app, mia));
  const id = await idOf(member);
  const answer = await askWhile(member, gate, () => app.send('DELETE', `/api/v1/members/${id}`));
  expect(answer.calls[0]).toMatchObject({ code: 'TOOL_NOT_GRANTED', errorText: expect.stringMatching(/not belong/) });
});

test('a running answer makes no call for somebody who may only read since', async () => {
  const gate = await startGated();
  const { app } = scripted;
  const member = createHttpClient(app.address, await join(app, mia));
  const id = await idOf(member);
  const answer = await askWhile(member, gate, () => app.send('PATCH', `/api/v1/members/${id}`, { role: 'auditor' }));
  expect(answer.calls[0]).toMatchObject({ code: 'TOOL_NOT_GRANTED', errorText: expect.stringMatching(/auditor/) });
});

test('a running answer makes no call for an API key that was revoked meanwhile', async () => {
  const gate = await startGated();
  const { app } = scripted;
  const made = await app.send('POST', '/api/v1/api-keys', { name: 'CI', scopes: ['chat', 'ninox:teams:read'] });
  const { key, apiKey } = made.body as CreatedApiKeyView;
  const caller = createHttpClient(app.address);
  const authorization = `Bearer ${key}`;
  const keyed = { post: (path: string, body: unknown) => caller.post(path, body, { authorization }) };
  const answer = await askWhile(keyed, gate, () => app.send('DELETE', `/api/v1/api-keys/${apiKey.id}`));
  expect(answer.calls[0]).toMatchObject({ code: 'TOOL_NOT_GRANTED', errorText: expect.stringMatching(/“CI” was/) });
  const keys = (await app.get('/api/v1/api-keys')).body as { items: ApiKeyView[] };
  expect(keys.items.map(({ status }) => status)).toEqual(['revoked']);
});

test('what somebody had connected for themselves is revoked when they leave, and nothing else', async () => {
  await startGated();
  const { app } = scripted;
  const member = createHttpClient(app.address, await join(app, mia));
  const connection = { integration: 'ninox', place: 'stand-in', scopes: ['ninox:teams:read'] };
  const own = await member.send('POST', '/api/v1/connections', { ...connection, label: 'Mine', ownership: 'personal' });
  const shared = { ...connection, label: 'Ours', ownership: 'organization' };
  expect((await app.send('POST', '/api/v1/connections', shared)).status).toBe(201);
  await member.send('POST', '/api/v1/organization/leave');
  const revoked = (await app.get('/api/v1/audit-events?action=connection.revoked')).body as { items: object[] };
  expect(revoked.items).toMatchObject([{ connectionId: (own.body as { id: string }).id, actor: { id: 'service' } }]);
  const list = (await app.get('/api/v1/connections?status=active')).body as { items: { label: string }[] };
  expect(list.items.map(({ label }) => label)).toEqual(['Ours', 'Ninox stand-in']);
});
