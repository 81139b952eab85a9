import { expect, test } from 'vitest';
import { createLiveRun } from './live-run.ts';
import type { RunEvent } from './run-events.ts';

const delta = (text: string): RunEvent => ({ type: 'text-delta', id: 't', delta: text });
const textOf = (events: RunEvent[]) => events.map((event) => (event.type === 'text-delta' ? event.delta : '')).join('');

test('a late reader gets everything from the beginning, in order, and then the rest', () => {
  const run = createLiveRun('r', 'c');
  run.emit({ type: 'step-started' });
  run.emit({ type: 'text-started', id: 't' });
  for (const word of ['one ', 'two ', 'three ']) run.emit(delta(word));
  const seen: RunEvent[] = [];
  run.subscribe((event) => seen.push(event));
  run.emit(delta('four'));
  run.emit({ type: 'text-ended', id: 't' });
  expect(textOf(seen)).toBe('one two three four');
  expect(seen[0]).toEqual({ type: 'step-started' });
  expect(seen.at(-1)).toEqual({ type: 'text-ended', id: 't' });
});

test('deltas of a burst are joined, and none passes an event that came after it', () => {
  const run = createLiveRun('r', 'c');
  const seen: RunEvent[] = [];
  run.subscribe((event) => seen.push(event));
  run.emit({ type: 'text-started', id: 't' });
  for (let index = 0; index < 50; index += 1) run.emit(delta(`${index} `));
  run.emit({ type: 'text-ended', id: 't' });
  expect(seen.filter((event) => event.type === 'text-delta').length).toBeLessThan(50);
  expect(textOf(seen)).toBe(Array.from({ length: 50 }, (_, index) => `${index} `).join(''));
  expect(seen.at(-1)?.type).toBe('text-ended');
});

test('text held back for joining still goes out when nothing else follows', async () => {
  const run = createLiveRun('r', 'c');
  const { promise, resolve } = Promise.withResolvers<void>();
  let text = '';
  run.subscribe((event) => {
    if (event.type === 'text-delta') text += event.delta;
    if (text === 'ab') resolve();
  });
  run.emit(delta('a'));
  run.emit(delta('b'));
  await promise;
  expect(text).toBe('ab');
});

test('a reader that left hears nothing more', () => {
  const run = createLiveRun('r', 'c');
  const seen: RunEvent[] = [];
  const leave = run.subscribe((event) => seen.push(event));
  leave();
  run.emit({ type: 'step-started' });
  expect(seen).toEqual([]);
});
