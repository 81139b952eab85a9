import type { SignInService } from '#auth/sign-in.ts';
import { done, doneView } from '../../contract/common.ts';
import { clientOf, setCookies } from '../../request-client.ts';
import { defineRoute, type Route } from '../../route.ts';

/** POST /api/v1/sign-out */
export function createSignOut({ signIn }: { signIn: Pick<SignInService, 'signOut'> }): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/sign-out',
    tag: 'Session',
    summary: 'End the session',
    access: 'anyone',
    answer: doneView,
    async handle({ request, response }) {
      setCookies(response, await signIn.signOut(clientOf(request)));
      return done;
    },
  });
}
