import type { SlackView } from '#channels/http/contract/slack.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';
import { join } from './join.ts';
import type { Decide, ModelRequest } from './openai-script.ts';
import { createOpenAiServer, type OpenAiServer } from './openai-server.ts';
import {
  type Said,
  type SeenMessage,
  type SlackServer,
  type SlackServerOptions,
  type SlackUser,
  startSlackServer,
} from './slack-server.ts';
import { personaFile, startTestApp, type TestApp } from './start-app.ts';
import { startWatchedNinox, type WatchedNinox } from './watched-ninox.ts';

export interface SlackServiceOptions {
  readonly decide?: Decide;
  readonly personas?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly mode?: 'http' | 'socket';
  readonly slack?: SlackServerOptions;
  /** Where an earlier service has left its data; then the workspace is connected already. */
  readonly directory?: string;
}

/** A persona that answers in Slack and holds everything, with further lines. */
export const slackPersona = (...lines: readonly string[]) => personaFile(['channels: [web, slack]', ...lines]);
const anything = 'guests: { scopes: [ninox:teams:read, ninox:databases:read] }';
/** One that also answers whoever is not linked. */
export const guestPersona = (...lines: readonly string[]) => slackPersona(anything, ...lines);

/** Says back what a person has written; in a channel their name stands before it. */
export const echo = ({ userText }: Pick<ModelRequest, 'userText'>) => ({
  text: `You said: ${userText.replace(/^\w+: /, '')}`,
});

export type SlackService = Awaited<ReturnType<typeof openSlackService>>;

/** What makes a service talk to the stand-in. */
export function slackVariables({ app, apiUrl }: SlackServer, mode: 'http' | 'socket' = 'http') {
  return {
    SLACK_API_URL: apiUrl.replace(/\/$/, ''),
    SLACK_CLIENT_ID: app.clientId,
    SLACK_CLIENT_SECRET: app.clientSecret,
    ...(mode === 'http' ? { SLACK_SIGNING_SECRET: app.signingSecret } : { SLACK_APP_TOKEN: app.appToken }),
  };
}

export function modelVariables(modelUrl: string) {
  return {
    OPENAI_API_KEY: 'sk-scripted',
    OPENAI_BASE_URL: modelUrl,
    OPENAI_API: 'responses',
    DEFAULT_MODEL: 'openai/scripted',
  };
}

/** Slack, a scripted model, Ninox and the real service in this process, the workspace connected by its owner. */
export async function openSlackService(options: SlackServiceOptions = {}) {
  await using opened = new AsyncDisposableStack();
  const { decide = () => ({ text: 'Hello from the persona.' }), mode = 'http' } = options;
  const personas = options.personas ?? { tester: slackPersona() };
  const slack = opened.use(await startSlackServer(options.slack));
  const model = opened.use(createOpenAiServer(decide));
  const ninox = opened.use(await startWatchedNinox(5));
  const variables = {
    ...slackVariables(slack, mode),
    ...modelVariables(await model.listen()),
    NINOX_API_KEY: ninox.key,
    NINOX_BASE_URL: ninox.baseUrl,
    ...options.variables,
  };
  const app = opened.use(await startTestApp(variables, { personas }));
  await connectWorkspace(slack, app);
  const all = opened.move();
  return {
    ...talk({ slack, model, ninox, app }),
    variables,
    personas,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

interface Talking<App> {
  readonly slack: SlackServer;
  readonly model: OpenAiServer;
  readonly ninox: WatchedNinox;
  readonly app: App;
}

/** The same things with what tests do with them. */
export function talk<App extends Pick<HttpClient, 'send' | 'get'> & { readonly address: string }>(all: Talking<App>) {
  const { slack, app } = all;
  return {
    ...all,
    /** A person of the workspace who is linked with the owner. */
    async olivia(): Promise<SlackUser> {
      const user = slack.addPerson('Olivia');
      await linkPerson(slack, user, app);
      return user;
    },
    /** One who is linked with a new member. */
    async member(name: string, role = 'member') {
      const { id, cookie } = await join(app as unknown as TestApp, name, role);
      const client = createHttpClient(app.address, cookie);
      const user = slack.addPerson(name);
      await linkPerson(slack, user, client);
      return { id, client, user };
    },
    answered: (said: Pick<Said, 'channel' | 'thread'>, words: string | RegExp, withinMs?: number) =>
      answered(slack, { said, words }, withinMs),
  };
}

/** Connects the workspace as an owner does who pastes its bot token: the manifest first, then the token. */
export async function connectWorkspace(slack: SlackServer, client: Pick<HttpClient, 'send' | 'get'>): Promise<string> {
  slack.applyManifest(await manifestOf(client));
  const key = slack.install();
  const created = await pasteToken(client, key);
  if (created.status !== 201) throw new Error(`Slack was not connected: ${JSON.stringify(created)}`);
  return (created.body as { connectionId: string }).connectionId;
}

export function pasteToken(client: Pick<HttpClient, 'send'>, token: string) {
  return client.send('POST', '/api/v1/slack/workspaces', { token });
}

export async function manifestOf(client: Pick<HttpClient, 'get'>): Promise<string> {
  const { status, body } = await client.get('/api/v1/slack');
  if (status !== 200) throw new Error(`There is no manifest: ${JSON.stringify(body)}`);
  return (body as SlackView).manifest;
}

/** Links a person of the workspace with whoever is signed in: a code made there is typed here. */
export async function linkPerson(slack: SlackServer, user: SlackUser, client: Pick<HttpClient, 'send'>): Promise<void> {
  const made = await client.send('POST', '/api/v1/outside-links/codes');
  const { code } = made.body as { code?: string };
  if (code === undefined) throw new Error(`There is no code: ${JSON.stringify(made)}`);
  await slack.command({ user, text: `link ${code}` });
  await slack.until(() => told(slack, user, /linked/i), 'that they are linked');
}

/** What only this person was told, as of now. */
export function told(slack: SlackServer, user: SlackUser, words: RegExp): SeenMessage | null {
  const own = slack.answers({ channel: slack.directOf(user).id });
  const ephemeral = slack.world.seen().filter(({ ephemeralTo }) => ephemeralTo === user.id);
  return [...ephemeral, ...own].findLast(({ text }) => words.test(text)) ?? null;
}

/** The app's message in a thread that says this and is finished. */
export function answered(
  slack: SlackServer,
  { said, words }: { readonly said: Pick<Said, 'channel' | 'thread'>; readonly words: string | RegExp },
  withinMs?: number,
): Promise<SeenMessage> {
  const fits = ({ text, stream }: SeenMessage) => {
    return stream !== 'streaming' && (typeof words === 'string' ? text.includes(words) : words.test(text));
  };
  return slack.until(() => slack.answers(said).find(fits), `an answer with ${words}`, withinMs);
}
