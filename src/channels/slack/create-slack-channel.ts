import type { RequestHandler } from 'express';
import type { Processes } from '#agent/processes.ts';
import type { RunService } from '#agent/run-service.ts';
import type { StoredMessage } from '#agent/stored-message.ts';
import type { AuditLog } from '#audit/audit-event.ts';
import type { OutsideLinks, OutsidePeople } from '#auth/outside/outside-person.ts';
import type { ConversationRepository } from '#db/repositories/conversations.ts';
import type { MessageCountRepository } from '#db/repositories/message-counts.ts';
import type { RunRepository } from '#db/repositories/runs.ts';
import type { SlackAnswerRepository } from '#db/repositories/slack-answers.ts';
import type { SlackEventRepository } from '#db/repositories/slack-events.ts';
import type { Logger } from '#log';
import { sweepAnswers } from './answer-sweep.ts';
import { type Answers, createAnswers } from './answers.ts';
import type { PersonaChoiceDeps } from './find-persona.ts';
import type { HandlerDeps } from './handler-deps.ts';
import { createInbox, type Inbox } from './inbox.ts';
import { slackEventsPath } from './manifest.ts';
import { createSlackPeople } from './people.ts';
import type { SlackCards, SlackClients, SlackWorkspaces } from './ports.ts';
import { readDelivery } from './read-delivery.ts';
import { createSlackReceiver } from './receiver.ts';
import { startAgain } from './start-again.ts';
import { createStoredRuns } from './stored-runs.ts';
import { createTellPerson } from './tell-person.ts';
import { laneOfThread } from './thread-ids.ts';
import { tellFailure, workEvent } from './work-event.ts';

export interface SlackChannelDeps {
  /** How Slack reaches the service; at least one of signing secret and app token is there. */
  readonly app: {
    readonly signingSecret: (() => string) | null;
    readonly appToken: (() => string) | null;
    /** Of the Web API. */
    readonly apiUrl: string;
  };
  readonly runs: Pick<RunService, 'start' | 'active' | 'stopWaiting' | 'watch'>;
  readonly storedRuns: Pick<RunRepository, 'find' | 'answering'>;
  readonly conversations: Pick<ConversationRepository<StoredMessage>, 'find' | 'message' | 'messages'>;
  readonly events: SlackEventRepository;
  readonly answers: SlackAnswerRepository;
  readonly counts: Pick<MessageCountRepository, 'add' | 'takeBack'>;
  readonly personas: PersonaChoiceDeps['personas'];
  readonly workspaces: SlackWorkspaces;
  readonly clients: SlackClients;
  readonly cards: Pick<SlackCards, 'ask' | 'pressed'>;
  readonly outside: OutsidePeople;
  readonly links: OutsideLinks;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly processes: Pick<Processes, 'id' | 'lostAmong'>;
  /** How a tool is called for people. */
  readonly titleOf: (tool: string) => string;
  readonly publicUrl: () => string;
  /** Takes secrets in use out of what is posted. */
  readonly scrub: (text: string) => string;
  readonly log: Logger;
  readonly clock?: () => Date;
}

export interface SlackChannel {
  /** Answers at `slackEventsPath`. To be mounted before any body is parsed; null where events come by socket alone. */
  readonly router: RequestHandler | null;
  /** To be called once this process can be seen by others, and before any run is taken up again. */
  start(): void;
  /**
   * Takes nothing more at once, and lets what is under way end: until some seconds after `graceMs`, so that runs that end
   * with the service are told. To be called as the runs are, and awaited before this process is seen as gone.
   */
  close(graceMs: number): Promise<void>;
}

const sweepEveryMs = 5_000;
/** For the last words of runs that were ended with the service. */
const lastWordsMs = 6_000;

