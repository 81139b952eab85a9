import type { AuditLog } from '#audit/audit-event.ts';
import { directEvent } from '#audit/direct-event.ts';
import type { ApiKeyRepository } from '#db/repositories/api-keys.ts';
import type { InvitationRepository } from '#db/repositories/invitations.ts';
import type { MemberPlace, MemberRecord, OrganizationRepository } from '#db/repositories/organizations.ts';
import type { SessionRepository } from '#db/repositories/sessions.ts';
import { AppError } from '#errors';
import type { Actor } from './actor.ts';
import { type Change, organizationLock } from './change.ts';
import { keyGivesLess, may, mayChangeRole, type Role } from './permissions.ts';

export interface MemberDeps {
  readonly organizations: OrganizationRepository;
  readonly sessions: Pick<SessionRepository, 'leaveOrganization'>;
  readonly apiKeys: Pick<ApiKeyRepository, 'revokeAll'>;
  readonly invitations: Pick<InvitationRepository, 'withdrawBy'>;
  readonly audit: AuditLog;
  readonly change: Change;
  /** Told once somebody is out, e.g. to revoke the connections they had there. */
  readonly onLeft?: (left: { organizationId: string; userId: string }) => Promise<void>;
  /** Told once somebody has another role. */
  readonly onRoleChanged?: (changed: { organizationId: string; userId: string; role: Role }) => Promise<void>;
}

export interface MemberService {
  list(actor: Actor, after: MemberPlace | null, limit: number): Promise<readonly MemberRecord[]>;
  changeRole(actor: Actor, userId: string, role: Role): Promise<MemberRecord>;
  /** Removing oneself is leaving. Sessions, API keys and open invitations lose the organization with the member. */
  remove(actor: Actor, userId: string): Promise<void>;
}

export function createMembers(deps: MemberDeps): MemberService {
  const { organizations, audit, change } = deps;
  return {
    list: ({ organizationId }, after, limit) => organizations.listMembers(organizationId, after, limit),
    async changeRole(actor, userId, role) {
      const { organizationId } = actor;
      const changed = await change(organizationLock(organizationId), async () => {
        const member = required(await organizations.findMember(organizationId, userId));
        if (!mayChangeRole(actor, member.role, role)) throw refusal(actor, 'change the role of an owner');
        if (member.role === role) return member;
        if (member.role === 'owner') await keepAnOwner(organizations, organizationId);
        await organizations.setRole(organizationId, userId, role);
        // Their links are ways in with roles they could not give any more.
        if (role !== 'owner') await deps.invitations.withdrawBy(organizationId, userId);
        const details = { memberId: userId, name: member.name, from: member.role, to: role };
        await audit.append(directEvent({ actor, action: 'member.role_changed', details }));
        return { ...member, role };
      });
      await deps.onRoleChanged?.({ organizationId, userId, role });
      return changed;
    },
    async remove(actor, userId) {
      const { organizationId } = actor;
      await change(organizationLock(organizationId), () => removeMember(deps, actor, userId));
      await deps.onLeft?.({ organizationId, userId });
    },
  };
}

async function removeMember(deps: MemberDeps, actor: Actor, userId: string): Promise<void> {
  const { organizations, sessions, apiKeys, invitations, audit } = deps;
  const { organizationId } = actor;
  const member = required(await organizations.findMember(organizationId, userId));
  // A key does not take its maker out: that is for the person to do.
  const isLeaving = userId === actor.id && actor.apiKey === null;
  if (!isLeaving && !mayChangeRole(actor, member.role, null)) throw refusal(actor, 'remove an owner');
  if (member.role === 'owner') await keepAnOwner(organizations, organizationId);
  await organizations.removeMember(organizationId, userId);
  await sessions.leaveOrganization(userId, organizationId);
  await apiKeys.revokeAll({ organizationId, userId });
  await invitations.withdrawBy(organizationId, userId);
  const details = { memberId: userId, name: member.name, email: member.email, role: member.role, left: isLeaving };
  await audit.append(directEvent({ actor, action: 'member.removed', details }));
}

/** Asked under the organization's lock, before an owner stops being one. */
async function keepAnOwner(organizations: OrganizationRepository, organizationId: string): Promise<void> {
  if ((await organizations.countOwners(organizationId)) > 1) return;
  throw new AppError(
    'CONFLICT',
    'An organization needs an owner, and this is the only one. Make somebody else an owner first, or delete the organization.',
  );
}

function refusal(actor: Actor, what: string): AppError {
  if (!may(actor, 'members:manage')) {
    return new AppError('FORBIDDEN', 'You may not change who belongs to the organization. Ask an owner or admin.');
  }
  if (actor.apiKey !== null) return new AppError('FORBIDDEN', keyGivesLess(actor.apiKey));
  return new AppError('FORBIDDEN', `Only an owner can ${what} or make somebody one. Ask an owner.`);
}

function required(member: MemberRecord | null): MemberRecord {
  if (member === null) throw new AppError('NOT_FOUND', 'There is no such member in this organization.');
  return member;
}
