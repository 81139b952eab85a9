import { expect, test } from 'vitest';
import { namesIn, sameLimits, tableKey, toggled, unreachableTables, withLevel } from './limits.ts';

test('a level without a limit is left out, an empty list stays: they mean opposite things', () => {
  expect(withLevel({ teams: ['a'], tables: ['b/A'] }, 'teams', undefined)).toEqual({ tables: ['b/A'] });
  expect(withLevel({}, 'teams', [])).toEqual({ teams: [] });
});

test('names of what is not ticked any more are dropped', () => {
  expect(namesIn({ teams: ['a'], tables: ['b/A'] }, { a: 'Sales', 'b/A': 'CRM › People', c: 'Gone' })).toEqual({
    a: 'Sales',
    'b/A': 'CRM › People',
  });
});

test('ticking twice names an id once, unticking takes it out', () => {
  expect(toggled(['a'], 'a', true)).toEqual(['a']);
  expect(toggled(['a', 'b'], 'a', false)).toEqual(['b']);
});

test('a table is written with its database', () => {
  expect(tableKey('db', 'A')).toBe('db/A');
  expect(tableKey('db', 'db/A')).toBe('db/A');
});

test('a table is out of reach only where databases are limited and leave its own out', () => {
  expect(unreachableTables({ tables: ['b/A'] })).toEqual([]);
  expect(unreachableTables({ databases: ['b'], tables: ['b/A', 'c/A'] })).toEqual(['c/A']);
});

test('limits are the same whatever the order, and no limit is not an empty one', () => {
  expect(sameLimits({ teams: ['a', 'b'] }, { teams: ['b', 'a'] })).toBe(true);
  expect(sameLimits({ teams: [] }, {})).toBe(false);
});
