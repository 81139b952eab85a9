import type { SlackView, SlackWorkspaceView } from '#channels/http/contract/slack.ts';

/* What the pages say about Slack, and nothing that draws. */

type Channel = SlackWorkspaceView['channels'][number];

/** `#sales`; a direct message has no name of its own, and neither has a channel the app is not in any more. */
export function channelTitle({ channelId, name }: Pick<Channel, 'channelId' | 'name'>): string {
  if (name !== null) return `#${name}`;
  return channelId.startsWith('D') ? 'A direct message' : 'A channel the app is not in';
}

/** How what is written in Slack gets here, in one sentence. */
export function describeMode(mode: SlackView['mode']): string {
  if (mode === 'socket') return 'This service is connected with Slack over a socket; no public address is needed.';
  return mode === 'http' ? 'Slack sends what people write to this service’s own address.' : 'Slack is not set up yet.';
}

/** The variables to set for one of the two ways, in the order in which Slack shows their values. */
export const settingsByWay: readonly {
  readonly title: string;
  readonly fits: string;
  readonly variables: readonly { readonly name: string; readonly where: string }[];
}[] = [
  {
    title: 'Socket mode',
    fits: 'Works everywhere, also behind a firewall.',
    variables: [
      {
        name: 'SLACK_APP_TOKEN',
        where:
          'Basic Information → App-Level Tokens → Generate, with the scope connections:write. It begins with xapp-.',
      },
    ],
  },
  {
    title: 'Over https',
    fits: 'For a service that Slack can reach under its own https address.',
    variables: [
      { name: 'PUBLIC_URL', where: 'The address people open, such as https://personas.example.com.' },
      { name: 'SLACK_SIGNING_SECRET', where: 'Basic Information → App Credentials → Signing Secret.' },
      {
        name: 'SLACK_CLIENT_ID and SLACK_CLIENT_SECRET',
        where: 'Beside it. With both, workspaces are connected by signing in to Slack; without, with their bot tokens.',
      },
    ],
  },
];
