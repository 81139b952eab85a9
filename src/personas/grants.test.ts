import { expect, test } from 'vitest';
import type { Limits, ResourceTarget } from '#integrations/tool-definition.ts';
import { allowsTarget, intersectGrants, intersectLimits, limitsNeedContainment } from './grants.ts';

const lists = (items: readonly string[]): (readonly string[] | undefined)[] => [undefined, [], ...items.map((item) => [item]), items];
const allLimits: Limits[] = lists(['T1', 'T2']).flatMap((teams) =>
  lists(['d1', 'd2']).flatMap((databases) =>
    lists(['d1/A', 'd2/A']).map((tables) => ({
      ...(teams === undefined ? {} : { teams }),
      ...(databases === undefined ? {} : { databases }),
      ...(tables === undefined ? {} : { tables }),
    })),
  ),
);
const allTargets: ResourceTarget[] = [
  {},
  ...['T1', 'T2', 'T3'].flatMap((team) => [
    { team },
    ...['d1', 'd2', 'd3'].flatMap((database) => [
      { team, database },
      ...['A', 'B'].map((table) => ({ team, database, table, record: '1' })),
    ]),
  ]),
];

test('an intersection allows exactly what both sides allow, over every small case', () => {
  for (const a of allLimits) {
    for (const b of allLimits) {
      const both = intersectLimits(a, b);
      for (const target of allTargets) {
        const expected = allowsTarget(a, target) && allowsTarget(b, target);
        // Lists at two levels can together be narrower than each side alone, never wider.
        if (allowsTarget(both, target)) expect(expected, JSON.stringify({ a, b, target })).toBe(true);
      }
    }
  }
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
  expect(limitsNeedContainment({ databases: ['d1'] }, target)).toBe(false);
  expect(limitsNeedContainment({ teams: ['T1'] }, { team: 'T1' })).toBe(false);
});
