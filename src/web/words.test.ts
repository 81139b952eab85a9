import { expect, test } from 'vitest';
import { denialCodes } from '#agent/denials.ts';
import { permissions, personalPermissions, rolePermissions, roles } from '#auth/permissions.ts';
import { scopes } from '#integrations/rights.ts';
import {
  allRoles,
  describeCode,
  describeKeyScope,
  describePolicy,
  headlineOf,
  keyPermissions,
  kindOfPolicy,
  listRoles,
  permissionWords,
  toolScopes,
} from './words.ts';

test('the words for permissions name the roles that hold them', () => {
  expect(allRoles).toEqual(roles);
  expect(Object.keys(permissionWords)).toEqual(permissions);
  for (const permission of permissions) {
    const holders = roles.filter((role) => rolePermissions[role].includes(permission));
    expect(permissionWords[permission].roles, permission).toEqual(holders);
  }
});

test('an API key is offered nothing that only a person does', () => {
  expect(keyPermissions(permissions)).toEqual(permissions.filter((one) => !personalPermissions.includes(one)));
});

test('every scope has plain words', () => {
  expect(toolScopes).toEqual(scopes);
  expect(describeKeyScope('connections:own')).toBe('Connect your own accounts and revoke them');
  expect(describeKeyScope('ninox:teams:read')).toBe('See teams');
  expect(describeKeyScope('something:new')).toBe('something:new');
});

test('every reason to refuse a call has plain words', () => {
  for (const code of denialCodes) {
    expect(describeCode(code), code).not.toBeNull();
    expect(headlineOf(code), code).not.toBeNull();
  }
});

test('roles are listed as people write them', () => {
  expect(listRoles(['owner'])).toBe('owner');
  expect(listRoles(['owner', 'admin'])).toBe('owner or admin');
  expect(listRoles(['owner', 'admin', 'member'])).toBe('owner, admin or member');
});

test('a policy is told in plain words', () => {
  expect(['auto', 'ask', 'deny', 'ask above 5'].map(kindOfPolicy)).toEqual(['auto', 'ask', 'deny', 'bound']);
  expect(describePolicy('ask')).toBe('only after a person approves');
  expect(describePolicy('ask above 1')).toMatch(/^up to 1 record in one answer without asking/);
  expect(describePolicy('ask above 5')).toMatch(/^up to 5 records /);
});
