import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ConversationDetailView, ConversationListView } from '#channels/http/contract/conversations.ts';
import { createGate } from '#test/support/scripted-app.ts';
import { startTestApp } from '#test/support/start-app.ts';
import { allScopes, call, deletionOf, type McpApp, onApi, startMcpApp } from './mcp-app.ts';

const initialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'by hand', version: '1' } },
};
const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
const callTeams = { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'ninox_list_teams', arguments: {} } };

/** How the newest answer has ended, or null while there is none. */
async function newestStatus({ app }: McpApp): Promise<string | null> {
  const { items } = (await app.get('/api/v1/conversations')).body as ConversationListView;
  const [newest] = items;
  if (newest === undefined || newest.running) return null;
  const { messages } = (await app.get(`/api/v1/conversations/${newest.id}`)).body as ConversationDetailView;
  return messages.at(-1)?.metadata?.status ?? null;
}

const ended = (app: McpApp) =>
  app.eventually(async () => {
    const status = await newestStatus(app);
    return status === 'waiting' ? null : status;
  }, 'the run has not ended');

describe('the door', () => {
  test('lets in API keys alone, and says how', async () => {
    await using app = await startMcpApp();
    const { key, id } = await app.makeKey();
    const narrow = await app.makeKey(['personas:read']);
    for (const headers of [{}, { authorization: 'Bearer pfn_wrong' }, { cookie: app.app.cookie }]) {
      const response = await app.post(initialize, headers);
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    }
    expect((await app.post(list, { authorization: `Bearer ${narrow.key}` })).status).toBe(403);
    const client = await app.connect(key);
    const answered = await app.post(list, { authorization: `Bearer ${key}` });
    expect([answered.status, answered.headers.get('www-authenticate')]).toEqual([200, null]);
    expect(answered.headers.get('cache-control')).toBe('no-store');

    await app.app.send('DELETE', `/api/v1/api-keys/${id}`);
    expect((await app.post(list, { authorization: `Bearer ${key}` })).status).toBe(401);
    await expect(client.listTools()).rejects.toThrow('401');
    await expect(call(client, 'ninox_list_teams')).rejects.toThrow('401');
    await expect(app.connect(key)).rejects.toThrow('401');
  });

  test('answers POST alone; who looks for another way in finds no page', async () => {
    await using app = await startMcpApp();
    const { key } = await app.makeKey();
    const headers = { authorization: `Bearer ${key}`, accept: 'text/event-stream' };
    for (const method of ['GET', 'DELETE', 'PUT', 'HEAD', 'OPTIONS']) {
      const response = await fetch(`${app.app.address}/mcp`, { method, headers });
      expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, 'POST']);
    }
    for (const place of ['oauth-protected-resource/mcp', 'oauth-protected-resource', 'oauth-authorization-server']) {
      expect((await fetch(`${app.app.address}/.well-known/${place}`)).status).toBe(404);
    }
  });

  test('takes one message at a time, of the protocol, and not too long', async () => {
    await using app = await startMcpApp();
    const { key } = await app.makeKey();
    const authorization = `Bearer ${key}`;
    const statusOf = async (body: unknown, headers: Record<string, string> = {}) =>
      (await app.post(body, { authorization, ...headers })).status;
    expect(await statusOf([list, callTeams])).toBe(400);
    expect(await statusOf('{')).toBe(400);
    expect(await statusOf({ method: 'tools/list', id: 1 })).toBe(400);
    expect(await statusOf({ ...list, params: { x: 'x'.repeat(200_000) } })).toBe(200);
    expect(await statusOf({ ...list, params: { x: 'x'.repeat(300_000) } })).toBe(413);
    expect(await statusOf(list, { 'content-type': 'text/plain' })).toBe(415);
    expect(await statusOf(list, { accept: 'text/html' })).toBe(406);
    expect(await statusOf(list, { 'mcp-protocol-version': '1999-01-01' })).toBe(400);
    expect(await statusOf({ jsonrpc: '2.0', method: 'notifications/initialized' })).toBe(202);
    const unknown = await app.post({ jsonrpc: '2.0', id: 5, method: 'resources/list' }, { authorization });
    expect(await unknown.json()).toMatchObject({ id: 5, error: { code: -32601 } });
    // Nothing of it was done.
    expect((await app.app.get('/api/v1/conversations')).body).toMatchObject({ items: [] });
  });

  test('keeps nothing between messages: each is answered by itself, lists as JSON and calls as a stream', async () => {
    await using app = await startMcpApp();
    const authorization = `Bearer ${(await app.makeKey()).key}`;
    const begun = await app.post(initialize, { authorization });
    expect([begun.headers.get('mcp-session-id'), begun.headers.get('content-type')]).toEqual([
      expect.stringMatching(/^[\w-]{36}$/),
      'application/json',
    ]);
    // Neither before it began nor under a name that was never given is anything refused.
    const listed = await app.post(list, { authorization });
    expect(listed.headers.get('content-type')).toBe('application/json');
    const called = await app.post(callTeams, { authorization, 'mcp-session-id': 'of-another-process' });
    expect(called.headers.get('content-type')).toBe('text/event-stream');
    expect(await called.text()).toContain('Failpoint Ltd');
  });

  test('limits what starts a run, and not what only looks', async () => {
    await using app = await startMcpApp({ environment: { CHAT_MESSAGES_PER_MINUTE: '2' } });
    const client = await app.client();
    const { runId } = (await call(client, 'ask_tester', { message: 'Hi' })).facts;
    expect((await call(client, 'ninox_list_teams')).isError).toBe(false);
    await expect(call(client, 'ninox_list_teams')).rejects.toThrow('More than 2 messages in a minute');
    await expect(call(client, 'ask_tester', { message: 'Hi' })).rejects.toThrow('429');
    expect((await client.listTools()).tools.length).toBeGreaterThan(0);
    expect((await call(client, 'get_run', { runId })).isError).toBe(false);
  });
});

