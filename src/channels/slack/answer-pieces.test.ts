import type { AnyChunk } from '@slack/web-api';
import { expect, test } from 'vitest';
import type { CallResult, RunEvent } from '#agent/run-events.ts';
import { type AnswerPieces, createAnswerPieces } from './answer-pieces.ts';

const ok: CallResult = { ok: true, output: 1, durationMs: 1 };
const denied: CallResult = {
  ok: false,
  outcome: 'denied',
  code: 'RUN_STOPPED',
  message: 'No <!channel>.',
  durationMs: 1,
};
const say = (id: string, ...deltas: string[]): RunEvent[] => [
  { type: 'text-started', id },
  ...deltas.map((delta): RunEvent => ({ type: 'text-delta', id, delta })),
  { type: 'text-ended', id },
];
const step: RunEvent = { type: 'step-started' };
const requested: RunEvent = { type: 'call-requested', callId: 'c1', tool: 'list', input: {} };
const finished = (result: CallResult): RunEvent => ({ type: 'call-finished', callId: 'c1', tool: 'list', result });

function open(parts = 0, letters = 0) {
  const pieces = createAnswerPieces({ parts, letters }, (tool) => `Title of ${tool}`);
  const take = (events: readonly RunEvent[], isKnown = false) => {
    for (const event of events) pieces.take(event, isKnown);
  };
  return { pieces, take };
}

function drain(pieces: AnswerPieces): AnyChunk[] {
  const chunks: AnyChunk[] = [];
  while (!pieces.isEmpty()) chunks.push(...pieces.next());
  return chunks;
}
const textOf = (pieces: AnswerPieces) =>
  drain(pieces)
    .map((chunk) => (chunk.type === 'markdown_text' ? chunk.text : ''))
    .join('');

test('texts and calls come in their order, what waits is joined, and parts are counted as they are stored', () => {
  const { pieces, take } = open();
  take([step, ...say('1', 'Let ', 'me look.'), requested]);
  expect(drain(pieces)).toEqual([
    { type: 'markdown_text', text: 'Let me look.' },
    { type: 'task_update', id: 'c1', title: 'Title of list', status: 'in_progress' },
  ]);
  // step, text, and a call that is not answered.
  expect(pieces.wholeParts()).toBe(2);
  take([finished(ok), step, { type: 'text-started', id: '2' }, { type: 'text-delta', id: '2', delta: 'Two' }]);
  expect(pieces.wholeParts()).toBe(2);
  expect(drain(pieces)).toEqual([
    { type: 'task_update', id: 'c1', title: 'Title of list', status: 'complete' },
    { type: 'markdown_text', text: '\n\nTwo' },
  ]);
  expect(pieces.wholeParts()).toBe(4);
  take([{ type: 'text-ended', id: '2' }]);
  expect(pieces.wholeParts()).toBe(5);
});

test('of a call that goes quickly only the end is shown, and why it failed calls nobody', () => {
  const { pieces, take } = open();
  take([step, requested, { type: 'call-waiting', callId: 'c1', tool: 'list', approvalId: 'a1' }, finished(denied)]);
  expect(drain(pieces)).toEqual([
    { type: 'task_update', id: 'c1', title: 'Title of list', status: 'error', output: 'No &lt;!channel&gt;.' },
  ]);
});

test('marks are broken across deltas', () => {
  const { pieces, take } = open();
  take([step, ...say('1', '<', '!chan', 'nel> and @', 'here')]);
  const text = textOf(pieces);
  expect(text).not.toMatch(/<!|@here/);
  expect(text.replaceAll('\u2060', '')).toBe('<!channel> and @here');
});

test('what was told before is not told again; the end of a call that has waited is', () => {
  const { pieces, take } = open(3);
  take([step, ...say('1', 'Let me look.'), requested], true);
  expect(pieces.isEmpty()).toBe(true);
  expect(pieces.wholeParts()).toBe(3);
  take([finished(ok), step, ...say('2', 'Done.')]);
  expect(drain(pieces)).toEqual([
    { type: 'task_update', id: 'c1', title: 'Title of list', status: 'complete' },
    { type: 'markdown_text', text: 'Done.' },
  ]);
  expect(pieces.wholeParts()).toBe(5);
});

test('letters that stand there already are left out', () => {
  const { pieces, take } = open(0, 'Thefirst'.length);
  take([step, ...say('1', 'The *fi', 'rst* half, the ', 'rest.')], true);
  expect(textOf(pieces)).toBe('* half, the rest.');
});

test('what is cut off is shown so, and the last words come once', () => {
  const { pieces, take } = open();
  take([step, { type: 'text-started', id: '1' }, { type: 'text-delta', id: '1', delta: 'a <' }, requested]);
  drain(pieces);
  pieces.cutOff('error');
  pieces.end('_Over._');
  pieces.end('_Over._');
  pieces.cutOff('error');
  expect(drain(pieces)).toEqual([
    { type: 'markdown_text', text: '<\u2060' },
    { type: 'task_update', id: 'c1', title: 'Title of list', status: 'error' },
    { type: 'markdown_text', text: '\n\n_Over._' },
  ]);
  expect(pieces.wholeParts()).toBe(3);
});

test('a long text comes in pieces that are cut between words, and whole', () => {
  const { pieces, take } = open();
  const text = Array.from({ length: 3_000 }, (_, index) => `word${index}`).join(' ');
  take([step, ...say('1', text)]);
  const chunks = drain(pieces).map((chunk) => (chunk.type === 'markdown_text' ? chunk.text : ''));
  expect(chunks.join('')).toBe(text);
  expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(2_500);
  for (const chunk of chunks.slice(0, -1)) expect(chunk).toMatch(/ $/);
});
