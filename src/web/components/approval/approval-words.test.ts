import { describe, expect, it } from 'vitest';
import { approvalStatuses, budgetNames } from '#agent/approvals/approval-vocabulary.ts';
import { effectStates } from '#agent/effects/effect.ts';
import {
  argumentLabel,
  describeBudget,
  describeEnding,
  describeOutcome,
  describeRecord,
  differencesOf,
  endsIn,
  fromText,
  plainWords,
  readable,
  readableOrEmpty,
  stateOf,
  summaryOf,
  toText,
} from './approval-words.ts';

const tool = { name: 'ninox_delete_record', title: 'Delete a Ninox record' };
const plan = { summary: 'Delete 1 record from Customers', targets: [], records: [], count: 1, warnings: [] };

describe('how an approval stands', () => {
  it('has words for every status, and its own for a limit', () => {
    for (const status of approvalStatuses) expect(stateOf({ status, kind: 'call' }).title).not.toBe('');
    expect(stateOf({ status: 'denied', kind: 'call' }).title).toBe('Denied');
    expect(stateOf({ status: 'denied', kind: 'budget' }).title).toBe('Not continued');
    expect(stateOf({ status: 'used', kind: 'budget' }).title).toBe('Continued');
  });

  it('tells why nobody decided, and nothing of the sort where somebody did', () => {
    expect(
      ['expired', 'withdrawn', 'replaced', 'void'].every((status) => describeEnding(status as 'void') !== null),
    ).toBe(true);
    expect(describeEnding('denied')).toBeNull();
    expect(describeEnding('withdrawn', 'The answer was stopped.')).toMatch(
      /^The answer was stopped\. Nobody had decided/,
    );
    expect(describeEnding('void', 'The record has moved.')).toBe('The record has moved. So it was not done.');
    expect(describeEnding('expired', 'Nobody decided in time.')).toBe(describeEnding('expired'));
  });

  it('says how the call went in every state', () => {
    for (const state of effectStates) expect(describeOutcome({ state, happened: null, code: null }).text).not.toBe('');
    const found = (happened: boolean) => describeOutcome({ state: 'reconciled', happened, code: null }).text;
    expect(found(true)).toMatch(/it was done\.$/);
    expect(found(false)).toMatch(/it was not done\.$/);
  });
});

describe('what is asked', () => {
  it('is the summary of the plan, an undo said as such', () => {
    expect(summaryOf({ kind: 'call', plan, tool, budget: null })).toBe('Delete 1 record from Customers');
    expect(summaryOf({ kind: 'undo', plan, tool, budget: null })).toBe('Undo: delete 1 record from Customers');
    expect(summaryOf({ kind: 'call', plan: null, tool, budget: null })).toBe('Delete a Ninox record');
  });

  it('is how much of a limit is used', () => {
    const budget = { name: 'effects_day', limit: 3, used: 3, more: 3 } as const;
    expect(describeBudget({ budget, tool })).toBe('Delete a Ninox record: 3 of 3 records in the last 24 hours');
    const one = { name: 'steps', limit: 1, used: 1, more: 1 } as const;
    expect(describeBudget({ budget: one, tool: null })).toBe('1 of 1 step used in this answer');
    for (const name of budgetNames) expect(describeBudget({ budget: { ...budget, name }, tool })).toContain('3 of 3');
  });
});

it('reads a model’s words without marks, and takes nothing else away', () => {
  expect(plainWords('Delete `2` of `A` in **CRM** and **B**.')).toBe('Delete 2 of A in CRM and B.');
  expect(plainWords('2 * 3 ** 4, 5 ** 6 `')).toBe('2 * 3 ** 4, 5 ** 6 `');
});

describe('how long a question stands', () => {
  const now = Date.UTC(2026, 10, 24, 12);
  const after = (minutes: number) => endsIn(new Date(now + minutes * 60_000).toISOString(), now);
  it.each([
    [-1, null],
    [0, null],
    [4, 'ends soon'],
    [5, 'ends in 5 min'],
    [59, 'ends in 59 min'],
    [60, 'ends in 1 h'],
    [24 * 60 - 1, 'ends in 23 h'],
    [47 * 60, 'ends in 47 h'],
    [72 * 60, 'ends in 3 days'],
  ])('%d minutes before its end', (minutes, text) => {
    expect(after(minutes)).toBe(text);
  });
});

describe('arguments', () => {
  it('go into a field as text and come back as they were', () => {
    for (const value of ['12', '', 12, true, null, ['a'], { a: 1 }])
      expect(fromText(toText(value), value)).toEqual(value);
    expect(fromText('13', '12')).toBe('13');
    expect(fromText('not a number', 12)).toBe('not a number');
  });

  it('differ only where they were changed', () => {
    const before = { team_id: 'a', record_id: '12', gone: 1 };
    const now = { team_id: 'a', record_id: '13', added: ['x'] };
    expect(differencesOf(before, now)).toEqual([
      { name: 'record_id', before: '12', now: '13' },
      { name: 'gone', before: '1', now: null },
      { name: 'added', before: null, now: 'x' },
    ]);
    expect(differencesOf(before, before)).toEqual([]);
  });

  it('and values are read as people write them', () => {
    expect([null, '', true, 7, ['a', 'b'], { a: 1 }].map(readable)).toEqual([
      '–',
      '–',
      'Yes',
      '7',
      'a, b',
      '{\n  "a": 1\n}',
    ]);
    expect(argumentLabel('record_id')).toBe('Record id');
  });
});

describe('a record of a plan', () => {
  const moment = 'as it is now';
  const stands = { name: 'City', value: 'Berlin' };
  const changes = { name: 'City', value: 'Bonn', before: 'Berlin' };

  it.each([
    [{ id: '7', fields: [stands] }, 'Record 7, as it is now'],
    [{ id: null, fields: [stands] }, 'New, 1 field'],
    [{ id: null, fields: [stands, { name: 'Zip', value: 1 }] }, 'New, 2 fields'],
    [{ id: '7', fields: [changes] }, 'Record 7, 1 field changes'],
    [{ id: '7', fields: [{ ...changes, before: null }, changes] }, 'Record 7, 2 fields change'],
  ])('%j is told by what happens to it', (record, words) => {
    expect(describeRecord(record, moment)).toBe(words);
  });

  it('says of nothing that it is empty', () => {
    expect([null, '', [], false, 0, '–'].map(readableOrEmpty)).toEqual(['Empty', 'Empty', 'Empty', 'No', '0', '–']);
  });
});
