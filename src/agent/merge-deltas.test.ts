import { expect, test } from 'vitest';
import { createChunkMerger, createDeltaMergingFetch } from './merge-deltas.ts';

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

function fetchOf(body: ReadableStream<Uint8Array>, type = 'text/event-stream') {
  return createDeltaMergingFetch(async () => new Response(body, { headers: { 'content-type': type } }));
}
const bytesOf = (...texts: string[]) => texts.map((text) => new TextEncoder().encode(text));

test('deltas that come as pieces of their own in one turn of the event loop go on as one', async () => {
  const pieces = bytesOf(...['one ', 'two ', 'three'].map((word) => responses(word)));
  const response = await fetchOf(ReadableStream.from(pieces) as ReadableStream<Uint8Array>)('http://model');
  expect(payloads(await response.text())).toEqual([expect.objectContaining({ delta: 'one two three' })]);
});

test('what came before a broken connection is still read, and then the break is', async () => {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of bytesOf(responses('one '), responses('two'))) controller.enqueue(piece);
    },
    pull: () => Promise.reject(new Error('reset')),
  });
  const reader = (await fetchOf(body)('http://model')).body?.getReader();
  const first = await reader?.read();
  expect(payloads(new TextDecoder().decode(first?.value))).toMatchObject([{ delta: 'one two' }]);
  await expect(reader?.read()).rejects.toThrow('reset');
});

test('a reader that leaves ends the answer it reads from', async () => {
  const cancelled = Promise.withResolvers<unknown>();
  const body = new ReadableStream<Uint8Array>({ cancel: (reason) => cancelled.resolve(reason) });
  await (await fetchOf(body)('http://model')).body?.cancel('stopped');
  expect(await cancelled.promise).toBe('stopped');
});

test('an answer that is no event stream is handed on untouched', async () => {
  const response = await fetchOf(
    ReadableStream.from(bytesOf('{}')) as ReadableStream<Uint8Array>,
    'application/json',
  )('http://m');
  expect(await response.text()).toBe('{}');
});
