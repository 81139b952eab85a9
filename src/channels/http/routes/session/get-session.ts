import type { AccountService } from '#auth/accounts.ts';
import type { SetUp } from '#auth/set-up.ts';
import { sessionView } from '../../contract/session.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentSession } from './session-view.ts';

export interface GetSessionDeps {
  readonly accounts: Pick<AccountService, 'memberships'>;
  readonly setUp: Pick<SetUp, 'isNeeded'>;
  readonly signUpOpen: boolean;
  readonly mailEnabled: boolean;
}

/** GET /api/v1/session */
export function createGetSession({ accounts, setUp, signUpOpen, mailEnabled }: GetSessionDeps): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/session',
    tag: 'Session',
    summary: 'Who is signed in, and what a visitor can do who is not',
    access: 'anyone',
    answer: sessionView,
    async handle({ identity }) {
      const memberships = identity === null ? [] : await accounts.memberships(identity);
      const setUpNeeded = await setUp.isNeeded();
      return { ...presentSession(identity, memberships), setUpNeeded, signUpOpen, mailEnabled };
    },
  });
}
