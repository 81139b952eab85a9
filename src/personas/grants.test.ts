import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { roles } from '#auth/permissions.ts';
import { type Grant, type Limits, type ResourceTarget, scopes } from '#integrations/rights.ts';
import {
  actorHoldsScope,
  allowsTarget,
  effectiveGrant,
  intersectGrants,
  intersectLimits,
  limitsNeedContainment,
  type Rights,
} from './grants.ts';

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

function targetOf(ids: Readonly<Record<string, string | undefined>>): ResourceTarget {
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

describe('persona ∩ connection ∩ actor', () => {
  const ids = { teams: ['T1', 'T2'], databases: ['d1', 'd2'], tables: ['d1/A', 'd1/B', 'd2/A'] };
  const list = (all: readonly string[]) => fc.option(fc.subarray([...all]), { nil: undefined });
  const grant: fc.Arbitrary<Grant> = fc.record({
    scopes: fc.subarray([...scopes]),
    limits: fc
      .record({ teams: list(ids.teams), databases: list(ids.databases), tables: list(ids.tables) })
      .map((limits) => Object.fromEntries(Object.entries(limits).filter(([, ids]) => ids !== undefined))),
  });
  const actor: fc.Arbitrary<Rights> = fc.record({
    role: fc.constantFrom(...roles),
    keyScopes: fc.option(fc.subarray([...scopes, 'chat']), { nil: null }),
  });
  const maybe = <T>(...values: T[]) => fc.constantFrom(undefined, ...values);
  const target: fc.Arbitrary<ResourceTarget> = fc
    .record({ team: maybe('T1', 'T2'), database: maybe('d1', 'd2'), table: maybe('A', 'B'), record: maybe('1') })
    .map((levels) => Object.fromEntries(Object.entries(levels).filter(([, id]) => id !== undefined)));
  const sides = fc.record({ persona: grant, connection: grant, actor });
  const effective = ({ persona, connection, actor: rights }: { persona: Grant; connection: Grant; actor: Rights }) =>
    effectiveGrant({ persona: { grant: persona }, connection: { grant: connection }, actor: rights });

  test('never allows more than any side', () => {
    fc.assert(
      fc.property(sides, target, (given, place) => {
        const { scopes: held, limits } = effective(given);
        for (const scope of held) {
          expect(given.persona.scopes).toContain(scope);
          expect(given.connection.scopes).toContain(scope);
          expect(given.actor.role).not.toBe('auditor');
          if (given.actor.keyScopes !== null) expect(given.actor.keyScopes).toContain(scope);
        }
        if (!allowsTarget(limits, place)) return;
        expect(allowsTarget(given.persona.limits, place)).toBe(true);
        expect(allowsTarget(given.connection.limits, place)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('allows every scope that all sides hold, and every single thing that both limits allow', () => {
    fc.assert(
      fc.property(sides, target, (given, place) => {
        const { scopes: held, limits } = effective(given);
        const { persona, connection, actor: rights } = given;
        for (const scope of persona.scopes) {
          const byAll = connection.scopes.includes(scope) && actorHoldsScope(rights, scope);
          expect(held.includes(scope)).toBe(byAll);
        }
        const whole = { team: 'T1', database: 'd1', table: 'A', ...place };
        const byBoth = allowsTarget(persona.limits, whole) && allowsTarget(connection.limits, whole);
        expect(allowsTarget(limits, whole)).toBe(byBoth);
      }),
      { numRuns: 2000 },
    );
  });

  test('is the same in whatever order the sides are taken', () => {
    const sorted = ({ scopes: held, limits }: Grant) => ({
      scopes: new Set(held),
      limits: Object.fromEntries(Object.entries(limits).map(([level, list]) => [level, new Set(list)])),
    });
    fc.assert(
      fc.property(sides, grant, ({ persona, connection, actor: rights }, third) => {
        const one = effective({ persona, connection, actor: rights });
        expect(sorted(effective({ persona: connection, connection: persona, actor: rights }))).toEqual(sorted(one));
        const later = intersectGrants(one, third);
        const sooner = effective({ persona: intersectGrants(persona, third), connection, actor: rights });
        expect(sorted(sooner)).toEqual(sorted(later));
        expect(sorted(intersectGrants(one, one))).toEqual(sorted(one));
      }),
    );
  });

  test('a side that limits teams is asked about by itself, whatever the other side names', () => {
    fc.assert(
      fc.property(sides, target, ({ persona, connection }, place) => {
        const needed = [persona, connection].some(({ limits }) => limitsNeedContainment(limits, place));
        const both = intersectGrants(persona, connection).limits;
        // The intersection alone would ask too seldom, never too often, for what it allows.
        if (allowsTarget(both, place) && limitsNeedContainment(both, place)) expect(needed).toBe(true);
        if (place.database === undefined) expect(needed).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test('without a connection, and for an auditor, there is nothing', () => {
    const all: Grant = { scopes, limits: {} };
    const owner: Rights = { role: 'owner', keyScopes: null };
    expect(effectiveGrant({ persona: { grant: all }, connection: null, actor: owner }).scopes).toEqual([]);
    expect(effective({ persona: all, connection: all, actor: { role: 'auditor', keyScopes: null } }).scopes).toEqual(
      [],
    );
    expect(effective({ persona: all, connection: all, actor: owner })).toEqual(all);
    const key: Rights = { role: 'owner', keyScopes: ['chat', 'ninox:teams:read'] };
    expect(effective({ persona: all, connection: all, actor: key }).scopes).toEqual(['ninox:teams:read']);
  });
});
