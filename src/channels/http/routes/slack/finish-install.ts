import type { SlackConnecting } from '#connections/slack/slack-connecting.ts';
import { slackCallbackQuery } from '../../contract/slack.ts';
import { defineRoute, type Route } from '../../route.ts';

/** A GET that changes something, since that is how browsers come back: its state counts once, for one session. */
export function createFinishInstall({ connecting }: { readonly connecting: Pick<SlackConnecting, 'finish'> }): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/slack/callback',
    tag: 'Slack',
    summary: 'Where the browser comes back to from Slack',
    access: 'anyone',
    query: slackCallbackQuery,
    answer: {
      contentType: 'text/html',
      status: 303,
      description: 'Leads to the integrations page, with the id of the connection or the reason there is none.',
    },
    async handle({ identity, query, response }) {
      const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
      const { connectionId, problem } = await connecting.finish(identity, new URLSearchParams(given));
      // Nothing that Slack said goes along: only words of ours.
      const said = problem === null ? { connected: connectionId } : { error: problem };
      response.redirect(303, `/integrations?${new URLSearchParams(said).toString()}`);
    },
  });
}
