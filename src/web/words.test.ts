import { expect, test } from 'vitest';
import { permissions, rolePermissions, roles } from '#auth/permissions.ts';
import { scopes } from '#integrations/rights.ts';
import { allRoles, describeKeyScope, listRoles, permissionWords, toolScopes } from './words.ts';

test('the words for permissions name the roles that hold them', () => {
  expect(allRoles).toEqual(roles);
  expect(Object.keys(permissionWords)).toEqual(permissions);
  for (const permission of permissions) {
    const holders = roles.filter((role) => rolePermissions[role].includes(permission));
    expect(permissionWords[permission].roles, permission).toEqual(holders);
  }
});

test('every scope has plain words', () => {
  expect(toolScopes).toEqual(scopes);
  expect(describeKeyScope('connections:own')).toBe('Connect your own accounts and revoke them');
  expect(describeKeyScope('ninox:teams:read')).toBe('See teams');
  expect(describeKeyScope('something:new')).toBe('something:new');
});

test('roles are listed as people write them', () => {
  expect(listRoles(['owner'])).toBe('owner');
  expect(listRoles(['owner', 'admin'])).toBe('owner or admin');
  expect(listRoles(['owner', 'admin', 'member'])).toBe('owner, admin or member');
});
