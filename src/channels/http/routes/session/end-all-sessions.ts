import type { AccountService } from '#auth/accounts.ts';
import { done, doneView } from '../../contract/common.ts';
import { clientOf, setCookies } from '../../request-client.ts';
import { defineRoute, type Route } from '../../route.ts';

/** DELETE /api/v1/sessions */
export function createEndAllSessions({ accounts }: { accounts: Pick<AccountService, 'endAllSessions'> }): Route {
  return defineRoute({
    method: 'delete',
    path: '/api/v1/sessions',
    tag: 'Session',
    summary: 'Sign out everywhere, here included',
    access: 'signed-in',
    answer: doneView,
    async handle({ identity, request, response }) {
      setCookies(response, await accounts.endAllSessions(identity, clientOf(request)));
      return done;
    },
  });
}
