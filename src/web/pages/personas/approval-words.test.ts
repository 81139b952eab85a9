import { expect, test } from 'vitest';
import { describeEffects, describeRule, describeSafeguards, noEffects } from './approval-words.ts';

const plain = { fourEyes: false, hours: 24 };

test('who decides is one sentence', () => {
  expect(describeRule(plain, null)).toBe('Whoever asked, an owner or an admin decides, within 24 hours.');
  expect(describeRule({ fourEyes: true, hours: 1 }, null)).toBe(
    'An owner or admin decides, but never whoever asked, within 1 hour.',
  );
  expect(describeRule(plain, [{ name: 'Anna' }, { name: null }])).toBe(
    'Only Anna or somebody who has left decides, within 24 hours.',
  );
});

test('limits are one sentence, and none where there is no limit', () => {
  expect(describeEffects(noEffects)).toBeNull();
  expect(describeEffects({ ...noEffects, day: 20 })).toBe('At most 20 records a day.');
  expect(describeEffects({ run: 3, hour: 10, day: 20, rows: 1 })).toBe(
    'At most 1 record at a time, 3 in one answer, 10 an hour, and 20 a day.',
  );
  expect(describeEffects({ ...noEffects, run: Number.NaN, day: 2 })).toBe(
    'At most … records in one answer and 2 a day.',
  );
});

test('safeguards say what is different from what is usual', () => {
  expect(describeSafeguards({ outsideText: 'ask', publicTables: [], undo: 'auto' })).toMatch(
    /a person approves every change\. An undo needs no approval\.$/,
  );
  expect(describeSafeguards({ outsideText: 'trust', publicTables: ['a/B'], undo: 'ask' })).toMatch(
    /Strangers can write to 1 table\. An undo needs an approval\.$/,
  );
});
