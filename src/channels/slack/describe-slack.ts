import { type SlackMode, slackManifest } from './manifest.ts';

export interface SlackSettings {
  /** How events come in; null where nothing of Slack is configured. */
  readonly mode: SlackMode | null;
  /** Whether the app’s client ID and secret are set. */
  readonly canSignIn: boolean;
  /** Where people and Slack reach this service, without a slash at the end. */
  readonly publicUrl: () => string;
}

export interface SlackDescription {
  readonly mode: SlackMode | 'off';
  readonly canSignIn: boolean;
  readonly problems: readonly string[];
  readonly manifest: string;
}

/** What there is of Slack here, what is missing, and the app that fits. */
export function describeSlack({ mode, canSignIn, publicUrl }: SlackSettings): SlackDescription {
  const address = publicUrl();
  const isReachable = address.startsWith('https://');
  // Before anything is set, the app that needs least to be set up.
  const manifest = slackManifest({ publicUrl: address, mode: mode ?? (isReachable ? 'http' : 'socket') });
  const problems = [
    mode === null
      ? 'Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set, so nothing that is written in Slack reaches this service. Whoever runs it sets one of them and starts it again.'
      : null,
    mode === 'http' && !isReachable
      ? `Slack cannot reach this service at ${address}, since that is no https address. Whoever runs it sets PUBLIC_URL to one, or SLACK_APP_TOKEN for socket mode, which needs none.`
      : null,
    mode === 'socket' && canSignIn && !isReachable
      ? `Signing in at Slack leads back to ${address}, and Slack sends browsers to https addresses alone. Set PUBLIC_URL to one, or leave SLACK_CLIENT_ID and SLACK_CLIENT_SECRET empty and paste bot tokens.`
      : null,
  ];
  return { mode: mode ?? 'off', canSignIn, problems: problems.filter((problem) => problem !== null), manifest };
}
