import type { AccountService } from '#auth/accounts.ts';
import { done, doneView, idPath } from '../../contract/common.ts';
import { defineRoute, type Route } from '../../route.ts';

/** DELETE /api/v1/sessions/:id */
export function createEndSession({ accounts }: { accounts: Pick<AccountService, 'endSession'> }): Route {
  return defineRoute({
    method: 'delete',
    path: '/api/v1/sessions/:id',
    tag: 'Session',
    summary: 'Sign out on one device',
    access: 'signed-in',
    params: idPath,
    answer: doneView,
    async handle({ identity, params }) {
      await accounts.endSession(identity, params.id);
      return done;
    },
  });
}
