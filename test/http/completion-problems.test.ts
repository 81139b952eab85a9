import OpenAI, { AuthenticationError, BadRequestError, ConflictError, NotFoundError, RateLimitError } from 'openai';
import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import { afterEach, describe, expect, test } from 'vitest';
import type { ApprovalListView } from '#channels/http/contract/approvals.ts';
import { makeKey } from '../support/api-key.ts';
import {
  assistant,
  clientOf,
  model,
  read,
  remove,
  runOf,
  startCompletions,
  textOf,
  thrown,
  user,
} from '../support/completions.ts';
import type { Decide } from '../support/openai-script.ts';
import { startTestApp } from '../support/start-app.ts';

let open = new AsyncDisposableStack();
afterEach(async () => {
  await open.disposeAsync();
  open = new AsyncDisposableStack();
});
const start = async (decide: Decide) => open.use(await startCompletions(decide));

describe('an approval', () => {
  test('is told in plain words, and the conversation goes on once it was decided', async () => {
    const { app, client, script } = await start((request) =>
      request.userText === 'Delete it' && request.toolResults.length === 0
        ? { text: 'I delete it.', calls: [remove] }
        : { text: 'It is gone.' },
    );
    const messages = [user('Delete it')];
    const completion = await client.chat.completions.create({ model, messages });
    const text = textOf(completion);
    expect(text).toMatch(/^I delete it\.\n\nThis waits for a decision:\n- .*[Dd]elete.*\n/);
    expect(text).toContain(`${app.address}/approvals`);
    expect(completion.choices[0]?.finish_reason).toBe('stop');
    const { approvals, status, conversationId } = runOf(completion);
    expect([status, approvals.length]).toEqual(['waiting', 1]);

    const next = [...messages, assistant(text), user('Is it gone?')];
    const busy = await thrown(client.chat.completions.create({ model, messages: next }));
    expect(busy).toBeInstanceOf(ConflictError);
    expect(busy).toMatchObject({ code: 'waiting_for_approval', message: expect.stringContaining('/approvals') });
    expect(busy.headers?.get('x-should-retry')).toBe('false');

    const { items } = (await app.get('/api/v1/approvals')).body as ApprovalListView;
    const { id, hash } = items[0] ?? { id: '', hash: '' };
    await app.send('POST', `/api/v1/approvals/${id}/decision`, { decision: 'approve', hash });
    const answer = await client.chat.completions.create({ model, messages: next });
    expect(runOf(answer).conversationId).toBe(conversationId);
    expect(script.requests.at(-1)?.messages.map(({ role }) => role)).toEqual(
      expect.arrayContaining(['call', 'result']),
    );
  });

  test('ends a stream the same way', async () => {
    const { client } = await start(() => ({ calls: [remove] }));
    const { text, chunks } = await read(
      await client.chat.completions.create({ model, messages: [user('Delete it')], stream: true }),
    );
    expect(text).toMatch(/^This waits for a decision:/);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
    expect(runOf(chunks.at(-1) as ChatCompletionChunk)).toMatchObject({ status: 'waiting' });
  });
});

