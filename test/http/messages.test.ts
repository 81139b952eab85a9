import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import type { ApprovalListView } from '#channels/http/contract/approvals.ts';
import type { ConversationListView } from '#channels/http/contract/conversations.ts';
import type { RunView } from '#channels/http/contract/messages.ts';
import { sampleIds } from '#sandbox/ninox-data.ts';
import { join } from '../support/accounts.ts';
import { makeKey } from '../support/api-key.ts';
import { readAnswer } from '../support/chat.ts';
import { eventually } from '../support/eventually.ts';
import { createHttpClient, type HttpClient } from '../support/http-client.ts';
import { callsThenText, type Decide } from '../support/openai-script.ts';
import { createGate, startScriptedApp } from '../support/scripted-app.ts';
import { personaFile, startTestApp, type TestApp, type TestAppOptions } from '../support/start-app.ts';

const listTeams = { name: 'ninox_list_teams', args: {} };
const remove = {
  name: 'ninox_delete_record',
  args: { team_id: sampleIds.company.team, database_id: sampleIds.company.crm, table_id: 'A', record_id: '1' },
};
const personas = {
  tester: personaFile(['channels: [web, api]']),
  shy: personaFile(['channels: [web]']),
};
const messages = '/api/v1/personas/tester/messages';

let open = new AsyncDisposableStack();
afterEach(async () => {
  await open.disposeAsync();
  open = new AsyncDisposableStack();
});

async function start(decide: Decide, options: TestAppOptions = {}) {
  const { app, model } = open.use(await startScriptedApp(decide, { personas, ...options }));
  return { app, model, key: await makeKey(app.address, app) };
}

async function send(caller: HttpClient, body: object, headers: Record<string, string> = {}) {
  const response = await caller.post(messages, body, headers);
  return { status: response.status, headers: response.headers, run: (await response.json()) as RunView };
}
const once = (key: string) => ({ 'idempotency-key': key });
const runOf = async (caller: HttpClient, id: string) => (await caller.get(`/api/v1/runs/${id}`)).body as RunView;
const conversationsOf = async (app: TestApp) =>
  ((await app.get('/api/v1/conversations')).body as ConversationListView).items;

