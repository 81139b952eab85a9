import { expect, test } from 'vitest';
import type { RunEvent } from '#agent/run-events.ts';
import type { StoredMessage } from '#agent/stored-message.ts';
import { encodeForGuest, messageForGuest } from './present-for-guest.ts';

const hidden = 'not for guests';
const failure = { ok: false, outcome: 'denied', code: 'TOOL_NOT_GRANTED', message: hidden, durationMs: 7 } as const;
const fault = { code: 'MODEL_UNAUTHORIZED', message: hidden } as const;
const usage = { inputTokens: 4711, outputTokens: 4711 };
const events: readonly RunEvent[] = [
  { type: 'run-started', runId: 'r1', messageId: 'a1', personaVersion: hidden, model: hidden },
  { type: 'step-started' },
  { type: 'text-started', id: 't1' },
  { type: 'text-delta', id: 't1', delta: 'Hello' },
  { type: 'text-ended', id: 't1' },
  { type: 'call-requested', callId: 'c1', tool: 'ninox_list_teams', input: { secret: hidden } },
  {
    type: 'call-finished',
    callId: 'c1',
    tool: 'ninox_list_teams',
    result: { ok: true, output: hidden, durationMs: 4711 },
  },
  { type: 'call-requested', callId: 'c2', tool: 'ninox_get_team', input: { secret: hidden } },
  { type: 'call-finished', callId: 'c2', tool: 'ninox_get_team', result: failure, marks: { isEffect: true } },
  { type: 'call-requested', callId: 'c3', tool: 'ninox_get_team', input: {} },
  { type: 'call-waiting', callId: 'c3', tool: 'ninox_get_team', approvalId: 'ap1' },
  { type: 'step-finished' },
  { type: 'run-waiting', approvals: ['ap1'], usage },
  { type: 'run-finished', status: 'failed', fault, usage, steps: 1 },
];

test('a guest’s stream has text and how tools went, and nothing of what they were asked or answered', () => {
  const text = events.map((event) => encodeForGuest(event)).join('');
  for (const word of [hidden, '4711', 'TOOL_NOT_GRANTED', 'MODEL_UNAUTHORIZED', 'isEffect']) {
    expect(text).not.toContain(word);
  }
  const chunks = text
    .split('\n\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line.slice('data: '.length)) as object);
  expect(chunks).toEqual([
    { type: 'start', messageId: 'a1', messageMetadata: { runId: 'r1', status: 'running' } },
    { type: 'start-step' },
    { type: 'text-start', id: 't1' },
    { type: 'text-delta', id: 't1', delta: 'Hello' },
    { type: 'text-end', id: 't1' },
    { type: 'tool-input-available', toolCallId: 'c1', toolName: 'ninox_list_teams', input: {} },
    { type: 'message-metadata', messageMetadata: { calls: { c1: { outcome: 'succeeded', durationMs: null } } } },
    { type: 'tool-output-available', toolCallId: 'c1', output: null },
    { type: 'tool-input-available', toolCallId: 'c2', toolName: 'ninox_get_team', input: {} },
    { type: 'message-metadata', messageMetadata: { calls: { c2: { outcome: 'denied', durationMs: null } } } },
    { type: 'tool-output-error', toolCallId: 'c2', errorText: 'This did not work.' },
    { type: 'tool-input-available', toolCallId: 'c3', toolName: 'ninox_get_team', input: {} },
    { type: 'tool-approval-request', approvalId: 'ap1', toolCallId: 'c3' },
    { type: 'finish-step' },
    { type: 'finish', messageMetadata: { status: 'waiting', notice: expect.stringContaining('agree') } },
    {
      type: 'finish',
      messageMetadata: { status: 'failed', notice: expect.stringContaining('send your message again') },
    },
  ]);
});

test('a stored answer is shown the same way', () => {
  const type = 'tool-ninox_get_team' as const;
  const input = { secret: hidden };
  const message: StoredMessage = {
    id: 'a1',
    role: 'assistant',
    parts: [
      { type: 'step-start' },
      { type: 'text', text: 'Hello', state: 'done' },
      { type, toolCallId: 'c1', state: 'input-available', input },
      { type, toolCallId: 'c2', state: 'approval-requested', input, approval: { id: 'ap1' } },
      { type, toolCallId: 'c3', state: 'output-available', input, output: hidden },
      { type, toolCallId: 'c4', state: 'output-error', input, errorText: hidden },
    ],
    metadata: {
      runId: 'r1',
      personaVersion: hidden,
      model: hidden,
      status: 'stopped',
      code: 'STOPPED',
      notice: hidden,
      waitingFor: [hidden],
      usage,
      calls: { c4: { outcome: 'failed', code: hidden, durationMs: 4711, isEffect: true } },
    },
  };
  expect(messageForGuest(message)).toEqual({
    id: 'a1',
    role: 'assistant',
    parts: [
      { type: 'step-start' },
      { type: 'text', text: 'Hello', state: 'done' },
      { type, toolCallId: 'c1', state: 'input-available', input: {} },
      { type, toolCallId: 'c2', state: 'approval-requested', input: {}, approval: { id: 'ap1' } },
      { type, toolCallId: 'c3', state: 'output-available', input: {}, output: null },
      { type, toolCallId: 'c4', state: 'output-error', input: {}, errorText: 'This did not work.' },
    ],
    metadata: {
      runId: 'r1',
      status: 'stopped',
      notice: 'The answer was stopped.',
      calls: { c4: { outcome: 'failed', durationMs: null } },
    },
  });
  const question: StoredMessage = { id: 'q1', role: 'user', parts: [{ type: 'text', text: 'Hi' }], metadata: null };
  expect(messageForGuest(question)).toEqual(question);
});
