import { readUIMessageStream, type UIMessageChunk } from 'ai';
import { expect, test } from 'vitest';
import { createMessageBuilder } from '#agent/build-message.ts';
import { replayAnswer } from '#agent/replay-answer.ts';
import type { RunEvent } from '#agent/run-events.ts';
import type { StoredMetadata } from '#agent/stored-message.ts';
import type { ChatMessage } from '../http/contract/conversations.ts';
import { encodeRunEvent } from './ui-stream.ts';

const usage = { inputTokens: 5, outputTokens: 6 };
const started: RunEvent = { type: 'run-started', runId: 'r', messageId: 'a', personaVersion: 'v', model: 'm' };
const first: RunEvent[] = [
  started,
  { type: 'step-started' },
  { type: 'text-started', id: 't' },
  { type: 'text-delta', id: 't', delta: 'Let me ' },
  { type: 'text-delta', id: 't', delta: 'see.' },
  { type: 'text-ended', id: 't' },
  { type: 'call-requested', callId: 'c1', tool: 'look', input: { at: 1 } },
  { type: 'call-requested', callId: 'c2', tool: 'remove', input: { record: '7' } },
  { type: 'call-finished', callId: 'c1', tool: 'look', result: { ok: true, output: { seen: 1 }, durationMs: 2 } },
  { type: 'call-waiting', callId: 'c2', tool: 'remove', approvalId: 'approval-1' },
  { type: 'step-finished' },
  { type: 'run-waiting', approvals: ['approval-1'], usage },
];
const onwards: RunEvent[] = [
  { type: 'call-requested', callId: 'c2', tool: 'remove', input: { record: '8' } },
  {
    type: 'call-finished',
    callId: 'c2',
    tool: 'remove',
    result: { ok: true, output: { gone: true }, durationMs: 3 },
    marks: { isEffect: true },
  },
  { type: 'step-finished' },
  { type: 'step-started' },
  { type: 'text-started', id: 't' },
  { type: 'text-delta', id: 't', delta: 'Done.' },
  { type: 'text-ended', id: 't' },
  { type: 'step-finished' },
  { type: 'run-finished', status: 'succeeded', fault: null, usage, steps: 2 },
];

/** What the SDK's client makes of these events; `message` is what it shows already. */
async function shownBy(events: readonly RunEvent[], message?: ChatMessage): Promise<ChatMessage> {
  const chunks = events
    .flatMap((event) => encodeRunEvent(event).split('\n\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line.slice('data: '.length)) as UIMessageChunk<StoredMetadata>);
  const stream = ReadableStream.from(chunks) as ReadableStream<UIMessageChunk>;
  const options = { stream, terminateOnError: true, ...(message === undefined ? {} : { message }) };
  let last: ChatMessage | null = null;
  for await (const shown of readUIMessageStream<ChatMessage>(options)) last = shown;
  if (last === null) throw new Error('Nothing was shown.');
  return last;
}
function storedBy(events: readonly RunEvent[]) {
  const builder = createMessageBuilder('a');
  for (const event of events) builder.take(event);
  return builder.message();
}
const essence = ({ parts }: { readonly parts: readonly object[] }) =>
  parts.map((part) => {
    const { type, text, state, input, output, errorText, approval } = part as Record<string, unknown>;
    const isCall = typeof type === 'string' && type.startsWith('tool-');
    return JSON.parse(JSON.stringify({ type, text, input, output, errorText, ...(isCall ? { state, approval } : {}) }));
  });

test('the client shows an answer that waits as it is stored', async () => {
  const shown = await shownBy(first);
  expect(shown.metadata).toMatchObject({ status: 'waiting', waitingFor: ['approval-1'], usage });
  expect(essence(shown)).toEqual(essence(storedBy(first)));
  expect(essence(shown)[3]).toMatchObject({ state: 'approval-requested', approval: { id: 'approval-1' } });
});

test('a run that goes on is told from its beginning, and shown as it is stored, changed arguments included', async () => {
  const again = [started, ...replayAnswer(storedBy(first)), ...onwards];
  const shown = await shownBy(again);
  expect(shown.metadata).toMatchObject({ status: 'succeeded', calls: { c2: { isEffect: true } } });
  expect(essence(shown)).toEqual(essence(storedBy(again)));
  expect(essence(shown)).toMatchObject([
    { type: 'step-start' },
    { text: 'Let me see.' },
    { input: { at: 1 }, output: { seen: 1 } },
    { input: { record: '8' }, output: { gone: true }, state: 'output-available' },
    { type: 'step-start' },
    { text: 'Done.' },
  ]);
});

test('a whole answer told again is the same answer, with what was found out about its calls since', () => {
  const ended = [...first.slice(0, -1), ...onwards];
  const stored = storedBy(ended);
  const again = storedBy([started, ...replayAnswer(stored), ended.at(-1) as RunEvent]);
  expect(again).toEqual(stored);
  const unknown = { outcome: 'outcome_unknown', code: 'OUTCOME_UNKNOWN', durationMs: null, undone: true } as const;
  const amended = { ...stored, metadata: { ...stored.metadata, calls: { ...stored.metadata?.calls, c2: unknown } } };
  const errorText = 'Nobody knows.';
  const part = { type: 'tool-remove', toolCallId: 'c2', state: 'output-error', input: {}, errorText } as const;
  const parts = amended.parts.with(3, part);
  const told = storedBy([started, ...replayAnswer({ ...amended, parts })]);
  expect(told.metadata?.calls?.c2).toEqual(unknown);
  expect(told.parts[3]).toEqual(parts[3]);
});

test('a step that was cut is taken back, and the ones before it stay', () => {
  const builder = createMessageBuilder('a');
  const cut: RunEvent[] = [
    { type: 'step-started' },
    { type: 'text-started', id: 't' },
    { type: 'text-delta', id: 't', delta: 'Half a sen' },
    { type: 'text-ended', id: 't' },
  ];
  for (const event of [...first.slice(0, -1), ...cut]) builder.take(event);
  builder.dropStep();
  expect(builder.message().parts).toEqual(storedBy(first).parts);
});