describe('who leaves and who cancels', () => {
  async function startWorking() {
    const gate = createGate();
    const app = await startMcpApp({ decide: () => ({ text: 'Hello.', gates: [{ at: 'start', until: gate.until }] }) });
    onTestFinished(() => {
      gate.open();
      return app[Symbol.asyncDispose]();
    });
    const { key } = await app.makeKey();
    const begin = async (client: Client, signal?: AbortSignal) => {
      const before = app.model.requests.length;
      const answer = call(client, 'ask_tester', { message: 'Hi' }, signal === undefined ? {} : { signal });
      answer.catch(() => undefined);
      await app.eventually(async () => (app.model.requests.length > before ? true : null), 'the model was not asked');
      return answer;
    };
    return { app, gate, connect: () => app.connect(key), begin };
  }

  test('a run is stopped by whoever cancels it', async () => {
    const { app, connect, begin } = await startWorking();
    const cancelling = new AbortController();
    const begun = begin(await connect(), cancelling.signal);
    await app.eventually(async () => (app.model.requests.length > 0 ? true : null), 'the model was not asked');
    cancelling.abort();
    await expect(begun).rejects.toThrow();
    expect(await ended(app)).toBe('stopped');
  });

  test('a connection that is lost stops nothing', async () => {
    const { app, gate, connect, begin } = await startWorking();
    const client = await connect();
    const begun = begin(client);
    await app.eventually(async () => (app.model.requests.length > 0 ? true : null), 'the model was not asked');
    await client.close();
    await expect(begun).rejects.toThrow();
    // Whatever comes later finds the service knowing that the connection is gone.
    for (let n = 0; n < 3; n += 1) await (await connect()).listTools();
    expect(await newestStatus(app)).toBeNull();
    gate.open();
    expect(await ended(app)).toBe('succeeded');
  });

  test('another client with the same key, which counts its requests the same way, cancels nothing', async () => {
    const { app, gate, connect, begin } = await startWorking();
    const [client, other] = [await connect(), await connect()];
    const begun = begin(client);
    await app.eventually(async () => (app.model.requests.length > 0 ? true : null), 'the model was not asked');
    for (const requestId of [0, 1, 2, 3]) {
      await other.notification({ method: 'notifications/cancelled', params: { requestId } });
    }
    gate.open();
    expect((await begun).facts).toMatchObject({ status: 'succeeded', text: 'Hello.' });
  });

  test('a call that waits for a person is withdrawn by whoever cancels it', async () => {
    await using app = await startMcpApp();
    const cancelling = new AbortController();
    const answer = call(
      await app.client(),
      'ninox_delete_record',
      { ...deletionOf(11), wait: 50 },
      { signal: cancelling.signal },
    );
    answer.catch(() => undefined);
    const approval = await app.eventually(async () => (await app.approvals())[0] ?? null, 'nothing was asked');
    cancelling.abort();
    await expect(answer).rejects.toThrow();
    expect(await ended(app)).toBe('stopped');
    expect((await app.decide(approval)).status).toBe(409);
    expect(app.ninox.deletionsOf(11)).toEqual([]);
  });
});

