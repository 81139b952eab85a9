import { expect, test } from 'vitest';
import { backoffMs, parseRetryAfter } from './retry.ts';

const now = Date.UTC(2026, 10, 24, 12, 0, 0);

test.each([
  ['0', 0],
  ['7', 7_000],
  [' 7 ', 7_000],
  ['Tue, 24 Nov 2026 12:00:05 GMT', 5_000],
  ['Tue, 24 Nov 2026 11:59:00 GMT', 0],
  [null, null],
  ['', null],
  ['-5', null],
  ['1.5', null],
  ['soon', null],
  ['Tuesday', null],
  ['99999999999999999999', null],
])('reads Retry-After %j', (header, expected) => {
  expect(parseRetryAfter(header, now)).toBe(expected);
});

test('the backoff doubles, is jittered over its whole length and is capped', () => {
  expect([1, 2, 3].map((attempt) => backoffMs(attempt, () => 1))).toEqual([250, 500, 1_000]);
  expect(backoffMs(3, () => 0)).toBe(0);
  expect(backoffMs(30, () => 1)).toBe(4_000);
});
