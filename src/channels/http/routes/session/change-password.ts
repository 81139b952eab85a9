import type { RequestHandler } from 'express';
import type { AccountService } from '#auth/accounts.ts';
import { done, doneView } from '../../contract/common.ts';
import { changePasswordRequest } from '../../contract/session.ts';
import { clientOf, setCookies } from '../../request-client.ts';
import { defineRoute, type Route } from '../../route.ts';

/** POST /api/v1/account/password */
export function createChangePassword({
  accounts,
  before,
}: {
  accounts: Pick<AccountService, 'changePassword'>;
  before: readonly RequestHandler[];
}): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/account/password',
    tag: 'Session',
    summary: 'Change one’s own password, which signs out everywhere else',
    access: 'signed-in',
    before,
    body: changePasswordRequest,
    answer: doneView,
    async handle({ identity, body, request, response }) {
      const passwords = { current: body.currentPassword, next: body.newPassword };
      setCookies(response, await accounts.changePassword(identity, passwords, clientOf(request)));
      return done;
    },
  });
}
