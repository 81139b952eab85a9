import type { SignInOutcome, SignInService } from '#connections/oauth/sign-in.ts';
import { oauthCallbackQuery } from '../../contract/connections.ts';
import { defineRoute } from '../../route.ts';

/** The one GET that changes something, since that is how browsers come back: its state counts once, for one session. */
export function createFinishSignIn({ signIns }: { signIns: Pick<SignInService, 'finish'> }) {
  return defineRoute({
    method: 'get',
    path: '/api/v1/oauth/callback',
    tag: 'Connections',
    summary: 'Where the browser comes back to from a sign-in at another service',
    access: 'anyone',
    query: oauthCallbackQuery,
    answer: {
      contentType: 'text/html',
      status: 303,
      description: 'Leads to the integrations page, with the id of the connection or the reason there is none.',
    },
    async handle({ identity, query, response }) {
      const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
      const outcome = await signIns.finish(identity, new URLSearchParams(given));
      response.redirect(303, pageFor(outcome));
    },
  });
}

/** Nothing the other service said goes along: only words of ours. */
function pageFor({ connectionId, problem }: SignInOutcome): string {
  const said = problem === null ? { connected: connectionId } : { error: problem };
  return `/integrations?${new URLSearchParams(said).toString()}`;
}
