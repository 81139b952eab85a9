import type { Database } from '../database.ts';
import { withStorageErrors } from '../storage-error.ts';
import {
  type Claim,
  type ConversationOwner,
  type ConversationRecord,
  type ConversationStatements,
  prepareConversations,
} from './conversation-statements.ts';
import { type MessageKey, type MessageRecord, type MessageStatements, prepareMessages } from './messages.ts';
import { prepareRuns, type RunStatements, type RunUse } from './run-statements.ts';
import type { RunOutcome, RunRecord } from './runs.ts';

export interface RunStartRecord<Message extends MessageRecord> {
  readonly actor: ConversationOwner & { readonly kind: string };
  readonly conversation: {
    readonly id: string;
    /** Whose it is where not the actor's: a place's where several people write to it. */
    readonly ownerId?: string;
    readonly personaId: string;
    readonly channel: string;
    readonly place?: string | null;
    readonly title: string;
  };
  readonly message: Message;
  readonly run: {
    readonly id: string;
    readonly messageId: string;
    readonly personaId: string;
    readonly personaVersion: string;
    readonly model: string;
  };
  readonly processId: string;
  /** Where text from outside came in with the message; null where it holds none. */
  readonly outsideText: string | null;
}

export type RunStartOutcome =
  /** `outsideText`: where text from outside was read in the conversation so far, the message included. */
  | { readonly outcome: 'started'; readonly outsideText: string | null }
  | { readonly outcome: 'busy' | 'waiting' | 'duplicate_message' | 'other_persona' | 'not_yours' };

/** A run with its answer, in the hands of a process: `processId` null is what a run has that none has. */
export interface RunAnswerRecord<Message extends MessageRecord> {
  readonly organizationId: string;
  readonly conversationId: string;
  readonly runId: string;
  readonly processId: string | null;
  readonly outsideText: string | null;
  readonly answer: Message;
}

export interface RunClaim<Message extends MessageRecord> {
  readonly run: RunRecord;
  /** Whose the conversation is. */
  readonly ownerId: string;
  /** What the run had answered when it began to wait. */
  readonly answer: Message | null;
}

export interface ConversationRepository<Message extends MessageRecord> {
  find(owner: ConversationOwner, conversationId: string): Promise<ConversationRecord | null>;
  /** Newest activity first; `place` is the last row of the page before. */
  list(
    owner: ConversationOwner,
    place: { readonly updatedAt: Date; readonly id: string } | null,
    limit: number,
  ): Promise<ConversationRecord[]>;
  /** How many of them wait for a person. */
  countWaiting(owner: ConversationOwner): Promise<number>;
  /** All messages in their order. */
  messages(organizationId: string, conversationId: string): Promise<Message[]>;
  message(key: MessageKey): Promise<Message | null>;
  /** The ids of the messages in it that were answered on behalf of this actor. */
  answersFor(actor: ConversationOwner, conversationId: string): Promise<ReadonlySet<string>>;
  /** One transaction: the conversation exists, is claimed by this run, and holds the message. */
  startRun(start: RunStartRecord<Message>): Promise<RunStartOutcome>;
  /** One transaction: inserts or replaces the answer being written. False where the process has the run no more. */
  saveAnswer(answer: RunAnswerRecord<Message> & RunUse): Promise<boolean>;
  /** One transaction: answer and checkpoint, and the run waits. False where the process has the run no more. */
  suspendRun(
    suspension: RunAnswerRecord<Message> & RunUse & { readonly checkpoint: object; readonly processId: string },
  ): Promise<boolean>;
  /** One transaction: a run that waits runs again, for one caller in any number of processes; null for the others. */
  claimRun(run: { organizationId: string; id: string; processId: string }): Promise<RunClaim<Message> | null>;
  /** One transaction: answer, end of the run, conversation free again. False where the process has the run no more. */
  finishRun(finish: RunAnswerRecord<Message> & { readonly end: RunOutcome }): Promise<boolean>;
  /**
   * One transaction: replaces a message by what `change` makes of it; null leaves it as it is and is answered as `gone`.
   * `busy` while its run is at work, which would write over it.
   */
  changeMessage(key: MessageKey, change: (message: Message) => Message | null): Promise<'changed' | 'busy' | 'gone'>;
}

/** `Message` is the caller's own type for what it stores; it comes back as it went in. */
export function createConversationRepository<Message extends MessageRecord = MessageRecord>(
  db: Database,
  clock: () => Date = () => new Date(),
): ConversationRepository<Message> {
  const parts: Parts = {
    db,
    conversations: prepareConversations(db),
    messages: prepareMessages(db),
    runs: prepareRuns(db),
  };
  const { conversations, messages, runs } = parts;

  const repository: ConversationRepository<Message> = {
    find: (owner, conversationId) => conversations.find(owner, conversationId),
    list: (owner, place, limit) => conversations.list(owner, place, limit),
    countWaiting: (owner) => conversations.countWaiting(owner),
    async messages(organizationId, conversationId) {
      return (await messages.list(organizationId, conversationId)) as Message[];
    },
    async message(key) {
      return ((await messages.find(key))?.message ?? null) as Message | null;
    },
    answersFor: (actor, conversationId) => runs.answersFor(actor, conversationId),
    startRun: (start) => db.transaction(() => startRun(parts, start, clock())),
    saveAnswer: (answer) => db.transaction(() => saveAnswer(parts, answer, clock())),
    suspendRun: (suspension) => db.transaction(() => suspendRun(parts, suspension, clock())),
    claimRun: (run) => db.transaction(() => claimRun<Message>(parts, run, clock())),
    finishRun: (finish) => db.transaction(() => finishRun(parts, finish, clock())),
    changeMessage: (key, change) =>
      db.transaction(() => changeMessage(parts, key, change as (message: MessageRecord) => MessageRecord | null)),
  };
  return withStorageErrors(repository);
}

