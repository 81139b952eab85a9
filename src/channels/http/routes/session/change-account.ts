import type { AccountService } from '#auth/accounts.ts';
import { done, doneView } from '../../contract/common.ts';
import { changeAccountRequest } from '../../contract/session.ts';
import { defineRoute, type Route } from '../../route.ts';

/** PATCH /api/v1/account */
export function createChangeAccount({ accounts }: { accounts: Pick<AccountService, 'rename'> }): Route {
  return defineRoute({
    method: 'patch',
    path: '/api/v1/account',
    tag: 'Session',
    summary: 'Change one’s own name',
    access: 'signed-in',
    body: changeAccountRequest,
    answer: doneView,
    async handle({ identity, body }) {
      await accounts.rename(identity, body.name);
      return done;
    },
  });
}
