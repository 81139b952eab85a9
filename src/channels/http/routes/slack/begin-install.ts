import type { SlackConnecting } from '#connections/slack/slack-connecting.ts';
import { AppError } from '#errors';
import { slackInstallView } from '../../contract/slack.ts';
import { defineRoute, type Route } from '../../route.ts';

/** POST /api/v1/slack/install */
export function createBeginInstall({ connecting }: { readonly connecting: Pick<SlackConnecting, 'begin'> }): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/slack/install',
    tag: 'Slack',
    summary: 'Begin to connect a workspace by signing in at Slack',
    access: 'connections:manage',
    answer: slackInstallView,
    handle({ actor, identity }) {
      const { sessionId } = identity;
      if (sessionId !== null) return connecting.begin({ actor, sessionId });
      throw new AppError('FORBIDDEN', 'An API key cannot sign in at Slack. Do this in the browser.');
    },
  });
}
