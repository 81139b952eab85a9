import { expect, test } from 'vitest';
import type { ConnectionView } from '#channels/http/contract/connections.ts';
import { follow, isChanged, problemOf, rightsOf } from './rights-draft.ts';

const connection: ConnectionView = {
  id: 'c1',
  integration: 'ninox',
  label: 'Ninox',
  ownership: 'organization',
  owner: null,
  place: 'public',
  baseUrl: 'https://api.ninox.com/v1',
  auth: 'api_key',
  settings: null,
  status: 'active',
  scopes: ['ninox:teams:read', 'ninox:databases:read'],
  limits: { teams: ['t1', 't2'] },
  limitNames: { t1: 'Sales', t2: 'Lab' },
  revision: 1,
  isStandIn: false,
  manageable: true,
  health: { lastUsedAt: null, lastCheckedAt: null, problem: null, keySetAt: '2026-01-01T00:00:00.000Z', seen: [] },
  createdBy: 'u1',
  createdAt: '2026-01-01T00:00:00.000Z',
  revokedAt: null,
};
const draft = rightsOf(connection);

test('what was ticked and unticked again is no change', () => {
  expect(
    isChanged({ ...draft, scopes: [...draft.scopes].reverse(), limits: { teams: ['t2', 't1'] } }, connection),
  ).toBe(false);
  expect(isChanged({ ...draft, limits: {} }, connection)).toBe(true);
  expect(isChanged({ ...draft, label: 'Ninox ' }, connection)).toBe(false);
  expect(isChanged({ ...draft, scopes: ['ninox:teams:read'] }, connection)).toBe(true);
});

test('a form nobody touched shows what others saved; one with changes keeps them', () => {
  const newer = { ...connection, revision: 2, label: 'Ninox of the office' };
  expect(follow({ base: connection, draft }, newer)).toEqual({ base: newer, draft: rightsOf(newer) });
  const begun = { base: connection, draft: { ...draft, label: 'Mine' } };
  expect(follow(begun, newer)).toBe(begun);
});

test('a nameless or powerless connection is not saved', () => {
  expect(problemOf(draft)).toBeNull();
  expect(problemOf({ ...draft, label: ' ' })?.field).toBe('label');
  expect(problemOf({ ...draft, scopes: [] })?.field).toBe('scopes');
});
