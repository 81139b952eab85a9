import { createRequire } from 'node:module';
import type { App, Receiver, ReceiverEvent, SocketModeReceiver } from '@slack/bolt';
import type { RequestHandler } from 'express';
import type { Logger } from '#log';
import { toSlackLogger } from './slack-logger.ts';

export interface ReceiverDeps {
  /**
   * Keeps what Slack has sent; only once this resolves is it acknowledged. Where it throws, Slack is told so and sends it
   * again. All that comes here is Slack's: its signature was checked, or it came over the app's own socket.
   */
  readonly keep: (body: unknown) => Promise<void>;
  /** Where events are posted. */
  readonly path: string;
  readonly signingSecret: (() => string) | null;
  /** Opens a socket over which events come as well. */
  readonly appToken: (() => string) | null;
  /** Of the Web API, with a slash at the end. */
  readonly apiUrl: string;
  readonly log: Logger;
}

export interface SlackReceiver {
  /** To be mounted before any body is parsed, for the signature is over the bytes; null where events come by socket alone. */
  readonly router: RequestHandler | null;
  /** Opens the socket, where there is one. Resolves at once; what fails is told in the log and tried again. */
  start(): void;
  /** Nothing new comes over the socket from here on. */
  stop(): Promise<void>;
}

const bodyLimit = '1mb';

/** Loaded where Slack is set up alone: it takes half a second of the start. */
const loadBolt = () => createRequire(import.meta.url)('@slack/bolt') as typeof import('@slack/bolt');

/** Slack's packages check who has sent what, and acknowledge; everything else is ours. */
export function createSlackReceiver(deps: ReceiverDeps): SlackReceiver {
  const { signingSecret, appToken } = deps;
  const socket = appToken === null ? null : openSocket(deps, appToken());
  return {
    router: signingSecret === null ? null : createRouter(deps, signingSecret()),
    start: () => socket?.start(),
    stop: async () => socket?.stop(),
  };
}

function createRouter(deps: ReceiverDeps, signingSecret: string): RequestHandler {
  const { ExpressReceiver } = loadBolt();
  const receiver = new ExpressReceiver({
    signingSecret,
    endpoints: deps.path,
    // The answer goes out only after everything here is done, and is 500 where it failed.
    processBeforeResponse: true,
    bodyLimit,
    logger: toSlackLogger(deps.log),
  });
  connect(deps, receiver);
  return receiver.router;
}

/** No token is asked for, nor known here: what is kept is worked later, by whoever may open the vault. */
function connect({ keep, apiUrl, log }: ReceiverDeps, receiver: Receiver): void {
  const { App: BoltApp } = loadBolt();
  const app = new BoltApp({
    receiver,
    authorize: async () => ({}),
    ignoreSelf: false,
    convoStore: false,
    tokenVerificationEnabled: false,
    clientOptions: { slackApiUrl: apiUrl },
    logger: toSlackLogger(log),
  });
  app.use(async (args) => {
    await keep(args.body);
    // Events were acknowledged before, as far as the package goes; what it sends out waits for us all the same.
    if ('ack' in args && typeof args.ack === 'function') await (args.ack as () => Promise<void>)();
  });
}

const firstWaitMs = 1_000;
const longestWaitMs = 60_000;

function openSocket(deps: ReceiverDeps, appToken: string) {
  const { log, apiUrl } = deps;
  const { SocketModeReceiver: Socket } = loadBolt();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const socket = new Socket({
    appToken,
    logger: toSlackLogger(log),
    installerOptions: { clientOptions: { slackApiUrl: apiUrl } },
  });
  connect(deps, acknowledgingLast(socket));
  const open = (waitMs: number) => {
    socket.start().catch((error: unknown) => {
      if (isStopped) return;
      log.error(
        { err: error, againInMs: waitMs },
        'the socket to Slack could not be opened: check SLACK_APP_TOKEN, and that socket mode is on in the Slack app',
      );
      timer = setTimeout(() => open(Math.min(waitMs * 2, longestWaitMs)), waitMs);
    });
  };
  return {
    start: () => open(firstWaitMs),
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await socket.stop();
    },
  };
}

/** Over the socket the package acknowledges an event before anybody has seen it. Here it waits until it is kept. */
function acknowledgingLast(socket: SocketModeReceiver): Receiver {
  return {
    init(app) {
      const held = {
        async processEvent(event: ReceiverEvent): Promise<void> {
          const answers: unknown[][] = [];
          await app.processEvent({
            ...event,
            ack: async (...answer: unknown[]) => {
              answers.push(answer);
            },
          });
          const [answer] = answers;
          if (answer !== undefined) await event.ack(...(answer as []));
        },
      };
      socket.init(held as unknown as App);
    },
    start: () => socket.start(),
    stop: () => socket.stop(),
  };
}