test('a call that waits goes on in another process, as it was asked for', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'mcp-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await using app = await startMcpApp({ directory });
  const client = await app.client();
  const { runId } = (await call(client, 'ninox_delete_record', { ...deletionOf(12), wait: 2 })).facts;
  const [approval] = await app.approvals();
  await using other = await startTestApp(app.variables, { directory, personas: { tester: onApi() } });
  const body = { decision: 'approve', hash: approval?.hash };
  expect((await other.send('POST', `/api/v1/approvals/${approval?.id}/decision`, body)).status).toBe(200);
  const outcome = await call(client, 'get_run', { runId, wait: 50 });
  expect(outcome.facts).toMatchObject({ status: 'succeeded', toolCalls: [{ state: 'succeeded' }] });
  expect(app.ninox.deletionsOf(12)).toHaveLength(1);
});

test('a key that is revoked while its call waits has nothing done any more', async () => {
  await using app = await startMcpApp();
  const { key, id } = await app.makeKey(allScopes);
  const { facts } = await call(await app.connect(key), 'ninox_delete_record', { ...deletionOf(13), wait: 2 });
  const [approval] = await app.approvals();
  if (approval === undefined) throw new Error('Nothing was asked.');
  await app.app.send('DELETE', `/api/v1/api-keys/${id}`);
  await app.decide(approval);
  expect(await ended(app)).toBe('failed');
  expect(app.ninox.has(13)).toBe(true);
  const mine = await app.client();
  const { text } = await call(mine, 'get_run', { runId: facts.runId });
  expect(text).toContain('API key is over');
});

test('no secret leaves in a result, a list or a word of progress', async () => {
  const secret = 'sk-scripted-and-secret';
  await using app = await startMcpApp({
    environment: { OPENAI_API_KEY: secret },
    decide: () => ({ text: `The key is ${secret}.` }),
    personas: { tester: onApi([`starters: ['${secret}']`]).replace('For tests.', `Knows ${secret}.`) },
  });
  const client = await app.client();
  const seen = JSON.stringify([await client.listTools(), await call(client, 'ask_tester', { message: 'The key?' })]);
  expect(seen).toContain('The key is');
  expect(seen).not.toContain(secret);
});

test('a service that is stopped does not stay for a client that waits, and what waits is kept', async () => {
  await using app = await startMcpApp();
  const client = await app.client();
  const answer = call(client, 'ninox_delete_record', { ...deletionOf(14), wait: 50 });
  answer.catch(() => undefined);
  await app.eventually(async () => (await newestStatus(app)) === 'waiting' || null, 'nothing waits');
  await app.app.app.close(0);
  await client.close();
  await expect(answer).rejects.toThrow('Connection closed');
  expect(app.ninox.deletionsOf(14)).toEqual([]);
});
