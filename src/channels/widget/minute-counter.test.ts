import { expect, test } from 'vitest';
import { createMinuteCounter } from './minute-counter.ts';

test('counts up to the limit within a minute, and says how long to wait', () => {
  let now = 1_000_000;
  const counter = createMinuteCounter(() => new Date(now));
  const take = (limit = 2, key = 'a') => counter.take([{ key, limit }]);
  expect([take(), take(), take()]).toEqual([null, null, 60]);
  expect(take(2, 'b')).toBeNull();
  now += 45_500;
  expect(take()).toBe(15);
  now += 14_500;
  expect([take(), take(), take()]).toEqual([null, null, 60]);
});

test('what one key refuses is not counted for another', () => {
  const counter = createMinuteCounter(() => new Date(0));
  const both = () =>
    counter.take([
      { key: 'visitor', limit: 5 },
      { key: 'address', limit: 1 },
    ]);
  expect([both(), both(), both()]).toEqual([null, 60, 60]);
  const rest = Array.from({ length: 5 }, () => counter.take([{ key: 'visitor', limit: 5 }]));
  expect(rest).toEqual([null, null, null, null, 60]);
});

test('of more keys than can be held, those that came first are forgotten', () => {
  let now = 0;
  const counter = createMinuteCounter(() => new Date(now), 3);
  const isFull = (key: string) => counter.take([{ key, limit: 1 }]) !== null;
  for (const key of ['a', 'b', 'c', 'd', 'e']) expect(isFull(key)).toBe(false);
  expect(isFull('e')).toBe(true);
  expect(isFull('a')).toBe(false);
  now += 60_000;
  expect(isFull('e')).toBe(false);
});
