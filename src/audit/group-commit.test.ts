import { expect, test } from 'vitest';
import { createGroupCommit } from './group-commit.ts';

test('what comes in one turn is stored together, what comes meanwhile in the next group', async () => {
  const groups: number[][] = [];
  let late: Promise<number> | undefined;
  const append = createGroupCommit<number, number>(async (items) => {
    groups.push([...items]);
    late ??= append(9);
    return items.map((item) => item * 10);
  });
  expect(await Promise.all([append(1), append(2), append(3)])).toEqual([10, 20, 30]);
  expect(await late).toBe(90);
  expect(await append(4)).toBe(40);
  expect(groups).toEqual([[1, 2, 3], [9], [4]]);
});

test('nobody hears of success before the commit, and a failure reaches its own group only', async () => {
  let fail = () => {};
  const failing = new Promise<void>((_, reject) => {
    fail = () => reject(new Error('disk'));
  });
  let turn = 0;
  const append = createGroupCommit<number, number>(async (items) => {
    turn += 1;
    if (turn === 1) await failing;
    return items;
  });
  const heard: string[] = [];
  const first = append(1).then(
    () => heard.push('stored'),
    () => heard.push('failed'),
  );
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual([]);
  const second = append(2);
  fail();
  await first;
  expect(heard).toEqual(['failed']);
  expect(await second).toBe(2);
});

test('one group has its limit; the rest follows in order', async () => {
  const sizes: number[] = [];
  const append = createGroupCommit<number, number>(async (items) => {
    sizes.push(items.length);
    return items;
  });
  const items = Array.from({ length: 600 }, (_, place) => place);
  expect(await Promise.all(items.map(append))).toEqual(items);
  expect(sizes).toEqual([250, 250, 100]);
});
