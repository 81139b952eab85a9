import { expect, test } from 'vitest';
import {
  may,
  mayChangeRole,
  type Permission,
  permissions,
  personalPermissions,
  type Role,
  rolePermissions,
  roles,
} from './permissions.ts';

const all = { owner: true, admin: true, member: true, auditor: true };
const managers = { owner: true, admin: true, member: false, auditor: false };

/** Written out again on purpose: a change of the roles must be made twice, and so be meant. */
const expected: Readonly<Record<Permission, Readonly<Record<Role, boolean>>>> = {
  chat: { ...all, auditor: false },
  'approvals:read': all,
  'approvals:decide': { ...all, auditor: false },
  'approvals:manage': managers,
  undo: { ...all, auditor: false },
  'personas:read': all,
  'personas:manage': managers,
  'connections:read': all,
  'connections:own': { ...all, auditor: false },
  'connections:manage': managers,
  'widgets:manage': managers,
  'jobs:own': { ...all, auditor: false },
  'jobs:manage': managers,
  'links:own': { ...all, auditor: false },
  'audit:own': all,
  'audit:read': { ...managers, auditor: true },
  'audit:export': { ...managers, auditor: true },
  'members:read': all,
  'members:manage': managers,
  'api-keys:own': { ...all, auditor: false },
  'api-keys:manage': managers,
  'organization:manage': managers,
  'organization:delete': { ...managers, admin: false },
};

const table = roles.flatMap((role) => permissions.map((permission) => [role, permission] as const));

test.each(table)('%s: %s', (role, permission) => {
  const isAllowed = expected[permission][role];
  expect(may({ role, keyScopes: null }, permission)).toBe(isAllowed);
  // A key adds nothing to the role, and without the scope it takes the permission away.
  const isForKeys = !['approvals:decide', 'approvals:manage', 'links:own'].includes(permission);
  expect(may({ role, keyScopes: [permission] }, permission)).toBe(isAllowed && isForKeys);
  expect(may({ role, keyScopes: permissions.filter((other) => other !== permission) }, permission)).toBe(false);
});

test('what decides on approvals, and what links an account elsewhere, is for people alone', () => {
  expect(personalPermissions).toEqual(['approvals:decide', 'approvals:manage', 'links:own']);
});

test('no role holds anything twice', () => {
  for (const role of roles) expect(new Set(rolePermissions[role]).size).toBe(rolePermissions[role].length);
});

const changes = [null, ...roles].flatMap((from) => [null, ...roles].map((to) => [from, to] as const));

test.each(changes)('who may turn %s into %s', (from, to) => {
  const touchesOwner = from === 'owner' || to === 'owner';
  const by = (role: Role, keyScopes: readonly string[] | null = null) => mayChangeRole({ role, keyScopes }, from, to);
  expect(by('owner')).toBe(true);
  expect(by('admin')).toBe(!touchesOwner);
  expect(by('member')).toBe(false);
  expect(by('auditor')).toBe(false);
  expect(by('owner', ['members:read'])).toBe(false);
  // A key takes roles away, and gives only what it holds itself.
  expect(by('owner', ['members:manage'])).toBe(to === null);
  const enough = to === null ? [] : rolePermissions[to];
  // Who decides on approvals is let in by a person: no key holds that right.
  const isForKeys = to === null || to === 'auditor';
  expect(by('owner', ['members:manage', ...enough])).toBe(isForKeys);
  expect(by('admin', ['members:manage', ...enough])).toBe(isForKeys && !touchesOwner);
});
