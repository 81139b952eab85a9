import type { RequestHandler } from 'express';
import type { AccountService } from '#auth/accounts.ts';
import { done, doneView } from '../../contract/common.ts';
import { signUpRequest } from '../../contract/session.ts';
import { clientOf, setCookies } from '../../request-client.ts';
import { defineRoute, type Route } from '../../route.ts';

/** POST /api/v1/sign-up */
export function createSignUp({
  accounts,
  before,
}: {
  accounts: Pick<AccountService, 'signUp'>;
  before: readonly RequestHandler[];
}): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/sign-up',
    tag: 'Session',
    summary: 'Make an account with an organization of one’s own, where that is open to everybody',
    access: 'anyone',
    before,
    body: signUpRequest,
    answer: doneView,
    async handle({ body, request, response }) {
      setCookies(response, await accounts.signUp(body, clientOf(request)));
      return done;
    },
  });
}
