import { expect, test } from 'vitest';
import { heightsOf, totalOf } from './usage-words.ts';

const day = (messages: number, visitors: number, tokens: number) => ({
  day: '2026-11-24',
  messages,
  visitors,
  inputTokens: tokens - 1,
  outputTokens: 1,
});
const days = [day(0, 0, 1), day(1, 1, 500), day(400, 40, 99)];

test('messages and tokens are summed up, of visitors the busiest day is told', () => {
  expect(totalOf(days, 'messages')).toBe(401);
  expect(totalOf(days, 'tokens')).toBe(600);
  expect(totalOf(days, 'visitors')).toBe(40);
  expect(totalOf([], 'visitors')).toBe(0);
});

test('the busiest day fills the chart, and a day with one message can still be seen', () => {
  expect(heightsOf(days, 'messages')).toEqual([0, 0.03, 1]);
  expect(heightsOf([day(0, 0, 1)], 'messages')).toEqual([0]);
});
