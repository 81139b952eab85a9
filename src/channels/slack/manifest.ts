import { slackBotScopes } from '#integrations/slack-door.ts';

export type SlackMode = 'http' | 'socket';

export interface ManifestFacts {
  /** Where people and Slack reach this service, without a slash at the end. */
  readonly publicUrl: string;
  readonly mode: SlackMode;
}

/** Where Slack posts events, buttons and commands. */
export const slackEventsPath = '/slack/events';
/** Where Slack sends the browser of whoever has let the app in. */
export const slackCallbackPath = '/api/v1/slack/callback';
export const slackCommand = '/persona';

/** What the app is told of. */
export const slackBotEvents = [
  'agent_session_stopped',
  'app_home_opened',
  'app_mention',
  'app_uninstalled',
  'message.channels',
  'message.groups',
  'message.im',
  'tokens_revoked',
] as const;

/** The app as Slack is to make it, as JSON text to be pasted there. */
export function slackManifest(facts: ManifestFacts): string {
  return JSON.stringify(manifestOf(facts), null, 2);
}

function manifestOf({ publicUrl, mode }: ManifestFacts) {
  const isSocket = mode === 'socket';
  const eventsUrl = `${publicUrl}${slackEventsPath}`;
  // Over a socket nothing is posted anywhere, and Slack refuses addresses that it cannot reach.
  const at = isSocket ? {} : { request_url: eventsUrl };
  const hasCallback = !isSocket || publicUrl.startsWith('https://');
  return {
    display_information: {
      name: 'Personas',
      description: 'AI personas that work in your Ninox databases, with your team in control.',
      background_color: '#1f3a5f',
    },
    features: {
      app_home: { home_tab_enabled: false, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: 'Personas', always_online: true },
      agent_view: {
        agent_description: 'Ask a persona about your Ninox databases, and let it do what you allow.',
      },
      slash_commands: [
        {
          command: slackCommand,
          description: 'Choose which persona answers here, or link your account',
          usage_hint: 'list | NAME | link CODE',
          should_escape: false,
          ...(isSocket ? {} : { url: eventsUrl }),
        },
      ],
    },
    oauth_config: {
      ...(hasCallback ? { redirect_urls: [`${publicUrl}${slackCallbackPath}`] } : {}),
      scopes: { bot: [...slackBotScopes] },
    },
    settings: {
      event_subscriptions: { ...at, bot_events: [...slackBotEvents] },
      interactivity: { is_enabled: true, ...at },
      org_deploy_enabled: false,
      socket_mode_enabled: isSocket,
      token_rotation_enabled: false,
    },
  };
}
