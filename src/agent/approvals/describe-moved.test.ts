import { expect, test } from 'vitest';
import type { ChangePlan } from '#integrations/change-plan.ts';
import { hashQuestion, type Question } from './approval.ts';
import { describeMoved } from './describe-moved.ts';

const plan: ChangePlan = {
  summary: 'Delete 1 record from Customers',
  targets: [
    { level: 'team', id: 't1', name: 'Bakery' },
    { level: 'table', id: 'A', name: 'Customers' },
  ],
  records: [
    {
      id: '12',
      title: 'Anna',
      fields: [
        { name: 'Name', value: 'Anna' },
        { name: 'Tags', value: ['a', 'b'] },
      ],
    },
  ],
  count: 1,
  warnings: ['2 linked Orders'],
};
const record = plan.records[0] ?? { id: '', title: '', fields: [] };

test.each([
  [
    'a table got another name',
    { ...plan, targets: [{ level: 'table' as const, id: 'A', name: 'People' }] },
    '“People”',
  ],
  [
    'a field got another value',
    { ...plan, records: [{ ...record, fields: [{ name: 'Name', value: 'Berta' }, ...record.fields.slice(1)] }] },
    '“Name” of record 12',
  ],
  ['a field was emptied', { ...plan, records: [{ ...record, fields: record.fields.slice(1) }] }, '“Name” of record 12'],
  ['there are more records', { ...plan, count: 2 }, '1 records and is now about 2'],
  ['another record is meant', { ...plan, records: [{ ...record, id: '13' }] }, 'record 13'],
  ['the links changed', { ...plan, warnings: [] }, 'hangs on it'],
])('says what moved when %s', (_name, now, words) => {
  expect(describeMoved(plan, now)).toContain(words);
});

const change = (value: string, before: string | null): ChangePlan => {
  return { ...plan, records: [{ ...record, fields: [{ name: 'City', value, before }] }] };
};

test('says what moved when something else stands where a call would write', () => {
  expect(describeMoved(change('Bonn', 'Berlin'), change('Bonn', 'Bern'))).toBe('“City” of record 12 has changed');
  expect(describeMoved(change('Bonn', 'Berlin'), change('Bonn', null))).toBe('“City” of record 12 has changed');
});

test('says nothing of what does not exist yet', () => {
  const created = {
    ...plan,
    records: [
      { ...record, id: null },
      { id: null, title: 'Berta', fields: [] },
    ],
  };
  expect(describeMoved(created, { ...created, warnings: [] })).toBe('what hangs on it (links, files) is different');
});

const question: Question = {
  kind: 'call',
  tool: 'ninox_delete_record',
  arguments: { record_id: '12' },
  plan,
  title: 'Delete a Ninox record',
  why: 'policy',
  words: 'I will delete Anna.',
  askedFor: null,
};

test('the hash binds tool, arguments and plan, and nothing the model said', () => {
  const hash = hashQuestion(question);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(hashQuestion({ ...question, words: 'Something else.', why: 'bound', askedFor: { record_id: '1' } })).toBe(
    hash,
  );
  expect(hashQuestion({ ...question, tool: 'ninox_update_record' })).not.toBe(hash);
  expect(hashQuestion({ ...question, arguments: { record_id: '13' } })).not.toBe(hash);
  expect(hashQuestion({ ...question, plan: { ...plan, count: 2 } })).not.toBe(hash);
  expect(hashQuestion({ kind: 'undo', tool: question.tool, arguments: question.arguments, plan, title: '' })).not.toBe(
    hash,
  );
});
