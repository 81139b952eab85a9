import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { applyManifest, newApp, type SlackApp } from './slack/app.ts';
import { createAssistant } from './slack/assistant-methods.ts';
import { createDeliveries, type DeliveryOptions } from './slack/delivery.ts';
import { createInstaller } from './slack/installer.ts';
import { createPeople } from './slack/people.ts';
import { createResponseUrls } from './slack/response-urls.ts';
import { acceptSocket, type ServerSocket } from './slack/socket.ts';
import { createWebApi, type Intercept, type SlackCall } from './slack/web-api.ts';
import { createSlackWorld, type SeenMessage, type SlackTeam, type SlackUser } from './slack/world.ts';

export type { Delivery } from './slack/delivery.ts';
export type { Said } from './slack/people.ts';
export type { Intercept, SlackCall } from './slack/web-api.ts';
export type { SeenMessage, SlackChannel, SlackTeam, SlackUser } from './slack/world.ts';

export interface SlackServerOptions extends Partial<DeliveryOptions> {
  /** Whether the app hears of its own messages, as it does where it reads along. */
  readonly echoes?: boolean;
}

export type SlackServer = Awaited<ReturnType<typeof startSlackServer>>;

/**
 * Slack itself, as far as the app goes: the Web API over real HTTP, signed events, buttons and commands with their
 * timeouts and retries, socket mode, installing and uninstalling. Wrong use fails as it does there.
 */
export async function startSlackServer(options: SlackServerOptions = {}) {
  const { timeoutMs = 3_000, retryAfterMs = [0, 300, 1_000], echoes = true } = options;
  const app = newApp();
  const world = createSlackWorld();
  const deliveries = createDeliveries(app, { timeoutMs, retryAfterMs });
  const assistant = createAssistant();
  const triggers = new Set<string>();
  let origin = '';
  const botOf = (teamId: string) => world.teams.get(teamId)?.installation?.botUserId ?? '';
  const responseUrls = createResponseUrls(world, () => origin, botOf);
  const people = createPeople({ app, world, deliveries, responseUrls, triggers });
  const installer = createInstaller(app, world);
  const api = createWebApi({
    app,
    world,
    installer,
    assistant,
    triggers,
    tell(event, channel) {
      if (echoes) void people.tellOfMessage(channel, event);
    },
    origin: () => origin,
  });
  const { calls } = api;

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', origin);
    const body = await readText(request);
    if (url.pathname === '/oauth/v2/authorize') return installer.authorize(url, response);
    const [, kind = '', id = ''] = url.pathname.split('/');
    if (kind === 'actions' && request.method === 'POST') {
      const { status, text } = responseUrls.take(id, body);
      response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
    } else if (kind === 'api') await api.serve({ request, response, method: id, body });
    else response.writeHead(404).end();
  }

  server.on('upgrade', (request, stream) => {
    if (!(request.url ?? '').startsWith('/link?ticket=')) return void stream.destroy();
    const socket: ServerSocket = acceptSocket(request, stream, {
      onText: (text) => deliveries.heard(text),
      onClose: () => deliveries.leave(socket),
    });
    deliveries.join(socket);
    world.changed();
  });

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const team = world.addTeam('T0HOME', 'Home');

  const close = async () => {
    deliveries.cutSockets();
    server.closeAllConnections();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  };

  return {
    origin,
    /** What a client takes as `slackApiUrl`. */
    apiUrl: `${origin}/api/`,
    app: app as Readonly<SlackApp>,
    team,
    world,
    calls,
    deliveries,
    assistant,
    responseUrls,
    ...people,
    /** Asked before each call of the Web API from now on. */
    intercept(next: Intercept): void {
      api.scene.intercept = next;
    },
    callsOf: (method: string) => calls.filter((call) => call.method === method),
    /** Makes the app what the manifest says, or what is changed of it. Slack refuses manifests that do not hold. */
    applyManifest: (manifest: unknown) =>
      applyManifest(app, typeof manifest === 'string' ? JSON.parse(manifest) : manifest),
    /** Sends everything to another place, as when the service has moved. */
    pointTo(address: string): void {
      const move = (url: string | null) => url && address + new URL(url).pathname;
      app.eventsUrl = move(app.eventsUrl);
      app.interactivityUrl = move(app.interactivityUrl);
      app.commands = new Map([...app.commands].map(([command, url]) => [command, move(url)]));
    },
    /** Puts the app into a workspace without OAuth, as its settings page does. Answers the bot's token. */
    install: (where: SlackTeam = team) => installer.install(where).token,
    /** Adds a way back by hand, which a manifest without https cannot name. */
    allowRedirect(url: string): void {
      app.redirectUrls = [...app.redirectUrls, url];
    },
    /** Where whoever installs by OAuth from now on does it. */
    chooseTeam: (where: SlackTeam) => installer.choose(where),
    addTeam: (id: string, name: string) => world.addTeam(id, name),
    addPerson: (name: string, where: SlackTeam = team) => world.addUser(where.id, name),
    /** With these people and the app in it. */
    addChannel(name: string, members: readonly SlackUser[], kind: 'channel' | 'group' = 'channel') {
      const channel = world.addChannel(members[0]?.teamId ?? team.id, name, { kind });
      for (const { id } of members) channel.members.add(id);
      channel.members.add(botOf(channel.teamId));
      return channel;
    },
    /** What there is to be seen in a thread, oldest first. */
    thread: (where: { readonly channel: string; readonly thread: string }) => world.seen(where),
    /** What the app has written there. */
    answers: (where: { readonly channel: string; readonly thread?: string }) =>
      world.seen(where).filter(({ fromApp }) => fromApp),
    directOf: (user: SlackUser) => world.directOf(user.id, botOf(user.teamId)),
    /** No stream can be gone on with, as after five minutes. */
    expireStreams(): void {
      for (const { channel, ts } of world.seen()) {
        const stream = world.find(channel, ts)?.stream;
        if (stream?.state === 'streaming') stream.state = 'expired';
      }
    },
    until: <T>(ask: () => T | null | undefined, why: string, withinMs = 15_000) =>
      until({ world, ask, why, withinMs, calls }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Waiting<T> {
  readonly world: ReturnType<typeof createSlackWorld>;
  readonly ask: () => T | null | undefined;
  readonly why: string;
  readonly withinMs: number;
  readonly calls: readonly SlackCall[];
}

/** Asks whenever something has changed, until there is an answer. */
function until<T>({ world, ask, why, withinMs, calls }: Waiting<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`Not within ${withinMs} ms: ${why}\n${tellStory(world.seen(), calls)}`));
    }, withinMs);
    const stop = world.listen(look);
    function look(): void {
      try {
        const found = ask();
        if (found === null || found === undefined) return;
        resolve(found);
      } catch (error) {
        reject(error);
      }
      clearTimeout(timer);
      stop();
    }
    look();
  });
}

/** The last of what happened, for whoever reads why a test has failed. */
function tellStory(seen: readonly SeenMessage[], calls: readonly SlackCall[]): string {
  const messages = seen.slice(-12).map(({ fromApp, thread, text, stream, ephemeralTo }) => {
    return `${fromApp ? 'app' : 'person'} in ${thread}${stream === null ? '' : ` (${stream})`}${ephemeralTo === null ? '' : ' (ephemeral)'}: ${text}`;
  });
  return [...messages, ...calls.slice(-15).map(({ method, outcome }) => `${method}: ${outcome}`)].join('\n');
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