/** Personas in Slack: what people write there, and what is answered. */
export function createSlackChannel(deps: SlackChannelDeps): SlackChannel {
  const { app, log, workspaces, processes, clock = () => new Date() } = deps;
  const closing = new AbortController();
  const parts: Parts = { handlers: null, inbox: null };
  const answers = openAnswers(deps, parts);
  const handlers = openHandlers(deps, { answers, signal: closing.signal, clock });
  parts.handlers = handlers;
  const inbox = createInbox({
    rows: deps.events,
    processes,
    log,
    clock,
    work: (event) => workEvent(handlers, event),
    gaveUp: (event) => tellFailure(handlers, event),
  });
  parts.inbox = inbox;
  const keep = createKeeping({ ...deps, workspaces, clock, inbox });
  const apiUrl = app.apiUrl.endsWith('/') ? app.apiUrl : `${app.apiUrl}/`;
  const receiver = createSlackReceiver({ ...app, apiUrl, keep, path: slackEventsPath, log });
  answers.watch(deps.runs);
  const sweeping = createSweeping(log, async () => {
    await inbox.sweep();
    await sweepAnswers({ rows: deps.answers, answers, processes, clock });
  });
  return {
    router: receiver.router,
    start() {
      inbox.start();
      sweeping.start();
      receiver.start();
    },
    async close(graceMs) {
      await Promise.all([receiver.stop(), sweeping.stop(), inbox.close(graceMs)]);
      await answers.close(graceMs + lastWordsMs);
      closing.abort(new Error('The service is shutting down.'));
    },
  };
}

/** Answers lead to further work, and work to answers. */
interface Parts {
  handlers: HandlerDeps | null;
  inbox: Inbox | null;
}

function openAnswers(deps: SlackChannelDeps, parts: Parts): Answers {
  const { answers: rows, processes, storedRuns: runs, conversations } = deps;
  return createAnswers({
    ...deps,
    rows,
    processId: processes.id,
    stored: createStoredRuns({ runs, conversations }),
    startAgain: async (answer) => parts.handlers !== null && startAgain(parts.handlers, answer),
    onOver({ workspace, channelId, threadTs }) {
      void parts.inbox?.hasten(laneOfThread(workspace.teamId, channelId, threadTs));
    },
  });
}

interface Opened {
  readonly answers: Answers;
  readonly signal: AbortSignal;
  readonly clock: () => Date;
}

function openHandlers(deps: SlackChannelDeps, { answers, signal, clock }: Opened): HandlerDeps {
  const { clients, app, log, outside } = deps;
  return {
    ...deps,
    answers,
    answerRows: deps.answers,
    clock,
    people: createSlackPeople({ outside, clients, clock }),
    tellPerson: createTellPerson({ clients, apiUrl: app.apiUrl, signal, log }),
    signal,
  };
}

interface Keeping extends Pick<SlackChannelDeps, 'events' | 'workspaces' | 'log'> {
  readonly inbox: Pick<Inbox, 'wake'>;
  readonly clock: () => Date;
}

/** Stores what is something to us, and has it worked. What comes from a workspace that is not connected is dropped. */
function createKeeping({ events, workspaces, inbox, clock, log }: Keeping) {
  return async (body: unknown): Promise<void> => {
    const delivery = readDelivery(body);
    if (delivery === null) return;
    const { id, kind, lane, teamId, appId, body: kept } = delivery;
    const workspace = await workspaces.byTeam(teamId);
    if (workspace === null) {
      log.info({ teamId, kind }, 'something of Slack is dropped: the workspace is not connected');
      return;
    }
    if (appId !== null && appId !== workspace.appId) {
      log.warn(
        { teamId, kind, appId, connectedAppId: workspace.appId },
        'something of Slack is dropped: the workspace is connected with the token of another app',
      );
      return;
    }
    const { organizationId, connectionId } = workspace;
    await events.insert({ id, organizationId, connectionId, kind, lane, body: kept, receivedAt: clock() });
    inbox.wake();
  };
}

/** One after the other, again and again. */
function createSweeping(log: Logger, sweep: () => Promise<void>) {
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<void> = Promise.resolve();
  let isUnderWay = false;
  const once = async () => {
    if (isUnderWay) return;
    isUnderWay = true;
    try {
      await sweep();
    } catch (error) {
      log.error({ err: error }, 'what was left behind of Slack could not be looked for; the next sweep tries again');
    } finally {
      isUnderWay = false;
    }
  };
  return {
    start() {
      last = once();
      timer = setInterval(() => {
        if (!isUnderWay) last = once();
      }, sweepEveryMs);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await last;
    },
  };
}
