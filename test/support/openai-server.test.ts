import { createOpenAI } from '@ai-sdk/openai';
import { APICallError, generateText, isStepCount, type LanguageModel, streamText, tool } from 'ai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  callsThenText,
  type Decide,
  type Fault,
  type OpenAiApi,
  type ScriptedTurn,
  sequence,
} from './openai-script.ts';
import { createOpenAiServer, type OpenAiServer } from './openai-server.ts';

let server: OpenAiServer;
let decide: Decide;

beforeEach(() => {
  decide = () => ({});
  server = createOpenAiServer((request) => decide(request));
});
afterEach(() => server.close());

async function modelOf(api: OpenAiApi): Promise<LanguageModel> {
  const openai = createOpenAI({ baseURL: await server.listen(), apiKey: 'test-key' });
  return api === 'responses' ? openai.responses('gpt-4.1-mini') : openai.chat('gpt-4.1-mini');
}

function toolsThatRecord() {
  const ran: unknown[] = [];
  const lookUp = tool({
    description: 'Looks something up.',
    inputSchema: z.object({ what: z.string() }),
    execute: async (input) => {
      ran.push(input);
      return { found: input.what };
    },
  });
  return { ran, tools: { lookUp } };
}

const settings = {
  prompt: 'Hello?',
  maxRetries: 0,
  providerOptions: { openai: { store: false } },
  onError: () => undefined,
};

/** Streams one answer to its end and says what was seen. */
async function stream(model: LanguageModel, signal?: AbortSignal) {
  const { ran, tools } = toolsThatRecord();
  const result = streamText({ ...settings, model, tools, ...(signal === undefined ? {} : { abortSignal: signal }) });
  const deltas: string[] = [];
  const errors: unknown[] = [];
  let finish: string | null = null;
  try {
    for await (const part of result.stream) {
      if (part.type === 'text-delta') deltas.push(part.text);
      if (part.type === 'error') errors.push(part.error);
      if (part.type === 'finish-step') finish = part.finishReason;
    }
  } catch (error) {
    errors.push(error);
  }
  return { deltas, text: deltas.join(''), errors, finish, ran };
}

