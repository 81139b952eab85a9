import type { RequestHandler } from 'express';
import type { SignInService } from '#auth/sign-in.ts';
import { done, doneView } from '../../contract/common.ts';
import { signInRequest } from '../../contract/session.ts';
import { clientOf, setCookies } from '../../request-client.ts';
import { defineRoute, type Route } from '../../route.ts';

/** POST /api/v1/sign-in */
export function createSignInRoute({
  signIn,
  before,
}: {
  signIn: Pick<SignInService, 'signIn'>;
  before: readonly RequestHandler[];
}): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/sign-in',
    tag: 'Session',
    summary: 'Sign in with e-mail and password; the session before ends',
    access: 'anyone',
    before,
    body: signInRequest,
    answer: doneView,
    async handle({ body, request, response }) {
      setCookies(response, await signIn.signIn(body, clientOf(request)));
      return done;
    },
  });
}
