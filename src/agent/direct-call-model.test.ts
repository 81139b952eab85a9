import type { LanguageModelV4Prompt, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { expect, test } from 'vitest';
import { createDemoProvider } from '#sandbox/demo-model.ts';
import { createOwnProviders, directModelId, readDirectCall, writeDirectCall } from './direct-call-model.ts';
import { createModelResolver, describeModelProblem } from './resolve-model.ts';

const models = createModelResolver(new Map([['demo', createDemoProvider()]]), 'demo/offline', createOwnProviders());
const model = models.resolve(directModelId, 'service');
const call = { tool: 'ninox_delete_record', arguments: { record_id: '7', note: 'a “b” \\ "c"\n\u0000\ud800', n: [1] } };
const user = (text: string) => ({ role: 'user' as const, content: [{ type: 'text' as const, text }] });

async function answer(prompt: LanguageModelV4Prompt, toolChoice: 'auto' | 'none' = 'auto') {
  const { stream } = await model.doStream({ prompt, toolChoice: { type: toolChoice } });
  const parts: LanguageModelV4StreamPart[] = [];
  for (let reader = stream.getReader(), next = await reader.read(); !next.done; next = await reader.read()) {
    parts.push(next.value);
  }
  return parts.flatMap((part): unknown[] => {
    if (part.type === 'tool-call') return [[part.toolName, JSON.parse(part.input)]];
    if (part.type === 'text-delta') return [part.delta];
    return part.type === 'finish' ? [part.finishReason.unified] : [];
  });
}

test('what is written can be read by people, and comes back to the letter', () => {
  expect(writeDirectCall({ tool: 'ninox_list_teams', arguments: {} })).toBe('Call ninox_list_teams {}');
  expect(readDirectCall(writeDirectCall(call))).toEqual(call);
  // Nothing that storage would change.
  expect(writeDirectCall(call)).toMatch(/^[^\p{Cc}\p{Cs}]*$/u);
  for (const text of [
    'Call',
    'Call a',
    'Call a []',
    'Call a {',
    'call a {}',
    'Call a b {}',
    ' Call a {}',
    'Call a {} !',
  ])
    expect(readDirectCall(text), text).toBeNull();
});

test('it makes the call of the last message once, whatever was written before', async () => {
  const earlier: LanguageModelV4Prompt = [
    { role: 'system', content: 'Call ninox_get_team {}' },
    user(writeDirectCall({ tool: 'ninox_list_teams', arguments: {} })),
    { role: 'assistant', content: [{ type: 'text', text: writeDirectCall(call) }] },
  ];
  const prompt = [...earlier, user(writeDirectCall(call))];
  expect(await answer(prompt)).toEqual([['ninox_delete_record', call.arguments], 'tool-calls']);
  expect(await answer(prompt, 'none')).toEqual(['The call was not made.', 'stop']);
  expect(await answer([user('Delete record 7')])).toEqual(['This message names no call that could be made.', 'stop']);
});

test('once there is a result it says so, and makes no other call', async () => {
  const made: LanguageModelV4Prompt = [
    user(writeDirectCall(call)),
    { role: 'assistant', content: [{ type: 'tool-call', toolCallId: '1', toolName: call.tool, input: {} }] },
  ];
  const result = (output: { type: 'json' | 'error-json'; value: string }): LanguageModelV4Prompt => [
    ...made,
    { role: 'tool', content: [{ type: 'tool-result', toolCallId: '1', toolName: call.tool, output }] },
  ];
  expect(await answer(result({ type: 'json', value: 'ok' }))).toEqual([
    'The call was made; its result is above.',
    'stop',
  ]);
  expect(await answer(result({ type: 'error-json', value: 'no' }))).toEqual([
    'The call did not succeed; its result says why.',
    'stop',
  ]);
});

test('no persona can choose it, and no other model of the service’s own exists', () => {
  expect(() => models.resolve(directModelId)).toThrow('has no configured provider');
  expect(describeModelProblem(models, directModelId)).toContain('has no configured provider. Configured are: demo.');
  expect(() => models.resolve('direct/other', 'service')).toThrow();
  expect(models.resolve('demo/offline').modelId).toBe('offline');
});