describe.each(['responses', 'chat'] as const)('the %s API', (api) => {
  it('streams a text word by word with its usage', async () => {
    decide = sequence([{ text: 'Three words here', usage: { inputTokens: 20, outputTokens: 3 } }]);
    const result = streamText({ ...settings, model: await modelOf(api) });
    const deltas: string[] = [];
    for await (const delta of result.textStream) deltas.push(delta);
    expect(deltas).toEqual(['Three ', 'words ', 'here']);
    expect(await result.finishReason).toBe('stop');
    expect(await result.usage).toMatchObject({ inputTokens: 20, outputTokens: 3 });
  });

  it('sends exactly the deltas of the script', async () => {
    decide = () => ({ deltas: ['a', 'b c', '\n', 'ü\u2028"'] });
    expect((await stream(await modelOf(api))).deltas).toEqual(['a', 'b c', '\n', 'ü\u2028"']);
  });

  it.each(['streamed', 'whole'])('plays calls and then a text, %s', async (manner) => {
    decide = callsThenText(
      [
        { name: 'lookUp', args: { what: 'one' } },
        { name: 'lookUp', args: { what: 'two' }, id: 'call_mine' },
      ],
      (results) => `Saw ${results.length}.`,
    );
    const { ran, tools } = toolsThatRecord();
    const given = {
      ...settings,
      instructions: 'Be short.',
      model: await modelOf(api),
      tools,
      stopWhen: isStepCount(4),
    };
    const { onError: _streamsOnly, ...forWhole } = given;
    const text = manner === 'streamed' ? await streamText(given).text : (await generateText(forWhole)).text;
    expect(text).toBe('Saw 2.');
    expect(ran).toEqual([{ what: 'one' }, { what: 'two' }]);
    expect(server.requests).toMatchObject([
      {
        api,
        number: 1,
        step: 0,
        stream: manner === 'streamed',
        model: 'gpt-4.1-mini',
        userText: 'Hello?',
        tools: ['lookUp'],
        toolResults: [],
        messages: [
          { role: 'system', text: 'Be short.' },
          { role: 'user', text: 'Hello?' },
        ],
        headers: { authorization: 'Bearer test-key' },
      },
      {
        number: 2,
        step: 1,
        toolResults: [
          { callId: 'call_1_0', output: '{"found":"one"}' },
          { callId: 'call_mine', output: '{"found":"two"}' },
        ],
        messages: [
          { role: 'system' },
          { role: 'user' },
          { role: 'call', callId: 'call_1_0', name: 'lookUp', arguments: '{"what":"one"}' },
          { role: 'call', callId: 'call_mine' },
          { role: 'result' },
          { role: 'result' },
        ],
      },
    ]);
    expect(server.failures).toEqual([]);
  });

  it('counts steps and results from the last user message on', async () => {
    decide = ({ step }) => (step < 2 ? { calls: [{ name: 'lookUp', args: { what: 'x' } }] } : { text: 'Done.' });
    const { tools } = toolsThatRecord();
    const model = await modelOf(api);
    const { prompt, onError: _streamsOnly, ...rest } = settings;
    const first = { role: 'user', content: prompt } as const;
    const result = await generateText({ ...rest, model, tools, messages: [first], stopWhen: isStepCount(5) });
    const messages = [first, ...result.responseMessages, { role: 'user', content: 'And now?' } as const];
    await generateText({ ...rest, model, tools, messages });
    expect(server.requests.map(({ step, toolResults, userText }) => [step, toolResults.length, userText])).toEqual([
      [0, 0, 'Hello?'],
      [1, 1, 'Hello?'],
      [2, 2, 'Hello?'],
      [0, 0, 'And now?'],
    ]);
    expect(server.requests[3]?.messages).toContainEqual({ role: 'assistant', text: 'Done.' });
    const ids = server.requests[2]?.toolResults.map(({ callId }) => callId);
    expect(new Set(ids).size).toBe(2);
  });

  it.each([
    ['stop', 'stop'],
    ['tool-calls', api === 'chat' ? 'tool-calls' : 'stop'],
    ['length', 'length'],
    ['content-filter', 'content-filter'],
    ['unknown', 'other'],
  ] as const)('ends with the reason %s', async (finishReason, seen) => {
    decide = () => ({ text: 'Hi', finishReason });
    const model = await modelOf(api);
    expect((await stream(model)).finish).toBe(seen);
    expect((await generateText({ model, prompt: 'Hello?' })).finishReason).toBe(seen);
  });

  it('gives an empty answer and a refusal', async () => {
    const model = await modelOf(api);
    decide = () => ({});
    expect(await stream(model)).toMatchObject({ text: '', finish: 'stop', errors: [] });
    decide = () => ({ refusal: 'I will not.' });
    expect(await stream(model)).toMatchObject({ text: 'I will not.', finish: 'content-filter' });
    expect((await generateText({ model, prompt: 'Hello?' })).text).toBe('I will not.');
  });

  it('sends malformed arguments as they are written', async () => {
    decide = () => ({ calls: [{ name: 'lookUp', rawArguments: '{"what": ' }] });
    const { ran, tools } = toolsThatRecord();
    const { onError: _streamsOnly, ...rest } = settings;
    const { toolCalls } = await generateText({ ...rest, model: await modelOf(api), tools });
    expect(toolCalls).toMatchObject([{ invalid: true }]);
    expect(ran).toEqual([]);
  });

  it('answers with an error, its headers and its body', async () => {
    decide = sequence([
      { error: { status: 429, message: 'Slow down.', headers: { 'retry-after': '7' } } },
      { error: { status: 502, html: '<h1>Bad gateway</h1>' } },
    ]);
    const model = await modelOf(api);
    const [first] = (await stream(model)).errors;
    expect(first).toBeInstanceOf(APICallError);
    expect(first).toMatchObject({ statusCode: 429, message: 'Slow down.', responseHeaders: { 'retry-after': '7' } });
    const second = await generateText({ model, prompt: 'x', maxRetries: 0 }).catch((error: unknown) => error);
    expect(second).toMatchObject({ statusCode: 502, responseBody: '<h1>Bad gateway</h1>' });
  });

  it('tells of a script that has run out as an error that is not retried', async () => {
    decide = sequence([]);
    const failure = await generateText({ model: await modelOf(api), prompt: 'x' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ statusCode: 400, message: 'The script has 0 turns and was asked for number 1.' });
    expect(server.failures).toHaveLength(1);
  });

  it('holds a delta back until its gate opens, and asks the pace before each', async () => {
    const gate = Promise.withResolvers<void>();
    const asked: number[] = [];
    const pace = (delta: number) => {
      asked.push(delta);
      return undefined;
    };
    decide = () => ({ deltas: ['a', 'b', 'c'], gates: [{ at: 1, until: gate.promise }], pace });
    const result = streamText({ ...settings, model: await modelOf(api) });
    const seen: string[] = [];
    for await (const delta of result.textStream) {
      seen.push(delta);
      if (delta === 'a') {
        expect(asked).toEqual([0, 1]);
        gate.resolve();
      }
    }
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(asked).toEqual([0, 1, 2, 3]);
  });

  it('holds the whole answer back at its start', async () => {
    const gate = Promise.withResolvers<void>();
    decide = () => ({ text: 'Late', gates: [{ at: 'start', until: gate.promise }] });
    let answered = false;
    const pending = generateText({ model: await modelOf(api), prompt: 'x' }).then((result) => {
      answered = true;
      return result.text;
    });
    await server.whenRequested(1);
    expect(answered).toBe(false);
    gate.resolve();
    expect(await pending).toBe('Late');
  });
});

