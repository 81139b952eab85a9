import { expect, test } from 'vitest';
import { ProblemError } from '../../../api-client.ts';
import { findProblems, problemAt, problemsLeft, problemsOf } from './draft-problems.ts';
import { blankDefinition, blankEffects, blankRule, sameDefinition, toDefinition, toDraft } from './persona-draft.ts';

const definition = {
  ...blankDefinition,
  name: 'Cleaner',
  description: 'Cleans up.',
  instructions: 'Work slowly.',
  scopes: ['ninox:teams:read', 'ninox:records:delete'] as const,
  approvals: { ninox_delete_record: 'auto' as const },
  approvers: { ninox_delete_record: { people: ['anna'], fourEyes: true, hours: 5 } },
  effects: { ninox_delete_record: { run: 1, hour: null, day: 20, rows: null } },
  outsideText: 'trust' as const,
  publicTables: ['database1/B'],
  undo: 'ask' as const,
  guests: { scopes: ['ninox:teams:read'] as const, limits: { teams: ['team1'] } },
  budget: { ...blankDefinition.budget, tokens: 9_000 },
  starters: ['Clean up', 'Tidy'],
};
const tools = [
  { name: 'ninox_list_teams', scope: 'ninox:teams:read' },
  { name: 'ninox_delete_record', scope: 'ninox:records:delete' },
];

const checks = { providers: ['openai'], tools };

test('a definition goes into a draft and comes back the same', () => {
  expect(sameDefinition(toDefinition(toDraft(definition, {}), tools), definition)).toBe(true);
});

test('what is said about a tool that is not granted any more goes with its scope, right or wrong', () => {
  const draft = { ...toDraft(definition, {}), scopes: ['ninox:teams:read'] as const };
  expect(toDefinition(draft, tools)).toMatchObject({ approvals: {}, approvers: {}, effects: {} });
  expect(toDefinition({ ...draft, scopes: [] }, tools).guests).toEqual({ scopes: [], limits: { teams: ['team1'] } });
  const wrong = { ...draft, approvals: { ninox_delete_record: 'ask above x' } };
  expect(findProblems(wrong, checks)).toEqual({});
  // Of a tool nobody knows here nothing is lost.
  expect(toDefinition(draft, []).approvals).toEqual(definition.approvals);
});

test('rules that say only what holds anyway are no change', () => {
  const draft = toDraft({ ...definition, approvers: {}, effects: {} }, {});
  const touched = {
    ...draft,
    approvers: { ninox_delete_record: blankRule },
    effects: { ninox_delete_record: blankEffects },
  };
  expect(sameDefinition(toDefinition(touched, tools), toDefinition(draft, tools))).toBe(true);
});

test('what is wrong with the rules of a tool is told beside each of them', () => {
  const draft = {
    ...toDraft(definition, {}),
    approvals: { ninox_delete_record: 'ask above 0' },
    approvers: { ninox_delete_record: { people: [], fourEyes: false, hours: '1000' } },
    effects: { ninox_delete_record: { run: 'few', hour: '', day: '0', rows: ' 5 ' } },
  };
  expect(findProblems(draft, checks)).toEqual({
    'approvals.ninox_delete_record': 'Enter a whole number from 1 to 9999.',
    'approvers.ninox_delete_record.people': 'Choose at least one member.',
    'approvers.ninox_delete_record.hours': 'Enter a whole number from 1 to 720.',
    'effects.ninox_delete_record.run': 'Enter a whole number from 1 to 10000.',
    'effects.ninox_delete_record.day': 'Enter a whole number from 1 to 100000.',
  });
});

test('two definitions are the same whatever the order of their settings, and differ by any setting', () => {
  const { name, ...rest } = definition;
  expect(sameDefinition({ ...rest, name }, definition)).toBe(true);
  expect(sameDefinition({ ...definition, limits: { teams: undefined } }, definition)).toBe(true);
  expect(sameDefinition({ ...definition, limits: { teams: [] } }, definition)).toBe(false);
  expect(sameDefinition({ ...definition, starters: ['Tidy', 'Clean up'] }, definition)).toBe(false);
});

test('what is missing, too long or no number is told beside its setting', () => {
  const draft = {
    ...toDraft(blankDefinition, {}),
    name: 'n'.repeat(61),
    model: 'gpt',
    channels: [],
    budget: { steps: '1.5', calls: '', seconds: '3601', tokens: '-1' },
    starters: [{ key: 0, text: '  ' }],
  };
  expect(findProblems(draft, checks)).toEqual({
    name: 'Shorten it to 60 characters; it has 61.',
    description: 'Say in a sentence what the persona is for.',
    instructions: 'Write what the persona does and how it works.',
    model: 'Write it as provider/model, for example openai/gpt-5-mini.',
    channels: 'Choose at least one place where it answers.',
    'budget.steps': 'Enter a whole number from 1 to 50.',
    'budget.calls': 'Enter a whole number from 1 to 200.',
    'budget.seconds': 'Enter a whole number from 1 to 3600.',
    'budget.tokens': 'Enter a whole number from 1 to 100000000.',
    'starters.0': 'Write a prompt or remove this line.',
  });
  expect(findProblems(toDraft(definition, {}), checks)).toEqual({});
});

test('a model of a provider without a key is refused, and let through while providers are not known', () => {
  const draft = { ...toDraft(definition, {}), model: 'anthropic/claude' };
  expect(findProblems(draft, { providers: ['openai', 'demo'], tools }).model).toContain('Configured: openai, demo');
  expect(findProblems(draft, { providers: null, tools })).toEqual({});
});

test('what the service found wrong lands beside its setting, the rest above the form', () => {
  const detail = 'definition.budget.steps: must be at most 50; name: must not be empty; Too late';
  const { problems, rest } = problemsOf(new ProblemError({ status: 400, code: 'INPUT_INVALID', detail }));
  expect(problems).toEqual({ 'budget.steps': 'Must be at most 50.', name: 'Must not be empty.' });
  expect(rest).toBe('Too late.');
  expect(problemAt(problems, 'budget')).toBe('Must be at most 50.');
  expect(problemAt(problems, 'bud')).toBeUndefined();
});

test('an error of another kind is said whole', () => {
  const other = new ProblemError({ status: 409, code: 'CONFLICT', detail: 'definition.name: taken' });
  expect(problemsOf(other)).toEqual({ problems: {}, rest: 'definition.name: taken' });
});

test('what was refused is wrong until it is corrected, or touched where only the service knows', () => {
  const draft = toDraft({ ...definition, name: '', description: '' }, {});
  const problems = { name: 'Give the persona a name.', description: 'empty', scopes: 'unknown' };
  const refusal = { problems, draft };
  expect(problemsLeft(refusal, draft, { providers: null, tools })).toEqual(problems);
  const named = { ...draft, name: 'Cleaner' };
  expect(problemsLeft(refusal, named, { providers: null, tools })).toEqual({ description: 'empty', scopes: 'unknown' });
  expect(problemsLeft(refusal, { ...named, name: ' ', scopes: [] }, { providers: null, tools })).toEqual({
    name: 'Give the persona a name.',
    description: 'empty',
  });
});