describe('what goes wrong', () => {
  test('a key that is not valid, or missing, or not enough', async () => {
    const { app } = await start(() => ({ text: 'Hi' }));
    const ask = (client: OpenAI) => thrown(client.chat.completions.create({ model, messages: [user('Hi')] }));
    const bad = await ask(new OpenAI({ apiKey: 'pfn_bad', baseURL: `${app.address}/v1`, maxRetries: 0 }));
    expect(bad).toBeInstanceOf(AuthenticationError);
    expect(bad).toMatchObject({ code: 'invalid_api_key', type: 'authentication_error' });
    const narrow = await ask(await clientOf(app, { scopes: ['personas:read'] }));
    expect(narrow).toMatchObject({ status: 403, type: 'permission_error' });
    // A session is none, and neither is nobody.
    for (const cookie of [{ cookie: app.cookie }, {}]) {
      const response = await fetch(`${app.address}/v1/models`, { headers: cookie as Record<string, string> });
      expect([response.status, await response.json()]).toMatchObject([401, { error: { code: 'invalid_api_key' } }]);
    }
  });

  test('what cannot be honoured is refused, and says by which member', async () => {
    const { client, script } = await start(() => ({ text: 'Hi' }));
    const image = [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }];
    const refused: [object, string][] = [
      [{ tools: [{ type: 'function', function: { name: 'x' } }] }, 'tools'],
      [{ functions: [{ name: 'x' }] }, 'functions'],
      [{ n: 2 }, 'n'],
      [{ logprobs: true }, 'logprobs'],
      [{ response_format: { type: 'json_schema', json_schema: {} } }, 'response_format.type'],
      [{ modalities: ['text', 'audio'] }, 'modalities[1]'],
      [{ messages: image }, 'messages[0].content'],
      [{ messages: [user('Hi'), assistant('Ho')] }, 'messages'],
      [{ messages: [user('Hi'), { role: 'tool', tool_call_id: 'x', content: 'Ho' }] }, 'messages'],
      [{ messages: [user('x'.repeat(64_001))] }, 'messages'],
      [{ messages: [{ role: 'king', content: 'x' }] }, 'messages[0].role'],
      [{ messages: [] }, 'messages'],
    ];
    for (const [change, param] of refused) {
      const error = await thrown(client.chat.completions.create({ model, messages: [user('Hi')], ...change } as never));
      expect(error).toBeInstanceOf(BadRequestError);
      expect(error).toMatchObject({ param, type: 'invalid_request_error' });
    }
    expect(script.requests).toHaveLength(0);
  });

  test('a model that is not there, or does not answer here', async () => {
    const { client } = await start(() => ({ text: 'Hi' }));
    for (const wrong of ['shy', 'nobody']) {
      const error = await thrown(client.chat.completions.create({ model: wrong, messages: [user('Hi')] }));
      expect(error).toBeInstanceOf(NotFoundError);
      expect(error).toMatchObject({ code: 'model_not_found', message: expect.stringContaining(wrong) });
    }
  });

  test('an address that is not there, or no JSON', async () => {
    const { app } = await start(() => ({}));
    const key = await makeKey(app.address, app);
    expect(await key.get('/v1/embeddings')).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
    expect(await key.get('/v1')).toMatchObject({ status: 404, body: { error: { type: 'invalid_request_error' } } });
    const broken = await key.post('/v1/chat/completions', '{"model":');
    expect([broken.status, await broken.json()]).toMatchObject([400, { error: { code: 'input_invalid' } }]);
    const form = await key.post('/v1/chat/completions', 'x', { 'content-type': 'text/plain' });
    expect([form.status, await form.json()]).toMatchObject([415, { error: { param: null } }]);
  });

  test('too many messages', async () => {
    const app = open.use(await startTestApp({ CHAT_MESSAGES_PER_MINUTE: '1' }));
    const client = await clientOf(app);
    const ask = () => client.chat.completions.create({ model: 'ninox-assistant', messages: [user('Hello')] });
    await ask();
    const error = await thrown(ask());
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject({ code: 'rate_limit_exceeded', type: 'rate_limit_error' });
    expect(Number(error.headers?.get('retry-after'))).toBeGreaterThan(0);
  });

  test('a run that fails before any text has a status of its own, streamed or not; nobody sends it again', async () => {
    const { app, script } = await start(() => ({ error: { status: 401, message: 'no' } }));
    const client = await clientOf(app, { maxRetries: 2 });
    for (const stream of [false, true]) {
      const error = await thrown(client.chat.completions.create({ model, messages: [user('Hi')], stream }));
      expect(error).toMatchObject({ status: 502, code: 'model_unauthorized', type: 'server_error' });
    }
    expect(script.requests).toHaveLength(2);
  });

  test('a run that breaks off after some text ends its stream with an error', async () => {
    const { client } = await start(() => ({ text: 'one two three', fault: { kind: 'end', at: 2 } }));
    const messages = [user('Hi')];
    let text = '';
    const error = await thrown(
      (async () => {
        for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
          text += chunk.choices[0]?.delta.content ?? '';
        }
      })(),
    );
    expect(text).toBe('one two ');
    expect(error).toMatchObject({ code: 'model_interrupted', message: expect.stringContaining('broke off') });
    expect(await thrown(client.chat.completions.create({ model, messages }))).toMatchObject({ status: 502 });
  });

  test('an answer that was too long for its model is cut, as OpenAI cuts it', async () => {
    const { client } = await start(() => ({ text: 'one two', finishReason: 'length' }));
    const completion = await client.chat.completions.create({ model, messages: [user('Hi')] });
    expect(completion.choices[0]).toMatchObject({ message: { content: 'one two' }, finish_reason: 'length' });
  });

  test('after a failure the same history finds its conversation again', async () => {
    const { client } = await start(({ number }) =>
      number === 2 ? { error: { status: 401, message: 'no' } } : { text: `Answer ${number}` },
    );
    const first = await client.chat.completions.create({ model, messages: [user('One')] });
    const messages = [user('One'), assistant(textOf(first)), user('Two')];
    await thrown(client.chat.completions.create({ model, messages }));
    const again = await client.chat.completions.create({ model, messages });
    expect(runOf(again).conversationId).toBe(runOf(first).conversationId);
  });
});
