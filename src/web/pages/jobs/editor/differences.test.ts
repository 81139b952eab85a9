import { expect, test } from 'vitest';
import { differences } from './differences.ts';
import { blankDraft, toDefinition } from './job-draft.ts';

test('names the settings that differ, whatever the order in which they are written', () => {
  const mine = toDefinition({ ...blankDraft(), name: 'Mine', prompt: 'Do it.' });
  const { trigger } = mine;
  const turned = Object.fromEntries(Object.entries(trigger).reverse()) as typeof trigger;
  expect(differences(mine, { ...mine, trigger: turned })).toEqual([]);
  expect(differences(mine, { ...mine, name: 'Theirs', retries: 1 })).toEqual(['Name', 'Retries']);
});