describe('a message', () => {
  test('is answered with its run, once that has ended', async () => {
    const { app, key } = await start(callsThenText([listTeams], 'Two teams.'));
    const { status, run } = await send(key, { text: 'Which teams?' });
    expect(status).toBe(200);
    expect(run).toMatchObject({
      personaId: 'tester',
      status: 'succeeded',
      text: 'Two teams.',
      toolCalls: [{ tool: 'ninox_list_teams', input: {}, state: 'succeeded', output: { teams: expect.any(Array) } }],
      waitingFor: [],
      notice: null,
      endedAt: expect.any(String),
    });
    expect(run.usage.inputTokens).toBeGreaterThan(0);
    expect(await runOf(key, run.id)).toEqual(run);
    const [event] = (
      (await app.get(`/api/v1/audit-events?conversationId=${run.conversationId}`)).body as {
        items: { channel: string }[];
      }
    ).items;
    expect(event).toMatchObject({ channel: 'api' });
  });

  test('of a session is one of the pages', async () => {
    const { app } = await start(() => ({ text: 'Hi' }));
    expect((await send(app, { text: 'Hello' })).run).toMatchObject({ status: 'succeeded', text: 'Hi' });
    const shy = await app.post('/api/v1/personas/shy/messages', { text: 'Hello' });
    expect(shy.status).toBe(200);
  });

  test('goes on in its conversation, and in none that is not there', async () => {
    const { key, model } = await start(({ number }) => ({ text: `Answer ${number}` }));
    const { run } = await send(key, { text: 'One' });
    const next = await send(key, { text: 'Two', conversationId: run.conversationId });
    expect(next.run).toMatchObject({ conversationId: run.conversationId, text: 'Answer 2' });
    expect(model.requests[1]?.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect((await send(key, { text: 'Three', conversationId: randomUUID() })).status).toBe(404);
    expect(model.requests).toHaveLength(2);
  });

  test('is streamed as in the pages', async () => {
    const { key } = await start(callsThenText([listTeams], 'Two teams.'));
    const response = await key.post(messages, { text: 'Which teams?', stream: true });
    expect(response.headers.get('x-vercel-ai-ui-message-stream')).toBe('v1');
    const answer = await readAnswer(response, '');
    expect(answer).toMatchObject({ complete: true, text: 'Two teams.', metadata: { status: 'succeeded' } });
    expect(await runOf(key, answer.metadata.runId ?? '')).toMatchObject({ text: 'Two teams.' });
  });

  test('that takes long is answered as a run to be polled, with what there is of it', async () => {
    const gate = createGate();
    const { key } = await start(() => ({ deltas: ['So ', 'so.'], gates: [{ at: 1, until: gate.until }] }));
    const { status, headers, run } = await send(key, { text: 'Hi', wait: 0 });
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/api/v1/runs/${run.id}`);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(run).toMatchObject({ status: 'running', endedAt: null });
    await eventually(async () => ((await runOf(key, run.id)).text === 'So ' ? true : null), {
      why: () => 'no text while it runs',
    });
    gate.open();
    const ended = await eventually(
      async () => {
        const now = await runOf(key, run.id);
        return now.status === 'running' ? null : now;
      },
      { why: () => 'it does not end' },
    );
    expect(ended).toMatchObject({ status: 'succeeded', text: 'So so.' });
  });

  test('that waits for an approval is answered at once, and its run goes on once it was decided', async () => {
    const { app, key } = await start(callsThenText([remove], 'It is gone.'));
    const { status, headers, run } = await send(key, { text: 'Delete it' });
    expect(status).toBe(202);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    const [approvalId] = run.waitingFor;
    expect(run).toMatchObject({ status: 'waiting', toolCalls: [{ state: 'waiting', approvalId }], endedAt: null });
    const { items } = (await app.get('/api/v1/approvals')).body as ApprovalListView;
    expect(items.map(({ id }) => id)).toEqual([approvalId]);
    const { hash } = items[0] ?? { hash: '' };
    await app.send('POST', `/api/v1/approvals/${approvalId}/decision`, { decision: 'approve', hash });
    const ended = await eventually(
      async () => {
        const now = await runOf(key, run.id);
        return now.endedAt === null ? null : now;
      },
      { why: () => 'it does not go on' },
    );
    expect(ended).toMatchObject({ status: 'succeeded', text: 'It is gone.', waitingFor: [] });
    expect(ended.toolCalls).toMatchObject([{ state: 'succeeded', approvalId: null }]);
  });

  test('whose caller leaves is answered all the same', async () => {
    const gate = createGate();
    const { app, key, model } = await start(() => ({ text: 'Hi', gates: [{ at: 0, until: gate.until }] }));
    const leaving = new AbortController();
    const asked = key.fetch(messages, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'Hello' }),
      signal: leaving.signal,
    });
    await model.whenRequested(1);
    leaving.abort();
    await expect(asked).rejects.toThrow();
    gate.open();
    const [conversation] = await eventually(
      async () => {
        const all = await conversationsOf(app);
        return all.length === 1 && all[0]?.running === false ? all : null;
      },
      { why: () => 'it does not end' },
    );
    expect(model.aborted).toBe(0);
    expect(conversation).toMatchObject({ title: 'Hello' });
  });

  test('that fails says why', async () => {
    const { key } = await start(() => ({ error: { status: 401, message: 'no' } }));
    const { status, run } = await send(key, { text: 'Hi' });
    expect([status, run.status]).toEqual([200, 'failed']);
    expect(run.notice).toMatch(/\w+/);
  });

  test('that is none, or goes to nobody, is refused', async () => {
    const { key, model } = await start(() => ({ text: 'Hi' }));
    const refused: [string, object, number][] = [
      [messages, { text: ' ' }, 400],
      [messages, { text: 'x', model: 'y' }, 400],
      [messages, { text: 'x', wait: 121 }, 400],
      ['/api/v1/personas/nobody/messages', { text: 'x' }, 404],
      ['/api/v1/personas/shy/messages', { text: 'x' }, 403],
    ];
    for (const [path, body, status] of refused) expect((await key.post(path, body)).status).toBe(status);
    expect(model.requests).toHaveLength(0);
  });

  test('counts for the limit of messages', async () => {
    const app = open.use(await startTestApp({ CHAT_MESSAGES_PER_MINUTE: '1' }, { personas }));
    const key = await makeKey(app.address, app);
    await send(key, { text: 'Hello' });
    expect((await key.post(messages, { text: 'Hello' })).status).toBe(429);
  });
});

describe('an idempotency key', () => {
  test('gives 50 callers at once one run', async () => {
    const { app, key, model } = await start(() => ({ text: 'Hi' }));
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(key, { text: 'Hello' }, once('k'))));
    expect(new Set(answers.map(({ run }) => run.id)).size).toBe(1);
    expect(answers.every(({ status, run }) => status === 200 && run.text === 'Hi')).toBe(true);
    expect(model.requests).toHaveLength(1);
    expect(await conversationsOf(app)).toHaveLength(1);
    const again = await send(key, { text: 'Hello', wait: 0 }, once('k'));
    expect([again.status, again.run]).toEqual([200, answers[0]?.run]);
    const streamed = await readAnswer(await key.post(messages, { text: 'Hello', stream: true }, once('k')), '');
    expect(streamed).toMatchObject({ complete: true, text: 'Hi', metadata: { runId: again.run.id } });
  });

  test('joins the run while it works, and one that waits', async () => {
    const gate = createGate();
    const { key, model } = await start(({ userText, toolResults }) =>
      userText === 'Delete it' && toolResults.length === 0
        ? { calls: [remove] }
        : { deltas: ['So ', 'so.'], gates: [{ at: 1, until: gate.until }] },
    );
    const { run } = await send(key, { text: 'Hi', wait: 0 }, once('k'));
    const joined = key.post(messages, { text: 'Hi', stream: true }, once('k'));
    const waited = send(key, { text: 'Hi' }, once('k'));
    gate.open();
    expect(await readAnswer(await joined, '')).toMatchObject({ text: 'So so.', metadata: { runId: run.id } });
    expect((await waited).run).toMatchObject({ id: run.id, status: 'succeeded' });
    const waiting = await send(key, { text: 'Delete it' }, once('w'));
    const again = await send(key, { text: 'Delete it' }, once('w'));
    expect([again.status, again.run]).toEqual([202, waiting.run]);
    const streamed = await readAnswer(await key.post(messages, { text: 'Delete it', stream: true }, once('w')), '');
    expect(streamed).toMatchObject({
      complete: true,
      metadata: { status: 'waiting', waitingFor: again.run.waitingFor },
    });
    expect(streamed.chunks).toContainEqual(expect.objectContaining({ type: 'tool-approval-request' }));
    expect(model.requests).toHaveLength(2);
  });

  test('is refused for another request, and is one person’s own', async () => {
    const { app, key, model } = await start(({ number }) => ({ text: `Answer ${number}` }));
    const { run } = await send(key, { text: 'Hi' }, once('k'));
    for (const other of [{ text: 'Ho' }, { text: 'Hi', conversationId: run.conversationId }]) {
      const response = await key.post(messages, other, once('k'));
      expect([response.status, await response.json()]).toMatchObject([409, { code: 'IDEMPOTENCY_CONFLICT' }]);
    }
    const mila = { name: 'Mila', email: 'mila@example.com', role: 'member' } as const;
    const member = createHttpClient(app.address, await join(app, mila));
    const theirs = await send(member, { text: 'Ho' }, once('k'));
    expect(theirs.run).toMatchObject({ text: 'Answer 2' });
    expect((await member.get(`/api/v1/runs/${run.id}`)).status).toBe(404);
    expect((await key.get(`/api/v1/runs/${theirs.run.id}`)).status).toBe(404);
    expect((await key.get('/api/v1/runs/none')).status).toBe(404);
    expect(model.requests).toHaveLength(2);
  });

  test('must be one', async () => {
    const { key } = await start(() => ({ text: 'Hi' }));
    for (const bad of ['', 'x'.repeat(201)]) {
      const response = await key.post(messages, { text: 'Hi' }, once(bad));
      expect([response.status, await response.json()]).toMatchObject([400, { detail: /Idempotency-Key/ }]);
    }
  });

  test('of a call that could not be begun begins it when it comes again', async () => {
    const gate = createGate();
    const { key } = await start(({ number }) => ({
      text: `Answer ${number}`,
      gates: number === 1 ? [{ at: 0, until: gate.until }] : [],
    }));
    const { run } = await send(key, { text: 'One', wait: 0 });
    const body = { text: 'Two', conversationId: run.conversationId };
    const busy = await key.post(messages, body, once('k'));
    expect([busy.status, await busy.json()]).toMatchObject([409, { code: 'CONVERSATION_BUSY' }]);
    gate.open();
    const begun = await eventually(
      async () => {
        const answer = await send(key, body, once('k'));
        return answer.status === 409 ? null : answer;
      },
      { why: () => 'it stays busy' },
    );
    expect(begun.run).toMatchObject({ conversationId: run.conversationId, text: 'Answer 2' });
  });
});

test('a run in another process is joined and read there too', async () => {
  const gate = createGate();
  const { app, key } = await start(() => ({ deltas: ['So ', 'so.'], gates: [{ at: 1, until: gate.until }] }));
  const beside = open.use(await startScriptedApp(() => ({ text: 'Another' }), { directory: app.directory, personas }));
  const there = createHttpClient(beside.app.address, undefined, { authorization: `Bearer ${key.key}` });
  const { run } = await send(key, { text: 'Hi', wait: 0 }, once('k'));
  expect(await runOf(there, run.id)).toMatchObject({ id: run.id, status: 'running' });
  const still = await send(there, { text: 'Hi', wait: 0 }, once('k'));
  expect([still.status, still.run.id]).toEqual([202, run.id]);
  const streamed = there.post(messages, { text: 'Hi', stream: true }, once('k'));
  const waited = send(there, { text: 'Hi' }, once('k'));
  gate.open();
  expect((await waited).run).toMatchObject({ id: run.id, status: 'succeeded', text: 'So so.' });
  expect(await readAnswer(await streamed, '')).toMatchObject({ complete: true, text: 'So so.' });
  expect(beside.model.requests).toHaveLength(0);
});

test('a key without the scope chat sends nothing and reads nothing', async () => {
  const { app, key } = await start(() => ({ text: 'Hi' }));
  const narrow = await makeKey(app.address, app, ['personas:read']);
  expect((await narrow.post(messages, { text: 'Hi' })).status).toBe(403);
  const { run } = await send(key, { text: 'Hi' });
  expect((await narrow.get(`/api/v1/runs/${run.id}`)).status).toBe(403);
  expect((await createHttpClient(app.address).get(`/api/v1/runs/${run.id}`)).status).toBe(401);
});
