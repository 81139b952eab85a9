import type { RequestHandler } from 'express';
import type { InvitationService } from '#auth/invitations.ts';
import { done, doneView } from '../../contract/common.ts';
import { invitationTokenPath, invitedSignUpRequest } from '../../contract/organization.ts';
import { clientOf, setCookies } from '../../request-client.ts';
import { defineRoute, type Route } from '../../route.ts';

/** POST /api/v1/invitation-links/:token/sign-up */
export function createSignUpInvited({
  invitations,
  before,
}: {
  invitations: Pick<InvitationService, 'signUp'>;
  before: readonly RequestHandler[];
}): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/invitation-links/:token/sign-up',
    tag: 'Organization',
    summary: 'Make an account with an invitation and accept it',
    access: 'anyone',
    before,
    params: invitationTokenPath,
    body: invitedSignUpRequest,
    answer: doneView,
    async handle({ params, body, request, response }) {
      setCookies(response, await invitations.signUp(params.token, body, clientOf(request)));
      return done;
    },
  });
}
