import { randomBytes } from 'node:crypto';
import { type Fields, fieldsOf, listOf, textOf } from './fields.ts';

/** The app as its manifest makes it: what it is sent, where to, and what its tokens may do. */
export interface SlackApp {
  readonly id: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly signingSecret: string;
  /** App-level, for socket mode. */
  readonly appToken: string;
  scopes: readonly string[];
  events: ReadonlySet<string>;
  eventsUrl: string | null;
  interactivityUrl: string | null;
  /** Where each command is posted. */
  commands: ReadonlyMap<string, string | null>;
  redirectUrls: readonly string[];
  usesSocket: boolean;
  isAgent: boolean;
}

export function newApp(): SlackApp {
  const secret = () => randomBytes(16).toString('hex');
  return {
    id: 'A0PERSONAS',
    clientId: '4711.0815',
    clientSecret: secret(),
    signingSecret: secret(),
    appToken: `xapp-1-A0PERSONAS-${secret()}`,
    scopes: [],
    events: new Set(),
    eventsUrl: null,
    interactivityUrl: null,
    commands: new Map(),
    redirectUrls: [],
    usesSocket: false,
    isAgent: false,
  };
}

/** What a bot must hold to be sent an event, by the event's name in the manifest. */
const scopeOfEvent: Readonly<Record<string, string | null>> = {
  app_mention: 'app_mentions:read',
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  'message.im': 'im:history',
  app_home_opened: null,
  app_context_changed: null,
  agent_session_stopped: 'assistant:write',
  app_uninstalled: null,
  tokens_revoked: null,
  member_joined_channel: null,
};

/** As Slack's form for a manifest does; throws with everything that it would complain about. */
export function applyManifest(app: SlackApp, manifest: unknown): void {
  const { display_information: display, features, oauth_config: oauth, settings } = fieldsOf(manifest);
  const problems: string[] = [];
  const name = textOf(fieldsOf(display).name);
  if (name === '' || name.length > 35) problems.push('display_information.name must have 1 to 35 characters');
  const about = fieldsOf(features);
  if (textOf(fieldsOf(about.bot_user).display_name) === '') problems.push('features.bot_user.display_name is missing');
  app.isAgent = about.agent_view !== undefined;
  if (app.isAgent && about.assistant_view !== undefined)
    problems.push('agent_view and assistant_view exclude each other');
  app.scopes = stringsOf(fieldsOf(fieldsOf(oauth).scopes).bot);
  if (app.scopes.length === 0) problems.push('oauth_config.scopes.bot is empty');
  app.redirectUrls = stringsOf(fieldsOf(oauth).redirect_urls);
  const all = fieldsOf(settings);
  app.usesSocket = all.socket_mode_enabled === true;
  applyEvents(app, fieldsOf(all.event_subscriptions), problems);
  applyInteractivity(app, { interactivity: fieldsOf(all.interactivity), features: about }, problems);
  if (app.isAgent && !app.scopes.includes('assistant:write')) problems.push('agent_view needs assistant:write');
  if (problems.length > 0) throw new Error(`Slack refuses the manifest:\n${problems.join('\n')}`);
}

function applyEvents(app: SlackApp, subscriptions: Fields, problems: string[]): void {
  app.events = new Set(stringsOf(subscriptions.bot_events));
  for (const event of app.events) {
    const scope = scopeOfEvent[event];
    if (scope === undefined) problems.push(`there is no event ${event}`);
    else if (scope !== null && !app.scopes.includes(scope)) problems.push(`${event} needs the scope ${scope}`);
  }
  app.eventsUrl = textOf(subscriptions.request_url) || null;
  if (app.eventsUrl === null && !app.usesSocket) problems.push('event_subscriptions.request_url is missing');
}

function applyInteractivity(
  app: SlackApp,
  { interactivity, features }: { interactivity: Fields; features: Fields },
  problems: string[],
): void {
  app.interactivityUrl = textOf(interactivity.request_url) || null;
  if (interactivity.is_enabled !== true) problems.push('interactivity is not enabled');
  if (app.interactivityUrl === null && !app.usesSocket) problems.push('interactivity.request_url is missing');
  const commands = listOf(features.slash_commands);
  app.commands = new Map(commands.map((command) => [textOf(command.command), textOf(command.url) || null]));
  for (const [command, url] of app.commands) {
    if (!/^\/[a-z0-9_-]{1,31}$/.test(command)) problems.push(`${command} is no command`);
    if (url === null && !app.usesSocket) problems.push(`${command} has no url`);
  }
  if (commands.some((command) => textOf(command.description) === '')) problems.push('a command has no description');
  if (commands.length > 0 && !app.scopes.includes('commands')) problems.push('slash commands need the scope commands');
}

function stringsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
