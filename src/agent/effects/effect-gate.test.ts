import { expect, test } from 'vitest';
import { noAllowance } from '../checkpoint.ts';
import { allowanceKey, usedUpBudget } from './effect-gate.ts';

const none = { run: null, hour: null, day: null, rows: null };
const facts = {
  tool: 'ninox_delete_record',
  rows: 1,
  counts: { run: 2, hour: 5, day: 9 },
  budget: none,
  allowance: noAllowance,
};

test('without limits nothing is used up', () => {
  expect(usedUpBudget({ ...facts, rows: 1_000_000 })).toBeNull();
});

test.each([
  [
    { ...none, run: 2 },
    { budget: 'effects_run', limit: 2, used: 2 },
  ],
  [
    { ...none, hour: 5 },
    { budget: 'effects_hour', limit: 5, used: 5 },
  ],
  [
    { ...none, day: 9 },
    { budget: 'effects_day', limit: 9, used: 9 },
  ],
  [{ ...none, run: 3, hour: 6, day: 10 }, null],
  [
    { ...none, run: 9, day: 9 },
    { budget: 'effects_day', limit: 9, used: 9 },
  ],
])('%o gives %o', (budget, used) => {
  expect(usedUpBudget({ ...facts, budget })).toEqual(used);
});

test('a call of many records may not go beyond a limit that it does not reach alone', () => {
  expect(usedUpBudget({ ...facts, rows: 4, budget: { ...none, run: 5 } })).toMatchObject({ budget: 'effects_run' });
});

test('what people allowed counts for that budget and that tool only', () => {
  const allowed = (budget: 'effects_run' | 'effects_day', tool: string) => ({
    ...noAllowance,
    effects: { [allowanceKey(budget, tool)]: 1 },
  });
  const budget = { ...none, day: 9 };
  expect(usedUpBudget({ ...facts, budget, allowance: allowed('effects_day', facts.tool) })).toBeNull();
  expect(usedUpBudget({ ...facts, budget, allowance: allowed('effects_run', facts.tool) })).not.toBeNull();
  expect(usedUpBudget({ ...facts, budget, allowance: allowed('effects_day', 'another_tool') })).not.toBeNull();
});
