import { afterEach, describe, expect, test } from 'vitest';
import type { ApprovalListView } from '#channels/http/contract/approvals.ts';
import type { AuditListView } from '#channels/http/contract/audit-events.ts';
import type { ConversationDetailView } from '#channels/http/contract/conversations.ts';
import { sampleIds } from '#sandbox/ninox-data.ts';
import { chat, chatBody, readAnswer } from '../support/chat.ts';
import { eventually } from '../support/eventually.ts';
import { callsThenText, type Decide, type ScriptedTurn, sequence } from '../support/openai-script.ts';
import { createOpenAiServer, type OpenAiServer } from '../support/openai-server.ts';
import { personaFile, startTestApp, type TestApp } from '../support/start-app.ts';

const record = {
  team_id: sampleIds.company.team,
  database_id: sampleIds.company.crm,
  table_id: 'A',
  record_id: '1',
};
const listTeams = { name: 'ninox_list_teams', args: {} };
const deleteRecord = { name: 'ninox_delete_record', args: record };
const personas = {
  tester: personaFile(),
  deleter: personaFile(['approvals: { ninox_delete_record: auto }']),
  few: personaFile(['budget: { steps: 2, calls: 3, seconds: 60 }']),
  short: personaFile(['budget: { steps: 2, calls: 3, seconds: 1 }']),
};

let open: AsyncDisposableStack;
afterEach(() => open.disposeAsync());

async function start(
  decide: Decide,
  environment: Record<string, string> = {},
): Promise<{ app: TestApp; model: OpenAiServer }> {
  open = new AsyncDisposableStack();
  const model = createOpenAiServer(decide);
  open.defer(() => model.close());
  const OPENAI_BASE_URL = await model.listen();
  const app = open.use(
    await startTestApp(
      {
        OPENAI_API_KEY: 'sk-scripted',
        OPENAI_BASE_URL,
        OPENAI_API: 'responses',
        DEFAULT_MODEL: 'openai/scripted',
        ...environment,
      },
      { personas },
    ),
  );
  return { app, model };
}

const eventsOf = async (app: TestApp, conversationId: string) =>
  ((await app.get(`/api/v1/audit-events?conversationId=${conversationId}`)).body as AuditListView).items.map(
    ({ action, code }) => code ?? action,
  );
const stored = async (app: TestApp, conversationId: string) =>
  (await app.get(`/api/v1/conversations/${conversationId}`)).body as ConversationDetailView;
const textOf = (view: ConversationDetailView) =>
  view.messages
    .at(-1)
    ?.parts.map((part) => (part.type === 'text' ? part.text : ''))
    .join('');

