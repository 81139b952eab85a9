import { expect, test } from 'vitest';
import { ProblemError } from '../../../api-client.ts';
import {
  blankDefinition,
  findProblems,
  problemAt,
  problemsLeft,
  problemsOf,
  sameDefinition,
  toDefinition,
  toDraft,
} from './persona-draft.ts';

const definition = {
  ...blankDefinition,
  name: 'Cleaner',
  description: 'Cleans up.',
  instructions: 'Work slowly.',
  scopes: ['ninox:teams:read', 'ninox:records:delete'] as const,
  approvals: { ninox_delete_record: 'auto' as const },
  starters: ['Clean up', 'Tidy'],
};
const tools = [
  { name: 'ninox_list_teams', scope: 'ninox:teams:read' },
  { name: 'ninox_delete_record', scope: 'ninox:records:delete' },
];

test('a definition goes into a draft and comes back the same', () => {
  expect(sameDefinition(toDefinition(toDraft(definition, {}), tools), definition)).toBe(true);
});

test('the approval of a tool that is not granted any more goes with its scope', () => {
  const draft = { ...toDraft(definition, {}), scopes: ['ninox:teams:read'] as const };
  expect(toDefinition(draft, tools).approvals).toEqual({});
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
    budget: { steps: '1.5', calls: '', seconds: '3601' },
    starters: [{ key: 0, text: '  ' }],
  };
  expect(findProblems(draft, ['openai'])).toEqual({
    name: 'Shorten it to 60 characters; it has 61.',
    description: 'Say in a sentence what the persona is for.',
    instructions: 'Write what the persona does and how it works.',
    model: 'Write it as provider/model, for example openai/gpt-5-mini.',
    channels: 'Choose at least one place where it answers.',
    'budget.steps': 'Enter a whole number from 1 to 50.',
    'budget.calls': 'Enter a whole number from 1 to 200.',
    'budget.seconds': 'Enter a whole number from 1 to 3600.',
    'starters.0': 'Write a prompt or remove this line.',
  });
  expect(findProblems(toDraft(definition, {}), ['openai'])).toEqual({});
});

test('a model of a provider without a key is refused, and let through while providers are not known', () => {
  const draft = { ...toDraft(definition, {}), model: 'anthropic/claude' };
  expect(findProblems(draft, ['openai', 'demo']).model).toContain('Configured: openai, demo');
  expect(findProblems(draft, null)).toEqual({});
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
  expect(problemsLeft(refusal, draft, null)).toEqual(problems);
  const named = { ...draft, name: 'Cleaner' };
  expect(problemsLeft(refusal, named, null)).toEqual({ description: 'empty', scopes: 'unknown' });
  expect(problemsLeft(refusal, { ...named, name: ' ', scopes: [] }, null)).toEqual({
    name: 'Give the persona a name.',
    description: 'empty',
  });
});
