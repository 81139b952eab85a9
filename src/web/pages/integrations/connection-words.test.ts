import { expect, test } from 'vitest';
import { ProblemError } from '../../api-client.ts';
import {
  ageOf,
  countOf,
  describeReach,
  healthOf,
  hostOf,
  joinNames,
  plainProblem,
  timeAgo,
} from './connection-words.ts';

const health = {
  lastUsedAt: null,
  lastCheckedAt: '2026-01-01T00:00:00.000Z',
  problem: null,
  keySetAt: '2026-01-01T00:00:00.000Z',
  seen: [],
};

test('what a connection reaches is said within its limits only', () => {
  const seen = ['Interiors', 'Workshop', 'Office'].map((name) => ({ id: name.toLowerCase(), name }));
  const reach = (limits: { teams?: string[]; tables?: string[] }) =>
    describeReach({ limits, health: { ...health, seen } });
  expect(reach({})).toBe('It can see Interiors, Workshop and Office.');
  expect(reach({ teams: ['workshop'] })).toBe('It may be used for Workshop only.');
  expect(reach({ teams: ['workshop'], tables: ['crm/A'] })).toBe('It may be used for a part of Workshop.');
  expect(reach({ teams: [] })).toBe('Its limits leave it no team.');
});

test('what stops a connection outweighs what its last check said', () => {
  expect(healthOf({ status: 'active', health })).toBe('working');
  expect(healthOf({ status: 'active', health: { ...health, lastCheckedAt: null } })).toBe('unchecked');
  expect(healthOf({ status: 'active', health: { ...health, problem: 'The key is not accepted.' } })).toBe('problem');
  expect(healthOf({ status: 'needs_reconnect', health })).toBe('needs_reconnect');
  expect(healthOf({ status: 'revoked', health: { ...health, problem: 'The key is not accepted.' } })).toBe('revoked');
});

test('times are said in the largest whole unit, and a clock that is ahead is no surprise', () => {
  const now = Date.parse('2026-06-15T12:00:00.000Z');
  expect(timeAgo('2026-06-15T12:00:20.000Z', now)).toBe('just now');
  expect(timeAgo('2026-06-15T11:57:00.000Z', now)).toMatch(/3/);
  expect(timeAgo('2026-06-12T11:00:00.000Z', now)).toMatch(/3/);
  expect(ageOf('2026-06-15T08:00:00.000Z', now)).toBe('new today');
  expect(ageOf('2026-06-14T08:00:00.000Z', now)).toBe('1 day old');
  expect(ageOf('2026-03-15T08:00:00.000Z', now)).toBe('92 days old');
});

test('lists and counts read as sentences', () => {
  expect(joinNames(['Sales'])).toBe('Sales');
  expect(joinNames(['Sales', 'Workshop', 'Lab'])).toBe('Sales, Workshop and Lab');
  expect(countOf(1, 'team')).toBe('1 team');
  expect(countOf(0, 'team')).toBe('0 teams');
  expect(hostOf('https://api.ninox.com/v1')).toBe('api.ninox.com');
  expect(hostOf('nowhere')).toBe('nowhere');
});

test('a problem is said without the name of a field of the request', () => {
  const refused = (detail: string) => new ProblemError({ status: 400, code: 'INPUT_INVALID', detail });
  expect(plainProblem(refused('address: this is no address.'))).toBe('This is no address.');
  expect(plainProblem(refused('Ninox did not answer.'))).toBe('Ninox did not answer.');
});
