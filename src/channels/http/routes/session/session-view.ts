import type { Identity } from '#auth/identity.ts';
import { guestRole, may, permissions } from '#auth/permissions.ts';
import type { SessionView } from '../../contract/session.ts';

interface Membership {
  readonly organization: { readonly id: string; readonly name: string; readonly isDemo: boolean };
  readonly role: NonNullable<SessionView['role']>;
}

export function presentSession(
  identity: Identity | null,
  memberships: readonly Membership[],
): Pick<SessionView, 'user' | 'organization' | 'role' | 'permissions' | 'organizations'> {
  const actor = identity?.actor ?? null;
  const organizations = memberships.map(({ organization: { id, name, isDemo }, role }) => ({ id, name, role, isDemo }));
  const current = organizations.find(({ id }) => id === actor?.organizationId);
  return {
    user: identity === null ? null : { id: identity.user.id, name: identity.user.name, email: identity.user.email },
    organization: current === undefined ? null : { id: current.id, name: current.name, isDemo: current.isDemo },
    role: actor === null || actor.role === guestRole ? null : actor.role,
    permissions: actor === null ? [] : permissions.filter((permission) => may(actor, permission)),
    organizations,
  };
}
