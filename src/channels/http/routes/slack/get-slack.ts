import type { SlackDescription } from '#channels/slack/describe-slack.ts';
import { slackView } from '../../contract/slack.ts';
import { defineRoute, type Route } from '../../route.ts';

/** GET /api/v1/slack */
export function createGetSlack({ describe }: { readonly describe: () => SlackDescription }): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/slack',
    tag: 'Slack',
    summary: 'Read whether Slack is set up here, and the app’s manifest',
    access: 'connections:read',
    answer: slackView,
    handle() {
      const { problems, ...facts } = describe();
      return { ...facts, problems: [...problems] };
    },
  });
}
