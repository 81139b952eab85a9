import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Permission, permissions, permissionTitles, rolePermissions, roles } from '#auth/permissions.ts';

/** The table of the README, row by row, as the code has it. */
function rolesTable(): string {
  const mark = (permission: Permission) =>
    roles.map((role) => (rolePermissions[role].includes(permission) ? 'yes' : '–')).join(' | ');
  return [
    `| permission | what for | ${roles.join(' | ')} |`,
    `| --- | --- |${' --- |'.repeat(roles.length)}`,
    ...permissions.map((permission) => `| \`${permission}\` | ${permissionTitles[permission]} | ${mark(permission)} |`),
  ].join('\n');
}

test('the README lists what each role may do as the code enforces it', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(rolesTable());
});
