import { randomUUID } from 'node:crypto';
import { rolePermissions } from '#auth/permissions.ts';
import type { Database } from '#db/database.ts';
import { createOrganizationRepository, type MemberPlace, type MemberRecord } from '#db/repositories/organizations.ts';
import type { Member, MembersOf } from '#personas/approvers.ts';

const rowsAtOnce = 500;

/** Everybody of an organization, for what names people to decide. */
export function openMembers(db: Database): MembersOf {
  const organizations = createOrganizationRepository(db, { newId: randomUUID });
  return async (organizationId) => {
    const members: Member[] = [];
    for (let after: MemberPlace | null | undefined = null; after !== undefined; ) {
      const rows = await organizations.listMembers(organizationId, after, rowsAtOnce);
      members.push(...rows.map(toMember));
      after = rows.length === rowsAtOnce ? rows.at(-1) : undefined;
    }
    return members;
  };
}

function toMember({ userId: id, name, role }: MemberRecord): Member {
  return { id, name, role, decides: rolePermissions[role].includes('approvals:decide') };
}
