import type { RequestHandler } from 'express';
import type { InvitationService } from '#auth/invitations.ts';
import { done, doneView } from '../../contract/common.ts';
import { invitationTokenPath } from '../../contract/organization.ts';
import { defineRoute, type Route } from '../../route.ts';

/** POST /api/v1/invitation-links/:token/accept */
export function createAcceptInvitation({
  invitations,
  before,
}: {
  invitations: Pick<InvitationService, 'accept'>;
  before: readonly RequestHandler[];
}): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/invitation-links/:token/accept',
    tag: 'Organization',
    summary: 'Accept an invitation as the person it was sent to',
    access: 'signed-in',
    before,
    params: invitationTokenPath,
    answer: doneView,
    async handle({ identity, params }) {
      await invitations.accept(params.token, identity);
      return done;
    },
  });
}
