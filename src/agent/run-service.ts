import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { LanguageModelV4, LanguageModelV4FunctionTool } from '@ai-sdk/provider';
import type { Actor } from '#auth/actor.ts';
import { AppError } from '#errors';
import type { Logger } from '#log';
import type { Persona } from '#personas/persona-schema.ts';
import type { Scrub } from '#vault/scrub.ts';
import { createMessageBuilder, type MessageBuilder } from './build-message.ts';
import type { ConversationStore, NewRun } from './conversation-store.ts';
import type { GuardToolCall } from './guard-tool-call.ts';
import { createLiveRun, type LiveRun, type LiveRunControl } from './live-run.ts';
import type { ModelResolver } from './resolve-model.ts';
import { runAgent } from './run-agent.ts';
import type { RunEnd } from './run-events.ts';
import type { StoredMessage } from './stored-message.ts';

export interface StartRun {
  readonly actor: Actor;
  readonly channel: Persona['channels'][number];
  readonly conversationId: string;
  /** Needed for the first message of a conversation; later ones must name the same or none. */
  readonly personaId: string | undefined;
  readonly messageId: string;
  readonly text: string;
}

export interface RunService {
  /** Stores the message and starts answering it. Resolves once both are durable; the run goes on by itself. */
  start(request: StartRun): Promise<LiveRun>;
  /** The run at work in a conversation of this actor, if it is in this process. */
  active(actor: Actor, conversationId: string): LiveRun | null;
  /** Refuses new runs, waits for the running ones, and ends those that take longer than `graceMs`. */
  drain(graceMs: number): Promise<void>;
}

export interface RunServiceDeps {
  readonly store: ConversationStore;
  readonly personas: {
    /** Null for one that is not there or is archived. */
    find(organizationId: string, id: string): Promise<Persona | null>;
    /** Keeps what the version is, for the record; before it acts. */
    keepVersion(organizationId: string, persona: Persona): Promise<void>;
  };
  readonly models: ModelResolver;
  readonly toolsFor: (persona: Persona) => readonly LanguageModelV4FunctionTool[];
  readonly guard: GuardToolCall;
  /** Takes secrets in use out of everything the model is sent. */
  readonly scrub: Scrub;
  readonly log: Logger;
}

const titleLength = 80;
const forceGraceMs = 3_000;

export function createRunService(deps: RunServiceDeps): RunService {
  const live = new Map<string, LiveRunControl>();
  const starting = new Set<Promise<LiveRun>>();
  let draining = false;
  const key = (actor: Actor, conversationId: string) =>
    JSON.stringify([actor.organizationId, actor.id, conversationId]);

  const begin = async (request: StartRun): Promise<LiveRun> => {
    const plan = await planRun(deps, request);
    const run = createLiveRun(plan.run.id, request.conversationId);
    const place = key(request.actor, request.conversationId);
    live.set(place, run);
    // The run outlives the request: its end is awaited through `done`, and `work` never rejects.
    void work(deps, plan, run).finally(() => {
      // The next run of the conversation may be here already: its messages are let in once this one's end is stored.
      if (live.get(place) === run) live.delete(place);
      run.settle();
    });
    return run;
  };
  const allEnded = async () => {
    // Those let in just before the stop are not live yet.
    await Promise.allSettled(starting);
    await Promise.all([...live.values()].map((run) => run.done));
  };

  return {
    async start(request) {
      if (draining)
        throw new AppError('SHUTTING_DOWN', 'The service is shutting down. Send your message again in a minute.');
      const begun = begin(request);
      starting.add(begun);
      try {
        return await begun;
      } finally {
        starting.delete(begun);
      }
    },
    active: (actor, conversationId) => live.get(key(actor, conversationId)) ?? null,
    async drain(graceMs) {
      draining = true;
      const ended = allEnded();
      if (await settledWithin(ended, graceMs)) return;
      for (const run of live.values()) run.stop('service_stopped');
      await settledWithin(ended, forceGraceMs);
    },
  };
}

interface RunPlan {
  readonly request: StartRun;
  readonly persona: Persona;
  readonly model: LanguageModelV4;
  readonly run: NewRun;
}

async function planRun(deps: RunServiceDeps, request: StartRun): Promise<RunPlan> {
  const { actor, conversationId } = request;
  const conversation = await deps.store.find(actor, conversationId);
  const persona = await choosePersona(deps, request, conversation?.personaId);
  const modelId = persona.model ?? deps.models.defaultModel;
  const model = deps.models.resolve(modelId);
  const message: StoredMessage = {
    id: request.messageId,
    role: 'user',
    parts: [{ type: 'text', text: request.text }],
    metadata: null,
  };
  const run: NewRun = {
    id: randomUUID(),
    messageId: randomUUID(),
    personaId: persona.id,
    personaVersion: persona.version,
    model: modelId,
  };
  await deps.personas.keepVersion(actor.organizationId, persona);
  const outcome = await deps.store.startRun({
    actor,
    conversation: { id: conversationId, personaId: persona.id, channel: request.channel, title: titleOf(request.text) },
    message,
    run,
  });
  if (outcome !== 'started') throw refusals[outcome]();
  return { request, persona, model, run };
}

