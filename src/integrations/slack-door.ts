import type { Secret } from '#vault/secret.ts';

/**
 * What the app asks a workspace for, and why: mentions, direct messages and threads it has joined are read; answers,
 * status and prompts are written; people and channels are known by name; `/persona` is a command.
 */
export const slackBotScopes = [
  'app_mentions:read',
  'assistant:write',
  'channels:history',
  'channels:read',
  'chat:write',
  'commands',
  'groups:history',
  'groups:read',
  'im:history',
  'im:read',
  'im:write',
  'users:read',
] as const;

/** The app in one workspace, as Slack has just said it is. */
export interface SlackInstallation {
  /** The bot's. */
  readonly token: Secret;
  readonly teamId: string;
  readonly teamName: string;
  readonly enterpriseId: string | null;
  readonly appId: string;
  readonly botUserId: string;
  readonly botId: string;
}

/** How somebody lets the app into their workspace in the browser. */
export interface SlackSignIn {
  urlFor(request: { readonly state: string; readonly redirectUri: string }): string;
  /** Throws UpstreamError. */
  exchange(
    answer: { readonly code: string; readonly redirectUri: string },
    signal: AbortSignal,
  ): Promise<SlackInstallation>;
}

/** The ways into Slack that this service's settings open. */
export interface SlackDoor {
  /** Where its Web API is, without a slash at the end. */
  readonly apiUrl: string;
  /** Whether events come in at all. */
  readonly isOpen: boolean;
  /** Null where the app has no client ID and secret here. */
  readonly signIn: SlackSignIn | null;
  /** Whose bot a token is. Throws UpstreamError for one that Slack does not take, or that cannot do what the app needs. */
  describeToken(token: Secret, signal: AbortSignal): Promise<SlackInstallation>;
}
