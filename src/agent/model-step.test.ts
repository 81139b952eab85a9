import { APICallError, type LanguageModelV4, type LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { expect, test } from 'vitest';
import { ModelFault } from './model-fault.ts';
import { runModelStep } from './model-step.ts';
import type { RunEvent } from './run-events.ts';

type Attempt = LanguageModelV4StreamPart[] | Error;
const usage = {
  inputTokens: { total: 3, noCache: 3, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 2, text: 2, reasoning: undefined },
};
const finish = (unified: 'stop' | 'tool-calls' | 'other'): LanguageModelV4StreamPart => ({
  type: 'finish',
  finishReason: { unified, raw: unified },
  usage,
});
const text: LanguageModelV4StreamPart[] = [
  { type: 'text-start', id: 't' },
  { type: 'text-delta', id: 't', delta: 'Hello' },
  { type: 'text-end', id: 't' },
];
const call: LanguageModelV4StreamPart = { type: 'tool-call', toolCallId: 'c1', toolName: 'x', input: '{}' };

function modelOf(...attempts: Attempt[]): LanguageModelV4 & { asked: number } {
  const model = {
    specificationVersion: 'v4' as const,
    provider: 'test',
    modelId: 'test',
    supportedUrls: {},
    asked: 0,
    doGenerate: () => Promise.reject(new Error('not used')),
    doStream: async () => {
      const attempt = attempts[model.asked] ?? attempts.at(-1);
      model.asked += 1;
      if (attempt instanceof Error || attempt === undefined) throw attempt;
      return { stream: ReadableStream.from(attempt) as ReadableStream<LanguageModelV4StreamPart> };
    },
  };
  return model;
}

const unavailable = (headers: Record<string, string> = { 'retry-after': '0' }) =>
  new APICallError({ message: 'x', url: 'http://x', requestBodyValues: {}, statusCode: 503, responseHeaders: headers });

async function take(model: LanguageModelV4) {
  const events: RunEvent[] = [];
  const run = runModelStep({
    model,
    options: { prompt: [] },
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
  });
  const outcome = await run.then(
    (step) => ({ step, fault: null }),
    (error: unknown) => ({ step: null, fault: error instanceof ModelFault ? error.fault.code : String(error) }),
  );
  return { ...outcome, events };
}

test('a whole step gives its text, calls and usage', async () => {
  const { step } = await take(modelOf([...text, call, finish('tool-calls')]));
  expect(step).toMatchObject({ finish: 'tool-calls', usage: { inputTokens: 3, outputTokens: 2 } });
  expect(step?.parts.map((part) => part.type)).toEqual(['text', 'call']);
});

test('a tool name that no provider would take back is replaced and thus stays unknown', async () => {
  const { step } = await take(
    modelOf([{ ...call, toolName: 'ninox.list_teams' } as typeof call, finish('tool-calls')]),
  );
  expect(step?.parts).toMatchObject([{ type: 'call', tool: 'unreadable_name' }]);
});

test.each([
  ['without any finish', [...text, call]],
  ['with the reason "other"', [...text, call, finish('other')]],
  ['in the middle of its text', [...text.slice(0, 2), call, finish('stop')]],
])('a stream that ends cleanly %s is interrupted and its calls are withheld', async (_name, parts) => {
  const { step, fault, events } = await take(modelOf(parts));
  expect(step).toBeNull();
  expect(fault).toBe('MODEL_INTERRUPTED');
  expect(events.at(-1)?.type).toBe('text-ended');
});

test('a passing fault is retried while nothing was shown', async () => {
  const model = modelOf(unavailable(), unavailable(), [...text, finish('stop')]);
  const { step } = await take(model);
  expect(step?.finish).toBe('stop');
  expect(model.asked).toBe(3);
});

test('after three attempts the fault is told', async () => {
  const model = modelOf(unavailable());
  expect((await take(model)).fault).toBe('MODEL_UNAVAILABLE');
  expect(model.asked).toBe(3);
});

test('once text was shown the step is never asked again', async () => {
  const model = modelOf([...text.slice(0, 2), { type: 'error', error: unavailable() }], [...text, finish('stop')]);
  expect((await take(model)).fault).toBe('MODEL_UNAVAILABLE');
  expect(model.asked).toBe(1);
});

test('a refused key is not retried and not shown', async () => {
  const refused = new APICallError({
    message: 'bad key sk-1',
    url: 'http://x',
    requestBodyValues: {},
    statusCode: 401,
  });
  const model = modelOf(refused);
  expect((await take(model)).fault).toBe('MODEL_UNAUTHORIZED');
  expect(model.asked).toBe(1);
});
