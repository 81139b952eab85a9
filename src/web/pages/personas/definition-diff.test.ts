import { expect, test } from 'vitest';
import { compareDefinitions, type DiffNames, foldLines, nameChanges } from './definition-diff.ts';
import { blankDefinition } from './editor/persona-draft.ts';

const names: DiffNames = {
  tool: (name) => (name === 'ninox_delete_record' ? 'Delete a record' : name),
  resource: (id) => (id === 'team1' ? 'Sales' : id),
  connection: (id) => `“${id}”`,
  integration: () => 'Ninox',
  member: (id) => (id === 'anna' ? 'Anna' : null),
};
const before = { ...blankDefinition, name: 'A', description: 'B', instructions: 'one\ntwo\nthree' };

test('two definitions that say the same have no changes', () => {
  expect(compareDefinitions(before, { ...before }, names)).toEqual([]);
});

test('instructions are compared line by line', () => {
  const [change] = compareDefinitions(before, { ...before, instructions: 'one\n2\nthree\nfour' }, names);
  expect(change).toEqual({
    kind: 'lines',
    label: 'Instructions',
    lines: [
      { sign: 'same', text: 'one' },
      { sign: 'removed', text: 'two' },
      { sign: 'added', text: '2' },
      { sign: 'same', text: 'three' },
      { sign: 'added', text: 'four' },
    ],
  });
});

test('each setting is told in words, with names for ids', () => {
  const after = {
    ...before,
    model: 'openai/gpt-5-mini',
    scopes: ['ninox:teams:read'] as const,
    limits: { teams: ['team1'] },
    connections: { ninox: 'main' },
    approvals: { ninox_delete_record: 'deny' as const },
    budget: { steps: 12, calls: 9, seconds: 180, tokens: null },
    channels: ['web', 'api'] as const,
    starters: ['Hello'],
  };
  const changes = compareDefinitions(before, after, names);
  expect(nameChanges(changes)).toEqual([
    'Model',
    'Connection to Ninox',
    'Permissions',
    'Teams',
    'Approval: Delete a record',
    'Calls in one answer',
    'Channels',
    'Starter prompts',
  ]);
  expect(changes).toContainEqual({
    kind: 'value',
    label: 'Teams',
    before: 'All the connection can reach',
    after: 'Only Sales (team1)',
  });
  expect(changes).toContainEqual({
    kind: 'value',
    label: 'Approval: Delete a record',
    before: 'the tool’s default',
    after: 'never, switched off',
  });
});

test('what is set about approvals is told in sentences, with names for people', () => {
  const tool = 'ninox_delete_record';
  const after = {
    ...before,
    approvals: { [tool]: 'ask above 5' as const },
    approvers: { [tool]: { people: ['anna', 'gone'], fourEyes: true, hours: 24 } },
    effects: { [tool]: { run: 3, hour: null, day: 20, rows: null } },
    outsideText: 'trust' as const,
    publicTables: ['team1'],
    undo: 'ask' as const,
    budget: { ...before.budget, tokens: 9000 },
  };
  const changes = compareDefinitions(before, after, names);
  expect(nameChanges(changes)).toEqual([
    'Approval: Delete a record',
    'Who decides: Delete a record',
    'How many at most: Delete a record',
    'Text from outside',
    'Tables strangers can write to',
    'Taking back',
    'Tokens in one answer',
  ]);
  expect(changes).toContainEqual({
    kind: 'value',
    label: 'Who decides: Delete a record',
    before: 'Whoever asked, an owner or an admin decides, within 24 hours.',
    after:
      'Only Anna or somebody who has left (gone) decides, but never on what they asked for themselves, within 24 hours.',
  });
  expect(changes).toContainEqual({
    kind: 'value',
    label: 'How many at most: Delete a record',
    before: 'No limit',
    after: 'At most 3 records in one answer and 20 a day.',
  });
});

test('what is done for guests is told with its limits, and its order says nothing', () => {
  const guests = { scopes: ['ninox:teams:read'] as const, limits: { teams: ['team1'] } };
  const changes = compareDefinitions(before, { ...before, guests }, names);
  expect(changes).toEqual([
    {
      kind: 'value',
      label: 'Guests',
      before: 'Not answered.',
      after: 'Answered, reading only: See teams. Teams: Only Sales (team1).',
    },
  ]);
});

test('an emptied limit is not the same as none', () => {
  const [change] = compareDefinitions(before, { ...before, limits: { teams: [] } }, names);
  expect(change).toMatchObject({ before: 'All the connection can reach', after: 'None at all' });
});

test('starter prompts in another order are a change, scopes in another order are none', () => {
  const a = { ...before, scopes: ['ninox:teams:read', 'ninox:databases:read'] as const, starters: ['x', 'y'] };
  const b = { ...before, scopes: ['ninox:databases:read', 'ninox:teams:read'] as const, starters: ['y', 'x'] };
  expect(nameChanges(compareDefinitions(a, b, names))).toEqual(['Starter prompts']);
});

test('two long texts that share nothing are compared quickly, as one gone and one come', () => {
  const text = (word: string) => Array.from({ length: 4_000 }, (_, index) => `${word}${index}`).join('\n');
  const changes = compareDefinitions(
    { ...before, instructions: text('a') },
    { ...before, instructions: text('b') },
    names,
  );
  const [change] = changes;
  expect(change?.kind === 'lines' && change.lines.length).toBe(8_000);
});

test('what stays the same far from a change is folded', () => {
  const lines = Array.from({ length: 10 }, (_, index) => ({
    sign: index === 5 ? ('added' as const) : ('same' as const),
    text: String(index),
  }));
  expect(foldLines(lines)).toEqual([{ sign: 'gap', count: 3 }, ...lines.slice(3, 8), { sign: 'gap', count: 2 }]);
});