const call = { name: 'lookUp', args: { what: 'something long enough to be cut' } };

describe.each(['responses', 'chat'] as const)('faults of the %s API', (api) => {
  const play = async (turn: ScriptedTurn) => {
    decide = () => turn;
    return stream(await modelOf(api));
  };

  it.each<Fault>([
    { kind: 'end', at: 1 },
    { kind: 'end', at: 'arguments' },
    { kind: 'end', at: 'finish' },
  ])('$kind at $at throws nothing: only the reason tells that the answer is not whole', async (fault) => {
    const seen = await play({ deltas: ['one ', 'two '], calls: [call], fault });
    expect(seen.errors).toEqual([]);
    expect(seen.finish).toBe('interrupted');
    expect(seen.text).toBe(fault.at === 1 ? 'one ' : 'one two ');
    expect(seen.ran).toEqual([]);
  });

  it.each<Fault>([
    { kind: 'reset', at: 'start' },
    { kind: 'reset', at: 1 },
    { kind: 'reset', at: 'arguments' },
    { kind: 'reset', at: 'finish' },
  ])('$kind at $at is an error of the connection, not a client that left', async (fault) => {
    const seen = await play({ deltas: ['one ', 'two '], calls: [call], fault });
    expect(seen.errors).toHaveLength(1);
    const text = { start: '', 1: 'one ' }[String(fault.at)] ?? 'one two ';
    expect(seen.text).toBe(text);
    expect(server.aborted).toBe(0);
  });

  it('an error event ends the answer', async () => {
    const seen = await play({ deltas: ['one ', 'two '], fault: { kind: 'error', at: 1 } });
    expect(seen.errors).toHaveLength(1);
    expect(seen.text).toBe('one ');
  });

  it('a broken chunk is an error, and what follows still arrives', async () => {
    const seen = await play({ deltas: ['one ', 'two '], fault: { kind: 'invalid-json', at: 1 } });
    expect(seen.errors).toHaveLength(1);
    expect(seen.text).toContain('one ');
  });

  it.each(['start', 1, 'arguments'] as const)(
    'hang at %s lasts until the client leaves, which is counted',
    async (at) => {
      const stop = new AbortController();
      decide = () => ({ deltas: ['one ', 'two '], calls: [call], fault: { kind: 'hang', at } });
      const model = await modelOf(api);
      const pending = stream(model, stop.signal);
      await server.whenRequested(1);
      expect(server.aborted).toBe(0);
      stop.abort();
      await server.whenAborted(1);
      expect((await pending).ran).toEqual([]);
      expect(server.aborted).toBe(1);
    },
  );

  it('a client that leaves while a gate is closed is counted, too', async () => {
    const stop = new AbortController();
    decide = () => ({ text: 'never', gates: [{ at: 0, until: new Promise(() => undefined) }] });
    const pending = stream(await modelOf(api), stop.signal);
    await server.whenRequested(1);
    stop.abort();
    await server.whenAborted(1);
    await pending;
  });

  it.each(['end', 'reset'] as const)('an answer in one piece breaks off in the middle: %s', async (kind) => {
    decide = () => ({ text: 'A whole answer', fault: { kind, at: 0 } });
    const pending = generateText({ model: await modelOf(api), prompt: 'x', maxRetries: 0 });
    await expect(pending).rejects.toThrow();
    expect(server.aborted).toBe(0);
  });
});

it('knows no other paths', async () => {
  const base = await server.listen();
  expect((await fetch(`${base}/models`)).status).toBe(404);
  expect((await fetch(`${base}/responses`)).status).toBe(404);
  expect((await fetch(`${base}/responses`, { method: 'POST', body: 'not JSON' })).status).toBe(400);
});

it('makes the bytes of a turn once, and still gives every answer ids of its own', async () => {
  const turn: ScriptedTurn = { calls: [{ name: 'lookUp', args: { what: 'x' } }] };
  decide = () => turn;
  const model = await modelOf('responses');
  const { tools } = toolsThatRecord();
  const ids = [];
  for (let count = 0; count < 2; count += 1)
    ids.push((await generateText({ model, prompt: 'x', tools })).toolCalls[0]?.toolCallId);
  expect(ids).toEqual(['call_1_0', 'call_2_0']);
});
