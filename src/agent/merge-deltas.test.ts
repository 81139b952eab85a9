import { expect, test } from 'vitest';
import { createChunkMerger } from './merge-deltas.ts';

const event = (data: object, name?: string) =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;
const responses = (delta: string, item = 'msg_1') =>
  event(
    { type: 'response.output_text.delta', item_id: item, content_index: 0, delta, logprobs: [] },
    'response.output_text.delta',
  );
const completions = (delta: object, rest: object = {}) =>
  event({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: null }], ...rest });

function merged(...chunks: (string | Uint8Array)[]): string {
  const merge = createChunkMerger();
  return Buffer.concat(chunks.map((chunk) => merge(typeof chunk === 'string' ? Buffer.from(chunk) : chunk))).toString();
}
const payloads = (stream: string) =>
  stream
    .split('\n\n')
    .filter((part) => part !== '')
    .map((part) => part.slice(part.indexOf('data: ') + 6))
    .map((part) => (part === '[DONE]' ? part : (JSON.parse(part) as Record<string, unknown>)));

test('text deltas of one read become one, in both APIs, and their name stays', () => {
  const one = merged(responses('Grüß ') + responses('dich'));
  expect(one).toMatch(/^event: response\.output_text\.delta\ndata: /);
  expect(payloads(one)).toEqual([expect.objectContaining({ delta: 'Grüß dich', item_id: 'msg_1' })]);
  expect(payloads(merged(completions({ content: 'a' }) + completions({ content: 'b' })))).toMatchObject([
    { choices: [{ delta: { content: 'ab' }, finish_reason: null }] },
  ]);
});

test.each([
  ['another text', responses('a', 'msg_1') + responses('b', 'msg_2')],
  ['an event between', responses('a') + event({ type: 'response.output_item.added' }) + responses('b')],
  ['a role', completions({ role: 'assistant', content: '' }) + completions({ content: 'a' })],
  ['tool calls', completions({ tool_calls: [{ index: 0 }] }) + completions({ tool_calls: [{ index: 0 }] })],
  [
    'the end',
    completions({ content: 'a' }) +
      event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }) +
      'data: [DONE]\n\n',
  ],
  ['usage', completions({ content: 'a' }) + completions({ content: 'b' }, { usage: { total_tokens: 1 } })],
  [
    'probabilities',
    responses('a') +
      event({ type: 'response.output_text.delta', item_id: 'msg_1', content_index: 0, delta: 'b', logprobs: [{}] }),
  ],
  ['broken JSON', `${responses('a')}data: {"delta":\n\n${responses('b')}`],
  ['comments and CRLF', ': hi\n\ndata: {"delta":1}\r\n\r\n'],
])('%s keeps events apart, byte for byte', (_name, stream) => {
  expect(merged(stream)).toBe(stream);
});

test('wherever the stream is cut into reads, even inside a character, the text and all other events are the same', () => {
  const words = ['Größe ', '✓ ', 'naïve ', '𝒳 ', 'end'];
  const whole = Buffer.from(
    event({ type: 'response.created' }) +
      words.map((word) => responses(word)).join('') +
      event({ type: 'response.completed' }),
  );
  for (let size = 1; size < whole.length; size += 1) {
    const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, index) =>
      whole.subarray(index * size, (index + 1) * size),
    );
    const events = payloads(merged(...chunks)) as { type: string; delta?: string }[];
    expect(events.map(({ delta }) => delta ?? '').join('')).toBe(words.join(''));
    expect([events[0]?.type, events.at(-1)?.type]).toEqual(['response.created', 'response.completed']);
  }
});