interface Parts {
  readonly db: Database;
  readonly conversations: ConversationStatements;
  readonly messages: MessageStatements;
  readonly runs: RunStatements;
}

async function startRun(parts: Parts, start: RunStartRecord<MessageRecord>, at: Date): Promise<RunStartOutcome> {
  const { conversations, messages, runs } = parts;
  const { actor, conversation, message, run, processId } = start;
  const { organizationId } = actor;
  const { id: conversationId, ownerId = actor.id, channel, place = null, personaId } = conversation;
  const named = {
    organizationId,
    actorId: ownerId,
    id: conversationId,
    personaId,
    messageId: message.id,
    runId: run.id,
  };
  await conversations.create({ ...conversation, place, organizationId, actorId: ownerId, at });
  const claimed = await conversations.claim({ ...named, outsideText: start.outsideText, at });
  if (claimed === null) return { outcome: await whyNotClaimed(parts, named) };
  await messages.insert({ organizationId, conversationId, message, runId: null, at });
  const { outsideText } = claimed;
  const by = { organizationId, conversationId, channel, place, actorKind: actor.kind, actorId: actor.id };
  await runs.start({ ...run, ...by, processId, outsideText, at });
  return { outcome: 'started', outsideText };
}

async function whyNotClaimed({ conversations, messages }: Parts, claim: Omit<Claim, 'outsideText' | 'at'>) {
  const { organizationId, actorId, id, messageId, personaId } = claim;
  const there = await conversations.find({ organizationId, id: actorId }, id);
  if (there === null) return 'not_yours';
  if (there.personaId !== personaId) return 'other_persona';
  if (await messages.exists({ organizationId, conversationId: id, id: messageId })) return 'duplicate_message';
  return there.waitingSince === null ? 'busy' : 'waiting';
}

async function saveAnswer(
  parts: Parts,
  { answer, ...run }: RunAnswerRecord<MessageRecord> & RunUse,
  at: Date,
): Promise<boolean> {
  if (!(await parts.runs.progress(run, run))) return false;
  await parts.messages.save({ ...run, message: answer, at });
  await parts.conversations.touch({ ...run, id: run.conversationId, at });
  return true;
}

type Suspension = RunAnswerRecord<MessageRecord> & RunUse & { checkpoint: object; processId: string };

async function suspendRun(parts: Parts, { answer, ...run }: Suspension, at: Date): Promise<boolean> {
  if (!(await parts.runs.suspend(run, run))) return false;
  await parts.messages.save({ ...run, message: answer, at });
  await parts.conversations.wait({ ...run, id: run.conversationId, at });
  return true;
}

async function claimRun<Message extends MessageRecord>(
  { db, conversations, messages, runs }: Parts,
  wanted: { organizationId: string; id: string; processId: string },
  at: Date,
): Promise<RunClaim<Message> | null> {
  const { organizationId, id: runId } = wanted;
  await db.lock(lockOf(runId));
  const run = await runs.claim(wanted);
  if (run === null) return null;
  const { conversationId, messageId, outsideText } = run;
  const ownerId = await conversations.goOn({ organizationId, id: conversationId, runId, outsideText, at });
  const found = await messages.find({ organizationId, conversationId, id: messageId });
  return { run, ownerId: ownerId ?? run.actorId, answer: (found?.message ?? null) as Message | null };
}

async function finishRun(
  parts: Parts,
  { answer, end, ...run }: RunAnswerRecord<MessageRecord> & { end: RunOutcome },
  at: Date,
): Promise<boolean> {
  if (!(await parts.runs.end(run, end, at))) return false;
  await parts.messages.save({ ...run, message: answer, at });
  await parts.conversations.release({ ...run, id: run.conversationId, at });
  return true;
}

/** Whoever takes a run up and reads its answer, and whoever changes that, come one after the other. */
const lockOf = (runId: string) => `run ${runId}`;

async function changeMessage(
  { db, messages, runs }: Parts,
  key: MessageKey,
  change: (message: MessageRecord) => MessageRecord | null,
) {
  const runId = (await messages.find(key))?.runId;
  if (runId === undefined || runId === null) return 'gone';
  await db.lock(lockOf(runId));
  if ((await runs.status(key.organizationId, runId)) === 'running') return 'busy';
  const found = await messages.find(key);
  const changed = found === null ? null : change(found.message);
  if (changed === null) return 'gone';
  const { organizationId, conversationId } = key;
  // The time of a message is that of its insertion, which a change leaves alone.
  await messages.save({ organizationId, conversationId, message: changed, runId, at: new Date(0) });
  return 'changed';
}
