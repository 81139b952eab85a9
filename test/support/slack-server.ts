import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { applyManifest, newApp, type SlackApp } from './slack/app.ts';
import { createAssistant } from './slack/assistant-methods.ts';
import { type Call, readArgs } from './slack/call.ts';
import { createDeliveries, type DeliveryOptions } from './slack/delivery.ts';
import { type Fields, refuse, SlackRefusal } from './slack/fields.ts';
import { createInstaller } from './slack/installer.ts';
import { runMethod } from './slack/methods.ts';
import { createPeople } from './slack/people.ts';
import { createResponseUrls } from './slack/response-urls.ts';
import { acceptSocket, type ServerSocket } from './slack/socket.ts';
import { createSlackWorld, type SeenMessage, type SlackTeam, type SlackUser } from './slack/world.ts';

export type { Delivery } from './slack/delivery.ts';
export type { Said } from './slack/people.ts';
export type { SeenMessage, SlackChannel, SlackTeam, SlackUser } from './slack/world.ts';

/** A call of the Web API as it came. */
export interface SlackCall {
  readonly method: string;
  readonly args: Fields;
  readonly token: string;
  /** What it was answered with: `ok`, or the error. */
  outcome: string;
}

/** What is to be done with a call instead of answering it, or before. */
export interface Interception {
  /** Held back until then. */
  readonly until?: Promise<unknown>;
  readonly error?: string;
  /** Seconds: answered 429. */
  readonly retryAfter?: number;
  /** An HTTP status alone. */
  readonly status?: number;
  /** The connection breaks: before anything happened, or after all of it did. */
  readonly broken?: 'before' | 'after';
}

export type Intercept = (call: SlackCall) => Interception | undefined;

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
  const calls: SlackCall[] = [];
  const triggers = new Set<string>();
  let origin = '';
  let intercept: Intercept = () => undefined;
  const botOf = (teamId: string) => world.teams.get(teamId)?.installation?.botUserId ?? '';
  const responseUrls = createResponseUrls(world, () => origin, botOf);
  const people = createPeople({ app, world, deliveries, responseUrls, triggers });
  const installer = createInstaller(app, world);

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
    } else if (kind === 'api') await answerCall({ request, response, method: id, body });
    else response.writeHead(404).end();
  }

  interface Exchange {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    readonly method: string;
    readonly body: string;
  }

  async function answerCall({ request, response, method, body }: Exchange): Promise<void> {
    const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    let call: SlackCall = { method, args: {}, token, outcome: '' };
    const send = (status: number, fields: Fields, headers: Record<string, string> = {}) => {
      call.outcome = fields.ok === true ? 'ok' : String(fields.error);
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
      response.end(JSON.stringify(fields));
    };
    try {
      call = { ...call, args: readArgs(request.headers['content-type'] ?? '', body) };
      calls.push(call);
      const step = intercept(call) ?? {};
      await step.until;
      if (step.broken === 'before') return void response.destroy();
      if (step.retryAfter !== undefined) {
        return send(429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(step.retryAfter) });
      }
      if (step.status !== undefined) return send(step.status, { ok: false, error: `status ${step.status}` });
      if (step.error !== undefined) refuse(step.error);
      const answered = { ok: true, ...run(call, request) };
      if (step.broken === 'after') {
        call.outcome = 'ok, unheard';
        return void response.destroy();
      }
      send(200, answered);
    } catch (error) {
      if (!(error instanceof SlackRefusal)) throw error;
      send(200, { ok: false, error: error.code, ...error.details });
    }
  }

  function run(call: SlackCall, request: IncomingMessage): Fields {
    const { method, args } = call;
    if (method === 'oauth.v2.access') return installer.exchange(args, request.headers.authorization);
    const token = call.token === '' ? String(args.token ?? '') : call.token;
    if (token === '') refuse('not_authed');
    if (method === 'apps.connections.open') {
      if (token !== app.appToken) refuse('invalid_auth');
      return { url: `${origin.replace('http', 'ws')}/link?ticket=${randomBytes(8).toString('hex')}` };
    }
    const team = [...world.teams.values()].find(({ installation }) => installation?.token === token);
    const installation = team?.installation ?? null;
    if (team === undefined || installation === null) refuse('invalid_auth');
    if (!installation.alive) refuse('account_inactive');
    const tell: Call['tell'] = (event, channel) => {
      if (echoes) void people.tellOfMessage(channel, event);
    };
    const asked: Call = { method, args, team, installation, world, app, tell, triggers };
    return assistant.run(asked) ?? runMethod(asked);
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
    calls: calls as readonly SlackCall[],
    deliveries,
    assistant,
    responseUrls,
    ...people,
    set intercept(next: Intercept) {
      intercept = next;
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
