import type { InvitationView } from '../../contract/organization.ts';

export interface InvitationRow {
  readonly id: string;
  readonly email: string;
  readonly role: InvitationView['role'];
  readonly inviterName: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export function presentInvitation(invitation: InvitationRow, now: Date): InvitationView {
  const { id, email, role, inviterName, createdAt, expiresAt } = invitation;
  return {
    id,
    email,
    role,
    invitedBy: inviterName,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    expired: expiresAt <= now,
  };
}
