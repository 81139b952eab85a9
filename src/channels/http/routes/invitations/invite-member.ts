import type { InvitationService } from '#auth/invitations.ts';
import { invitedView, inviteRequest } from '../../contract/organization.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentInvitation } from './invitation-view.ts';

/** POST /api/v1/invitations */
export function createInviteMember({ invitations }: { invitations: Pick<InvitationService, 'invite'> }): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/invitations',
    tag: 'Organization',
    summary: 'Invite somebody by a link, which is mailed where the service can',
    access: 'members:manage',
    status: 201,
    body: inviteRequest,
    answer: invitedView,
    async handle({ actor, body }) {
      const { invitation, link, mailed } = await invitations.invite(actor, body);
      return { invitation: presentInvitation(invitation, new Date()), link, mailed };
    },
  });
}