describe.each(['responses', 'chat'])('through the %s API', (api) => {
  test('several calls of one step are made, their results reach the model, and the answer is stored whole', async () => {
    const { app, model } = await start(
      callsThenText([listTeams, { name: 'ninox_get_databases', args: { team_id: record.team_id } }], 'Here they are.'),
      {
        OPENAI_API: api,
      },
    );
    const answer = await chat(app, 'Which databases?', { personaId: 'tester' });
    expect(answer).toMatchObject({
      complete: true,
      text: 'Here they are.',
      metadata: { status: 'succeeded', model: 'openai/scripted' },
    });
    expect(answer.calls.map(({ tool, code }) => [tool, code])).toEqual([
      ['ninox_list_teams', null],
      ['ninox_get_databases', null],
    ]);
    expect(model.requests).toHaveLength(2);
    expect(model.requests[1]?.toolResults.map(({ output }) => Object.keys(JSON.parse(output)))).toEqual([
      ['teams'],
      ['team_id', 'databases'],
    ]);
    expect(model.requests[0]?.tools).toEqual([
      'ninox_list_teams',
      'ninox_get_team',
      'ninox_get_databases',
      'ninox_get_schema',
      'ninox_list_tables',
      'ninox_delete_record',
      'ninox_delete_records',
    ]);
    expect(await eventsOf(app, answer.conversationId)).toHaveLength(4);
    const view = await stored(app, answer.conversationId);
    expect(view.messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
    expect(textOf(view)).toBe('Here they are.');
  });

  test('the next message carries the whole history, tool results included, from the server’s own store', async () => {
    const { app, model } = await start(callsThenText([listTeams], 'Done.'), { OPENAI_API: api });
    const { conversationId } = await chat(app, 'First question', { personaId: 'tester' });
    await chat(app, 'Second question', { conversationId });
    const roles = model.requests[2]?.messages.map((message) => message.role);
    expect(roles).toEqual(['system', 'user', 'call', 'result', 'assistant', 'user']);
    expect(JSON.stringify(model.requests[2]?.body)).not.toContain('item_reference');
  });
});

test('arguments nested too deeply to be stored are refused on the record, and the conversation goes on', async () => {
  const rawArguments = `{"team_id":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
  const { app } = await start(callsThenText([{ name: 'ninox_get_team', rawArguments }], 'Done.'));
  const answer = await chat(app, 'Which team?', { personaId: 'tester' });
  expect(answer).toMatchObject({ complete: true, metadata: { status: 'succeeded' } });
  expect(answer.calls.map(({ code }) => code)).toEqual(['ARG_INVALID']);
  expect(await eventsOf(app, answer.conversationId)).toEqual(['ARG_INVALID']);
  expect((await stored(app, answer.conversationId)).conversation.running).toBe(false);
});

describe('a step that breaks off makes no call', () => {
  const cases: [string, ScriptedTurn, string?][] = [
    [
      'a clean end without a finish',
      { text: 'I will delete', calls: [deleteRecord], fault: { kind: 'end', at: 'finish' } },
    ],
    ['a clean end inside a call’s arguments', { calls: [deleteRecord], fault: { kind: 'end', at: 'arguments' } }],
    ['a lost connection after the call', { calls: [deleteRecord], fault: { kind: 'reset', at: 'finish' } }],
    ['a cut in the text', { text: 'one two three', fault: { kind: 'end', at: 2 } }],
    ['a reason nobody knows', { text: 'well', calls: [deleteRecord], finishReason: 'unknown' }, 'chat'],
  ];
  test.each(cases)('%s', async (_name, turn, api = 'responses') => {
    const { app } = await start(() => turn, { OPENAI_API: api });
    const answer = await chat(app, 'Delete it', { personaId: 'deleter' });
    expect(answer.metadata).toMatchObject({
      status: 'interrupted',
      code: 'MODEL_INTERRUPTED',
      notice: expect.stringMatching(/broke off/),
    });
    expect(answer.complete).toBe(true);
    expect(await eventsOf(app, answer.conversationId)).toEqual([]);
    expect((await stored(app, answer.conversationId)).conversation.running).toBe(false);
  });

  test('a length limit with a call in it', async () => {
    const { app } = await start(() => ({ text: 'Deleting', calls: [deleteRecord], finishReason: 'length' }));
    const answer = await chat(app, 'Delete it', { personaId: 'deleter' });
    expect(answer.metadata).toMatchObject({ status: 'interrupted', code: 'MODEL_LENGTH' });
    expect(await eventsOf(app, answer.conversationId)).toEqual([]);
  });
});

test.each<[string, ScriptedTurn, string, number]>([
  ['a refused key', { error: { status: 401, message: 'Incorrect API key sk-secret' } }, 'MODEL_UNAUTHORIZED', 1],
  ['an outage', { error: { status: 503, headers: { 'retry-after': '0' } } }, 'MODEL_UNAVAILABLE', 3],
  ['a quota', { error: { status: 429, headers: { 'retry-after': '0' } } }, 'MODEL_RATE_LIMITED', 3],
  ['a refused request', { error: { status: 400, message: 'no such model' } }, 'MODEL_REQUEST_REFUSED', 1],
  ['an empty answer', {}, 'MODEL_EMPTY', 1],
])('%s of the model is told in plain words and ends the run', async (_name, turn, code, asked) => {
  const { app, model } = await start(() => turn);
  const answer = await chat(app, 'Hello', { personaId: 'tester' });
  expect(answer.metadata).toMatchObject({ status: 'failed', code });
  expect(JSON.stringify(answer.chunks)).not.toContain('sk-secret');
  expect(model.requests).toHaveLength(asked);
});

test('malformed arguments and unknown tools go back to the model as errors, and it may do better', async () => {
  const { app } = await start(
    sequence([
      {
        calls: [
          { name: 'ninox_get_team', rawArguments: '{"team_id": ' },
          { name: 'ninox_drop', args: {} },
        ],
      },
      { calls: [listTeams] },
      { text: 'Better.' },
    ]),
  );
  const answer = await chat(app, 'x', { personaId: 'tester' });
  expect(answer.calls.map(({ code }) => code)).toEqual(['ARG_INVALID', 'TOOL_UNKNOWN', null]);
  expect(answer).toMatchObject({ text: 'Better.', metadata: { status: 'succeeded' } });
});

test('a deletion that asks waits for a person, and nothing is changed before that', async () => {
  const { app } = await start(callsThenText([deleteRecord], 'Deleted.'));
  const answer = await chat(app, 'Delete it', { personaId: 'tester' });
  expect(answer).toMatchObject({ complete: true, metadata: { status: 'waiting' } });
  const { conversation, messages } = await stored(app, answer.conversationId);
  expect(conversation).toMatchObject({ running: false, waiting: true });
  expect(messages.at(-1)?.parts.at(-1)).toMatchObject({ state: 'approval-requested' });
  const again = await app.post('/api/chat', chatBody('And?', { conversationId: answer.conversationId }));
  expect([again.status, await again.json()]).toMatchObject([409, { code: 'CONVERSATION_BUSY' }]);
  expect(await (await app.post(`/api/chat/${answer.conversationId}/stop`, {})).json()).toEqual({ stopped: true });
  const { messages: after } = await stored(app, answer.conversationId);
  expect(after.at(-1)?.metadata).toMatchObject({ status: 'stopped' });
});

test('a deletion that may be done at once is done once', async () => {
  const { app } = await start(callsThenText([deleteRecord], 'Deleted.'));
  expect((await chat(app, 'Delete it', { personaId: 'deleter' })).calls[0]).toMatchObject({
    output: { deleted: true },
  });
  expect((await chat(app, 'Delete it', { personaId: 'deleter' })).calls[0]).toMatchObject({
    code: 'UPSTREAM_NOT_FOUND',
  });
});

describe('budgets', () => {
  /** The one question of budget that an answer waits for, decided. */
  async function decideBudget(app: TestApp, decision: 'approve' | 'deny', more?: number) {
    const { items } = (await app.get('/api/v1/approvals')).body as ApprovalListView;
    const [{ id, hash, budget } = { id: '', hash: '', budget: null }] = items;
    const body = { decision, hash, ...(more === undefined ? {} : { more }) };
    expect((await app.send('POST', `/api/v1/approvals/${id}/decision`, body)).status).toBe(200);
    return budget;
  }
  async function endOf(app: TestApp, conversationId: string) {
    return eventually(
      async () => {
        const { conversation, messages } = await stored(app, conversationId);
        const last = messages.at(-1);
        return conversation.running || last?.metadata?.status === 'waiting' ? null : (last ?? null);
      },
      { why: () => 'the answer does not end' },
    );
  }

  test('a model that never stops calling asks whether it may go on, and answers when it may not', async () => {
    const { app, model } = await start(({ body }) =>
      body.tool_choice === 'none' ? { text: 'That is what I have.' } : { calls: [listTeams] },
    );
    const answer = await chat(app, 'x', { personaId: 'few' });
    expect(answer.metadata.status).toBe('waiting');
    expect(answer.calls).toHaveLength(2);
    expect(model.requests).toHaveLength(2);
    expect(await decideBudget(app, 'deny')).toMatchObject({ name: 'steps', limit: 2, used: 2, more: 2 });
    const last = await endOf(app, answer.conversationId);
    expect(last?.metadata).toMatchObject({ status: 'budget_exceeded', code: 'BUDGET_EXCEEDED' });
    expect(last?.parts.at(-1)).toMatchObject({ text: 'That is what I have.' });
    expect(model.requests).toHaveLength(3);
  });

  test('many calls in one step count as calls, not as one step; what was done is kept when more is allowed', async () => {
    const calls = Array.from({ length: 50 }, () => listTeams);
    const { app } = await start(({ toolResults }) => (toolResults.length === 0 ? { calls } : { text: 'Enough.' }));
    const answer = await chat(app, 'x', { personaId: 'few' });
    expect(answer.calls.filter(({ code }) => code === null)).toHaveLength(3);
    expect(answer.calls.filter(({ code }) => code === 'BUDGET_EXCEEDED')).toHaveLength(47);
    expect(answer.metadata.status).toBe('waiting');
    expect(await decideBudget(app, 'approve', 1)).toMatchObject({ name: 'calls', limit: 3 });
    const last = await endOf(app, answer.conversationId);
    expect(last?.metadata).toMatchObject({ status: 'succeeded' });
    expect(last?.parts.at(-1)).toMatchObject({ text: 'Enough.' });
  });

  test('a run that takes too long asks, and begins its last step again', async () => {
    let asked = 0;
    const { app } = await start(() => {
      asked += 1;
      return asked === 1 ? { text: 'one two', fault: { kind: 'hang', at: 1 } } : { text: 'All of it.' };
    });
    const answer = await chat(app, 'x', { personaId: 'short' });
    expect(answer.metadata.status).toBe('waiting');
    expect(await decideBudget(app, 'approve')).toMatchObject({ name: 'seconds', limit: 1 });
    const last = await endOf(app, answer.conversationId);
    expect(last?.metadata).toMatchObject({ status: 'succeeded' });
    expect(last?.parts.map((part) => (part.type === 'text' ? part.text : ''))).toContain('All of it.');
    expect(JSON.stringify(last?.parts)).not.toContain('one ');
  });
});

describe('leaving, coming back, stopping', () => {
  function gated() {
    const gate = Promise.withResolvers<void>();
    return { open: gate.resolve, turn: { text: 'one two three four', gates: [{ at: 2, until: gate.promise }] } };
  }
  /** Reads until the text so far is on the wire. */
  async function readUntil(response: Response, text: string) {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = '';
    while (!seen.includes(text)) {
      const next = await reader?.read();
      if (next === undefined || next.done) throw new Error(`The stream ended without “${text}”:\n${seen}`);
      seen += next.value;
    }
    return { leave: () => reader?.cancel() };
  }

  test('a closed tab does not stop the run, and a reload gets it from its beginning', async () => {
    const { open: letGo, turn } = gated();
    const { app, model } = await start(() => turn);
    const body = chatBody('x', { personaId: 'tester' });
    const first = await readUntil(await app.post('/api/chat', body), 'two "');
    await first.leave();
    const during = await stored(app, body.id);
    expect(during.conversation.running).toBe(true);
    expect(during.messages.map(({ role }) => role)).toEqual(['user']);

    const resumed = await app.fetch(`/api/chat/${body.id}/stream`);
    expect(resumed.headers.get('x-vercel-ai-ui-message-stream')).toBe('v1');
    letGo();
    const answer = await readAnswer(resumed, body.id);
    expect(answer).toMatchObject({ text: 'one two three four', complete: true, metadata: { status: 'succeeded' } });
    expect(answer.chunks[0]).toMatchObject({ type: 'start' });
    expect(model.aborted).toBe(0);
    expect(textOf(await stored(app, body.id))).toBe('one two three four');
  });

  test('stopping ends the model call, keeps the text so far, and frees the conversation', async () => {
    const { turn } = gated();
    const { app, model } = await start(({ userText }) => (userText === 'x' ? turn : { text: 'Again.' }));
    const body = chatBody('x', { personaId: 'tester' });
    const response = await app.post('/api/chat', body);
    const reading = readAnswer(response, body.id);
    await readUntil(await app.fetch(`/api/chat/${body.id}/stream`), 'two "');
    expect(await (await app.post(`/api/chat/${body.id}/stop`, {})).json()).toEqual({ stopped: true });
    const answer = await reading;
    expect(answer).toMatchObject({
      text: 'one two ',
      complete: true,
      metadata: { status: 'stopped', code: 'STOPPED' },
    });
    await model.whenAborted(1);
    expect(textOf(await stored(app, body.id))).toBe('one two ');
    expect((await chat(app, 'y', { conversationId: body.id })).text).toBe('Again.');
  });

  test('a second message while the first is answered is told to wait, and the same message twice is not run twice', async () => {
    const { open: letGo, turn } = gated();
    const { app, model } = await start(() => turn);
    const body = chatBody('x', { personaId: 'tester' });
    const response = await app.post('/api/chat', body);
    await model.whenRequested(1);
    expect((await app.post('/api/chat', { ...chatBody('y', { conversationId: body.id }) })).status).toBe(409);
    letGo();
    await readAnswer(response, body.id);
    expect((await app.post('/api/chat', body)).status).toBe(409);
    expect(model.requests).toHaveLength(1);
  });
});

test('a model that gives every call the same id still has each call told apart', async () => {
  const calls = [
    { name: 'ninox_list_teams', args: {}, id: 'same' },
    { name: 'ninox_get_team', args: { team_id: record.team_id }, id: 'same' },
  ];
  const { app } = await start(callsThenText(calls, 'Done.'));
  const answer = await chat(app, 'x', { personaId: 'tester' });
  expect(answer.calls.map(({ tool, code }) => [tool, code])).toEqual([
    ['ninox_list_teams', null],
    ['ninox_get_team', 'ARG_INVALID'],
  ]);
  expect(new Set(answer.calls.map(({ callId }) => callId)).size).toBe(2);
});

test('two first messages at once with different personas: one conversation, one persona', async () => {
  const { app } = await start(() => ({ text: 'Hi.' }));
  const { id } = chatBody('x');
  const answers = await Promise.all(
    ['tester', 'deleter'].map((personaId) => app.post('/api/chat', chatBody('x', { conversationId: id, personaId }))),
  );
  const won = answers.findIndex(({ status }) => status === 200);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  await Promise.all(answers.map((answer) => answer.text()));
  const { conversation } = await stored(app, id);
  expect(conversation.personaId).toBe(['tester', 'deleter'][won]);
});

test('a reader that stops reading harms nobody, and the answer is there afterwards', async () => {
  const { app } = await start(() => ({ text: 'word '.repeat(50_000) }));
  const body = chatBody('x', { personaId: 'tester' });
  const response = await app.post('/api/chat', body);
  await chat(app, 'y', { personaId: 'tester' });
  await response.body?.cancel();
  const during = await app.fetch(`/api/chat/${body.id}/stream`);
  await during.text();
  expect((await stored(app, body.id)).conversation.running).toBe(false);
});

test('a conversation keeps its persona', async () => {
  const { app } = await start(() => ({ text: 'Hi.' }));
  const { conversationId } = await chat(app, 'x', { personaId: 'tester' });
  const other = await app.post('/api/chat', chatBody('y', { conversationId, personaId: 'deleter' }));
  expect([other.status, (await other.json()) as unknown]).toEqual([
    400,
    expect.objectContaining({ detail: expect.stringMatching(/keeps its persona/) }),
  ]);
});
