import { expect, test } from 'vitest';
import type { DependentView } from '#channels/http/contract/connections.ts';
import { needRows, splitByLoss } from './dependents.ts';

const janitor: DependentView = {
  kind: 'persona',
  id: 'janitor',
  name: 'Janitor',
  uses: ['ninox:teams:read'],
  missing: ['ninox:records:delete'],
  hasOther: false,
  waiting: 0,
};
const reader: DependentView = { ...janitor, id: 'reader', name: 'Reader', missing: [], hasOther: true };
const talker: DependentView = { ...janitor, id: 'talker', name: 'Talker', uses: [], missing: ['ninox:records:delete'] };

test('what is needed stands beside what is given, and nothing is left out', () => {
  expect(needRows(['ninox:teams:read', 'ninox:databases:read'], [janitor, reader], undefined)).toEqual([
    { scope: 'ninox:teams:read', given: true, neededBy: ['Janitor', 'Reader'] },
    { scope: 'ninox:databases:read', given: true, neededBy: [] },
    { scope: 'ninox:records:delete', given: false, neededBy: ['Janitor'] },
  ]);
});

test('who has another connection goes on, who uses none of it is not named', () => {
  const { stop, goOn } = splitByLoss([janitor, reader, talker]);
  expect(stop.map(({ name }) => name)).toEqual(['Janitor']);
  expect(goOn.map(({ name }) => name)).toEqual(['Reader']);
});
