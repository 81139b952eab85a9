import type { RequestHandler } from 'express';
import type { InvitationService } from '#auth/invitations.ts';
import { invitationLinkView, invitationTokenPath } from '../../contract/organization.ts';
import { defineRoute, type Route } from '../../route.ts';

/** GET /api/v1/invitation-links/:token */
export function createGetInvitationLink({
  invitations,
  before,
}: {
  invitations: Pick<InvitationService, 'open'>;
  before: readonly RequestHandler[];
}): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/invitation-links/:token',
    tag: 'Organization',
    summary: 'What an invitation’s link is about',
    access: 'anyone',
    before,
    params: invitationTokenPath,
    answer: invitationLinkView,
    async handle({ params }) {
      const { invitation, hasAccount } = await invitations.open(params.token);
      const { organizationName, email, role, inviterName } = invitation;
      return { organization: organizationName, email, role, invitedBy: inviterName, hasAccount };
    },
  });
}
