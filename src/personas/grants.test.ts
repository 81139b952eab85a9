import { expect, test } from 'vitest';
import type { Limits, ResourceTarget } from '#integrations/tool-definition.ts';
import { allowsTarget, intersectGrants, intersectLimits, limitsNeedContainment } from './grants.ts';

const lists = (items: readonly string[]): (readonly string[] | undefined)[] => [
  undefined,
  [],
  ...items.map((item) => [item]),
  items,
];
const allLimits: Limits[] = lists(['T1', 'T2']).flatMap((teams) =>
  lists(['d1', 'd2']).flatMap((databases) =>
    lists(['d1/A', 'd2/A']).map((tables) => ({
      ...(teams === undefined ? {} : { teams }),
      ...(databases === undefined ? {} : { databases }),
      ...(tables === undefined ? {} : { tables }),
    })),
  ),
);
const some = (...ids: string[]) => [undefined, ...ids];
const allTargets: ResourceTarget[] = some('T1', 'T2', 'T3').flatMap((team) =>
  some('d1', 'd2', 'd3').flatMap((database) =>
    some('A', 'B').flatMap((table) => some('1').map((record) => targetOf({ team, database, table, record }))),
  ),
);

function targetOf(ids: Readonly<Record<keyof ResourceTarget, string | undefined>>): ResourceTarget {
  return Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== undefined));
}

/** Every pair of limits and every target, with what each side and both together allow. Collects what breaks the rule. */
function findBreach(holds: (seen: { apart: boolean; both: boolean; target: ResourceTarget }) => boolean): unknown {
  for (const a of allLimits) {
    for (const b of allLimits) {
      const limits = intersectLimits(a, b);
      const breach = allTargets.find(
        (target) =>
          !holds({
            apart: allowsTarget(a, target) && allowsTarget(b, target),
            both: allowsTarget(limits, target),
            target,
          }),
      );
      if (breach !== undefined) return { a, b, breach };
    }
  }
  return null;
}

test('an intersection never allows what one side refuses, over every small case', () => {
  expect(findBreach(({ apart, both }) => apart || !both)).toBeNull();
});

test('an intersection allows what both sides allow, wherever the table is named', () => {
  expect(findBreach(({ apart, both, target }) => target.table === undefined || both || !apart)).toBeNull();
});

test('what leaves a limited level out but names something below it is refused', () => {
  const below: ResourceTarget[] = [{ database: 'd1' }, { table: 'A' }, { record: '1' }];
  for (const target of below) expect(allowsTarget({ teams: ['T1'] }, target)).toBe(false);
  for (const level of ['databases', 'tables'] as const) {
    const limits = { [level]: level === 'tables' ? ['d1/A'] : ['d1'] };
    for (const target of below.slice(1)) expect(allowsTarget(limits, { team: 'T1', ...target })).toBe(false);
  }
  expect(allowsTarget({ tables: ['d1/A'] }, { team: 'T1', database: 'd1', record: '1' })).toBe(false);
  expect(allowsTarget({ teams: [], databases: [], tables: [] }, {})).toBe(true);
});

test('scopes are those that both hold', () => {
  const grant = intersectGrants(
    { scopes: ['ninox:teams:read', 'ninox:records:delete'], limits: {} },
    { scopes: ['ninox:teams:read', 'ninox:databases:read'], limits: { teams: ['T1'] } },
  );
  expect(grant).toEqual({ scopes: ['ninox:teams:read'], limits: { teams: ['T1'] } });
});

test('an empty list allows nothing and an absent one everything at its level', () => {
  expect(allowsTarget({ teams: [] }, { team: 'T1' })).toBe(false);
  expect(allowsTarget({}, { team: 'T1', database: 'd1', table: 'A' })).toBe(true);
  expect(allowsTarget({ databases: [] }, { team: 'T1' })).toBe(true);
});

test('limiting tables limits databases to those with a granted table', () => {
  const limits = { tables: ['d1/A'] };
  expect(allowsTarget(limits, { team: 'T1', database: 'd1' })).toBe(true);
  expect(allowsTarget(limits, { team: 'T1', database: 'd2' })).toBe(false);
  expect(allowsTarget(limits, { team: 'T1', database: 'd1', table: 'B' })).toBe(false);
});

test('a database prefix is not the database', () => {
  expect(allowsTarget({ tables: ['d12/A'] }, { team: 'T1', database: 'd1' })).toBe(false);
});

test('the service is asked about a database only where the limits do not name it', () => {
  const target = { team: 'T1', database: 'd1' };
  expect(limitsNeedContainment({ teams: ['T1'] }, target)).toBe(true);
  expect(limitsNeedContainment({ teams: ['T1'], databases: ['d1'] }, target)).toBe(false);
  expect(limitsNeedContainment({ teams: ['T1'], tables: ['d1/A'] }, target)).toBe(false);
  expect(limitsNeedContainment({ teams: ['T1'], databases: ['d2'], tables: ['d12/A'] }, target)).toBe(true);
  expect(limitsNeedContainment({ databases: ['d1'] }, target)).toBe(false);
  expect(limitsNeedContainment({ teams: ['T1'] }, { team: 'T1' })).toBe(false);
});