const keepsItsPersona = 'A conversation keeps its persona. Start a new conversation for another one.';

const refusals = {
  busy: () =>
    new AppError(
      'CONVERSATION_BUSY',
      'The persona is still answering in this conversation. Wait for it, or stop it first.',
    ),
  duplicate_message: () =>
    new AppError('CONVERSATION_BUSY', 'This message was already received. Reload to see its answer.'),
  other_persona: () => new AppError('INPUT_INVALID', keepsItsPersona),
  not_yours: () => new AppError('NOT_FOUND', 'There is no such conversation.'),
};

async function choosePersona(deps: RunServiceDeps, request: StartRun, current: string | undefined): Promise<Persona> {
  const id = current ?? request.personaId;
  if (id === undefined)
    throw new AppError('INPUT_INVALID', 'The first message of a conversation must name a personaId.');
  if (current !== undefined && request.personaId !== undefined && request.personaId !== current) {
    throw new AppError('INPUT_INVALID', keepsItsPersona);
  }
  const persona = await deps.personas.find(request.actor.organizationId, id);
  if (persona === null) throw new AppError('NOT_FOUND', `There is no persona “${id}” here. Choose another persona.`);
  if (persona.channels.includes(request.channel)) return persona;
  throw new AppError(
    'FORBIDDEN',
    `The persona “${persona.name}” does not answer on the channel “${request.channel}”. Whoever manages it can add that channel; or choose another persona.`,
  );
}

/** Runs the loop and stores what becomes of it. Never rejects: a run always ends with its last event. */
async function work(deps: RunServiceDeps, plan: RunPlan, live: LiveRunControl): Promise<void> {
  const { request, persona, run } = plan;
  const { organizationId } = request.actor;
  const answer = createMessageBuilder(run.messageId);
  live.subscribe(answer.take);
  live.emit({
    type: 'run-started',
    runId: run.id,
    messageId: run.messageId,
    personaVersion: persona.version,
    model: run.model,
  });
  const deadline = setTimeout(() => live.stop('out_of_time'), persona.budget.seconds * 1000);
  const end = await runAgent({
    run: {
      identity: {
        runId: run.id,
        conversationId: request.conversationId,
        channel: request.channel,
        actor: request.actor,
        persona,
        prompt: request.text,
      },
      ledger: { calls: 0, seenCallIds: new Set(), startedAt: Date.now() },
      signal: live.signal,
    },
    model: plan.model,
    tools: () => deps.toolsFor(persona),
    instructions: persona.instructions,
    history: () => deps.store.messages(organizationId, request.conversationId),
    guard: deps.guard,
    emit: live.emit,
    scrub: deps.scrub,
    afterStep: () => deps.store.saveAnswer(organizationId, request.conversationId, answer.message()),
    log: deps.log,
  });
  clearTimeout(deadline);
  live.flush();
  await storeEnd({ deps, plan, answer, end });
  const { status, steps } = end;
  deps.log.info({ runId: run.id, personaId: persona.id, model: run.model, status, steps }, 'run ended');
  live.emit({ type: 'run-finished', ...end });
}

interface Ending {
  readonly deps: RunServiceDeps;
  readonly plan: RunPlan;
  readonly answer: MessageBuilder;
  readonly end: RunEnd;
}

/** Waits between the tries to store a run's end; until it is stored the conversation can take no other message. */
const storeAgainAfterMs = [500, 1_000, 2_000, 4_000, 8_000, 16_000];

/** The end is stored before it is told, so that whoever hears of it can read it. */
async function storeEnd({ deps, plan, answer, end }: Ending): Promise<void> {
  answer.take({ type: 'run-finished', ...end });
  const { request, run } = plan;
  const finish = {
    organizationId: request.actor.organizationId,
    conversationId: request.conversationId,
    runId: run.id,
    answer: answer.message(),
    end,
  };
  for (const waitMs of [...storeAgainAfterMs, null]) {
    try {
      return await deps.store.finishRun(finish);
    } catch (error) {
      deps.log.error({ err: error, runId: run.id, againInMs: waitMs }, 'the end of a run could not be stored');
      if (waitMs !== null) await delay(waitMs);
    }
  }
}

function titleOf(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= titleLength ? line : `${line.slice(0, titleLength - 1).trimEnd()}…`;
}

async function settledWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const settled = await Promise.race([promise.then(() => true as const), timeout]);
  clearTimeout(timer);
  return settled;
}
