import { expect, test } from 'vitest';
import { ProblemError } from '../../../api-client.ts';
import type { JobDefinition } from '../api.ts';
import { blankDraft, toDefinition, toDraft } from './job-draft.ts';
import { findProblems, problemsLeft, problemsOf } from './job-problems.ts';

const full: JobDefinition = {
  name: 'Daily summary',
  description: 'What changed.',
  persona: 'summaries',
  trigger: { kind: 'schedule', when: 'every weekday at 8', timeZone: 'Europe/Berlin', missed: 'all', missedHours: 12 },
  conditions: [
    { field: 'order.total', is: 'greater_than', value: 100 },
    { field: 'order.number', is: 'equals', value: '00123' },
    { field: 'Note', is: 'is_empty' },
  ],
  prompt: 'Sum up {{yesterday}}.',
  sync: {
    from: { tool: 'ninox_list_records', arguments: { team_id: 'team12345' }, items: 'records' },
    to: { team: 'team12345', database: 'db1234567', table: 'A' },
    key: 'Number',
    most: 50,
  },
  model: 'openai/gpt-5-mini',
  deliveries: [
    { kind: 'inbox' },
    { kind: 'email', connectionId: null, to: ['ada@example.com'], subject: 'Daily summary' },
  ],
  deliverWhen: 'success',
  mandate: {
    rule: 'pre_approved',
    allowances: [
      {
        tool: 'ninox_create_records',
        limits: { tables: ['db1234567/A'], recipients: ['ada@example.com'] },
        count: 500,
        expiresAt: '2026-12-31T08:30:00Z',
        afterOutsideText: true,
      },
    ],
  },
  overlap: 'queue',
  retries: 0,
  mostPerHour: 10,
};

const triggers: readonly JobDefinition['trigger'][] = [
  { kind: 'manual' },
  { kind: 'webhook', auth: 'signature', schema: { type: 'object', required: ['id'] } },
  { kind: 'webhook', auth: 'header', schema: null },
  {
    kind: 'ninox_change',
    connectionId: null,
    team: 'team12345',
    database: 'db1234567',
    table: null,
    on: ['created'],
    everySeconds: 300,
  },
];

test('a definition comes back as it was, whatever its trigger', () => {
  for (const definition of [full, ...triggers.map((trigger) => ({ ...full, trigger }))]) {
    const draft = toDraft(definition);
    expect(toDefinition(draft)).toEqual(definition);
    expect(findProblems(draft)).toEqual({});
  }
});

test('what a condition is compared with is a number where it is written as one', () => {
  const [condition] = toDraft(full).conditions;
  if (condition === undefined) throw new Error('There is a condition.');
  const comparedWith = (value: string) =>
    toDefinition({ ...toDraft(full), conditions: [{ ...condition, value }] }).conditions[0]?.value;
  expect([comparedWith('250'), comparedWith('0250'), comparedWith('true'), comparedWith('Berlin')]).toEqual([
    250,
    '0250',
    true,
    'Berlin',
  ]);
});

test('says what an empty job lacks', () => {
  expect(Object.keys(findProblems(blankDraft()))).toEqual(['name', 'persona', 'prompt', 'trigger.when']);
});

test('a new day ends a standing approval with that day', () => {
  const draft = toDraft(full);
  const changed = { ...draft, allowances: draft.allowances.map((one) => ({ ...one, until: '2027-01-15' })) };
  expect(toDefinition(changed).mandate.allowances[0]?.expiresAt).toBe('2027-01-15T23:59:59Z');
});

test('what the service refuses stands at its field until that is touched', () => {
  const draft = toDraft(full);
  const detail = 'definition.trigger.when: “evry day” is not understood; definition.persona: there is none of that id';
  const { problems, rest } = problemsOf(new ProblemError({ status: 400, code: 'INPUT_INVALID', detail }));
  expect(rest).toBeNull();
  expect(Object.keys(problems)).toEqual(['trigger.when', 'persona']);
  const touched = { ...draft, persona: 'other' };
  expect(Object.keys(problemsLeft({ problems, draft }, touched))).toEqual(['trigger.when']);
});

test('a setting that was corrected wrongly is told again', () => {
  const draft = { ...toDraft(full), name: '' };
  const problems = findProblems(draft);
  expect(problemsLeft({ problems, draft }, { ...draft, name: ' ' })).toEqual(problems);
  expect(problemsLeft({ problems, draft }, { ...draft, name: 'Summary' })).toEqual({});
});
