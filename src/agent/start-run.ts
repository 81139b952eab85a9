import { randomUUID } from 'node:crypto';
import type { Actor } from '#auth/actor.ts';
import { guestRole } from '#auth/permissions.ts';
import { AppError } from '#errors';
import type { Persona } from '#personas/persona-schema.ts';
import { type Attachment, withAttachments } from './attachments.ts';
import { noAllowance } from './checkpoint.ts';
import type { NewRun, RunStartOutcome } from './conversation-store.ts';
import type { RunInHand, RunServiceDeps } from './run-deps.ts';
import type { StoredMessage } from './stored-message.ts';

export interface StartRun {
  readonly actor: Actor;
  readonly channel: Persona['channels'][number];
  /** Where on the channel, e.g. a widget's id or a thread; null where the channel has no places. */
  readonly place?: string | null;
  /** Whose the conversation is where several people write to it; the actor's own where left out. */
  readonly ownerId?: string;
  readonly conversationId: string;
  /** Needed for the first message of a conversation; later ones must name the same or none. */
  readonly personaId: string | undefined;
  readonly messageId: string;
  readonly text: string;
  /** Files that came with it. Who wrote them is unknown: they are text from outside. */
  readonly attachments?: readonly Attachment[];
  /** Where the message holds text from outside, in words for people; what visitors write always is. */
  readonly outsideText?: string;
  /** A model of the service's own in place of the persona's. Never to be taken from anybody's request. */
  readonly modelId?: string;
  /** A model in place of the persona's, one that the persona could have as well. */
  readonly modelChoice?: string;
  /** The job's run that it works for; then `place` is the job's id. */
  readonly jobRunId?: string;
  /** Changes nothing: what would be changed is planned and told. */
  readonly trial?: boolean;
}

type StartDeps = Pick<RunServiceDeps, 'store' | 'personas' | 'models' | 'processId'>;

const titleLength = 80;

/** Stores the message and a run that answers it, `runId`. Throws AppError where that may not be. */
export async function startRun(deps: StartDeps, request: StartRun, runId: string): Promise<RunInHand> {
  const { actor, conversationId, channel, place = null, ownerId = actor.id, text, attachments = [] } = request;
  const { jobRunId = null, trial = false } = request;
  const { organizationId } = actor;
  const conversation = await deps.store.find({ organizationId, id: ownerId }, conversationId);
  await refuseTooManyWaiting(deps, actor);
  const persona = await choosePersona(deps, request, conversation?.personaId);
  const modelId = request.modelId ?? request.modelChoice ?? persona.model ?? deps.models.defaultModel;
  const model = deps.models.resolve(modelId, request.modelId === undefined ? 'persona' : 'service');
  const run: NewRun = {
    id: runId,
    messageId: randomUUID(),
    personaId: persona.id,
    personaVersion: persona.version,
    model: modelId,
    jobRunId,
    trial,
  };
  const prompt = withAttachments(text, attachments);
  await deps.personas.keepVersion(organizationId, persona);
  const started = await deps.store.startRun({
    actor,
    conversation: { id: conversationId, ownerId, personaId: persona.id, channel, place, title: titleOf(text) },
    message: messageOf(request),
    run,
    processId: deps.processId,
    outsideText: outsideTextIn(request, conversation?.channel ?? null),
  });
  if (started.outcome !== 'started') throw refusals[started.outcome]();
  const { messageId } = run;
  return {
    identity: { runId, conversationId, messageId, channel, place, ownerId, actor, persona, prompt, jobRunId, trial },
    ledger: {
      calls: 0,
      seenCallIds: new Set(),
      startedAt: Date.now(),
      spentMs: 0,
      outsideText: started.outsideText,
      allowance: noAllowance,
    },
    model,
    modelId,
    progress: null,
    told: [{ type: 'run-started', runId, messageId, personaVersion: persona.version, model: modelId }],
  };
}

/** A person can look after so many questions; beyond it somebody, or something, only piles them up. */
const mostWaiting = 50;

async function refuseTooManyWaiting({ store }: StartDeps, actor: Actor): Promise<void> {
  if ((await store.countWaiting(actor)) < mostWaiting) return;
  throw new AppError(
    'RATE_LIMITED',
    `${mostWaiting} of your conversations wait for a decision, and that is as many as may. Decide on some of them, or stop them, and send your message again.`,
  );
}

function messageOf({ messageId, text, attachments = [] }: StartRun): StoredMessage {
  const files = attachments.map((data) => ({ type: 'data-attachment', data }) as const);
  return { id: messageId, role: 'user', parts: [{ type: 'text', text }, ...files], metadata: null };
}

/** `begunOn`: the channel of the conversation; null for a new one. */
function outsideTextIn(
  { actor, channel, outsideText, attachments = [] }: StartRun,
  begunOn: string | null,
): string | null {
  if (outsideText !== undefined) return outsideText;
  if (actor.role !== guestRole) {
    if (isMixed(actor, begunOn)) return 'messages that a program sent with an API key';
    return attachments.length === 0 ? null : 'a file that came with a message';
  }
  return channel === 'widget' ? 'a message from a visitor of a web site' : 'a message from somebody who is no member';
}

/**
 * Where a program with a key of few scopes writes into a person’s conversation, or a person goes on in that of a program,
 * it would speak for more than it may.
 */
function isMixed({ apiKey }: Actor, begunOn: string | null): boolean {
  return begunOn !== null && (begunOn === 'api') !== (apiKey !== null);
}

const keepsItsPersona = 'A conversation keeps its persona. Start a new conversation for another one.';

const refusals: Readonly<Record<Exclude<RunStartOutcome['outcome'], 'started'>, () => AppError>> = {
  busy: () =>
    new AppError(
      'CONVERSATION_BUSY',
      'The persona is still answering in this conversation. Wait for it, or stop it first.',
    ),
  waiting: () =>
    new AppError(
      'CONVERSATION_BUSY',
      'The answer in this conversation waits for a decision. Decide on it, or stop the answer first.',
    ),
  duplicate_message: () =>
    new AppError('DUPLICATE_MESSAGE', 'This message was already received. Reload to see its answer.'),
  other_persona: () => new AppError('INPUT_INVALID', keepsItsPersona),
  not_yours: () => new AppError('NOT_FOUND', 'There is no such conversation.'),
};

async function choosePersona(
  deps: Pick<StartDeps, 'personas'>,
  request: StartRun,
  current: string | undefined,
): Promise<Persona> {
  const id = current ?? request.personaId;
  if (id === undefined)
    throw new AppError('INPUT_INVALID', 'The first message of a conversation must name a personaId.');
  if (current !== undefined && request.personaId !== undefined && request.personaId !== current) {
    throw new AppError('INPUT_INVALID', keepsItsPersona);
  }
  const persona = await deps.personas.find(request.actor.organizationId, id);
  if (persona === null) throw new AppError('NOT_FOUND', `There is no persona “${id}” here. Choose another persona.`);
  refuseGuests(request.actor, persona);
  if (persona.channels.includes(request.channel)) return persona;
  throw new AppError(
    'FORBIDDEN',
    `The persona “${persona.name}” does not answer on the channel “${request.channel}”. Whoever manages it can add that channel; or choose another persona.`,
  );
}

function refuseGuests({ role }: Actor, { name, guests }: Persona): void {
  if (role !== guestRole || guests !== null) return;
  throw new AppError(
    'FORBIDDEN',
    `“${name}” answers only people who belong to its organization. If you do, link your account first; if not, ask somebody there.`,
  );
}

function titleOf(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= titleLength ? line : `${line.slice(0, titleLength - 1).trimEnd()}…`;
}
