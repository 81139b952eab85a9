import type { Actor } from './actor.ts';

export const roles = ['owner', 'admin', 'member', 'auditor'] as const;
export type Role = (typeof roles)[number];

/** Everything somebody can be allowed in an organization. API keys are narrowed in the same words. */
export const permissions = [
  'chat',
  'approvals:read',
  'approvals:decide',
  'approvals:manage',
  'undo',
  'personas:read',
  'personas:manage',
  'connections:read',
  'connections:own',
  'connections:manage',
  'widgets:manage',
  'jobs:own',
  'jobs:manage',
  'links:own',
  'audit:own',
  'audit:read',
  'audit:export',
  'members:read',
  'members:manage',
  'api-keys:own',
  'api-keys:manage',
  'organization:manage',
  'organization:delete',
] as const;
export type Permission = (typeof permissions)[number];

/** What only a person does, signed in: no API key can be given it, and none holds it. */
export const personalPermissions: readonly Permission[] = ['approvals:decide', 'approvals:manage', 'links:own'];

/** What each permission means, in words for people. */
export const permissionTitles: Readonly<Record<Permission, string>> = {
  chat: 'Write to personas and read one’s own conversations',
  'approvals:read': 'See what waits for a decision of one’s own; auditors see all',
  'approvals:decide': 'Decide on what was asked on one’s own behalf, or of one by name',
  'approvals:manage': 'Decide on every approval and raise limits of effects',
  undo: 'Take back what was done on one’s own behalf; owners and admins whatever was done',
  'personas:read': 'See the personas and what they may do',
  'personas:manage': 'Create, change and archive personas',
  'connections:read': 'See which connections there are',
  'connections:own': 'Connect one’s own account and revoke it',
  'connections:manage': 'Connect, limit and revoke for the whole organization',
  'widgets:manage': 'Create, change and switch off widgets, and see how they are used',
  'jobs:own': 'Make jobs that act as oneself, and see, start, pause and change them',
  'jobs:manage': 'See, start, pause and delete the jobs of everybody',
  'links:own': 'Link one’s own accounts in Slack and on other sites, and unlink them',
  'audit:own': 'Read the activity one has caused oneself',
  'audit:read': 'Read all activity, prompts and answers included',
  'audit:export': 'Export activity',
  'members:read': 'See who belongs to the organization',
  'members:manage': 'Invite and remove members and change their roles',
  'api-keys:own': 'Make and revoke one’s own API keys',
  'api-keys:manage': 'See and revoke the API keys of everybody',
  'organization:manage': 'Rename the organization',
  'organization:delete': 'Delete the organization',
};

const memberPermissions: readonly Permission[] = [
  'chat',
  'approvals:read',
  'approvals:decide',
  'undo',
  'personas:read',
  'connections:read',
  'connections:own',
  'jobs:own',
  'links:own',
  'audit:own',
  'members:read',
  'api-keys:own',
];

/** The one table of roles; the README’s is made from it. */
export const rolePermissions: Readonly<Record<Role, readonly Permission[]>> = {
  owner: permissions,
  admin: permissions.filter((permission) => permission !== 'organization:delete'),
  member: memberPermissions,
  auditor: [
    'approvals:read',
    'personas:read',
    'connections:read',
    'audit:own',
    'audit:read',
    'audit:export',
    'members:read',
  ],
};

/** Who is no member: a visitor of a web site, or somebody in Slack whom nobody knows. */
export const guestRole = 'guest';
export type ActorRole = Role | typeof guestRole;

const guestPermissions: readonly Permission[] = ['chat'];

function permissionsOf(role: ActorRole): readonly Permission[] {
  return role === guestRole ? guestPermissions : rolePermissions[role];
}

/** Whether the actor holds the permission: by role, and for an API key also by what the key was given. */
export function may(actor: Pick<Actor, 'role' | 'keyScopes'>, permission: Permission): boolean {
  if (!permissionsOf(actor.role).includes(permission)) return false;
  if (actor.keyScopes === null) return true;
  return actor.keyScopes.includes(permission) && !personalPermissions.includes(permission);
}

/** Why a key may not give a role, or an owner’s be touched with one. */
export function keyGivesLess({ name }: { readonly name: string }): string {
  return `The API key “${name}” cannot give this role: it gives none that holds more than the key itself, and only an owner’s makes owners. Sign in to do it.`;
}

/**
 * Only an owner makes or unmakes owners; who may manage members may do the rest. An API key gives no role that holds more
 * than the key itself, and so none that decides on approvals: whoever has the key could invite themselves.
 */
export function mayChangeRole(actor: Pick<Actor, 'role' | 'keyScopes'>, from: Role | null, to: Role | null): boolean {
  if (!may(actor, 'members:manage')) return false;
  const isKey = actor.keyScopes !== null;
  if (isKey && to !== null && !rolePermissions[to].every((permission) => may(actor, permission))) return false;
  return actor.role === 'owner' || (from !== 'owner' && to !== 'owner');
}
