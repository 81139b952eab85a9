import type { Database } from '../database.ts';
import { withStorageErrors } from '../storage-error.ts';
import {
  type Claim,
  type ConversationOwner,
  type ConversationRecord,
  type ConversationStatements,
  prepareConversations,
} from './conversation-statements.ts';
import { type MessageRecord, type MessageStatements, prepareMessages } from './messages.ts';
import { prepareRuns, type RunOutcome, type RunStatements } from './runs.ts';

export interface RunStartRecord<Message extends MessageRecord> {
  readonly actor: ConversationOwner & { readonly kind: string };
  readonly conversation: {
    readonly id: string;
    readonly personaId: string;
    readonly channel: string;
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
}

export interface RunFinishRecord<Message extends MessageRecord> {
  readonly organizationId: string;
  readonly conversationId: string;
  readonly runId: string;
  readonly answer: Message;
  readonly end: RunOutcome;
}

export interface ConversationRepository<Message extends MessageRecord> {
  find(owner: ConversationOwner, conversationId: string): Promise<ConversationRecord | null>;
  /** Newest activity first; `place` is the last row of the page before. */
  list(
    owner: ConversationOwner,
    place: { readonly updatedAt: Date; readonly id: string } | null,
    limit: number,
  ): Promise<ConversationRecord[]>;
  /** All messages in their order. */
  messages(organizationId: string, conversationId: string): Promise<Message[]>;
  /** Inserts or replaces the answer of the run that holds the conversation. Without such a run it does nothing. */
  saveAnswer(organizationId: string, conversationId: string, answer: Message): Promise<void>;
  /** One transaction: the conversation exists, is claimed by this run, and holds the message. */
  startRun(
    start: RunStartRecord<Message>,
  ): Promise<'started' | 'busy' | 'duplicate_message' | 'other_persona' | 'not_yours'>;
  /** One transaction: answer, end of the run, conversation free again. Does nothing when the run has already ended. */
  finishRun(finish: RunFinishRecord<Message>): Promise<void>;
}

/** `Message` is the caller's own type for what it stores; it comes back as it went in. */
export function createConversationRepository<Message extends MessageRecord = MessageRecord>(
  db: Database,
  clock: () => Date = () => new Date(),
): ConversationRepository<Message> {
  const parts = { conversations: prepareConversations(db), messages: prepareMessages(db), runs: prepareRuns(db) };
  const { conversations, messages } = parts;

  const repository: ConversationRepository<Message> = {
    find: (owner, conversationId) => conversations.find(owner, conversationId),
    list: (owner, place, limit) => conversations.list(owner, place, limit),
    async messages(organizationId, conversationId) {
      return (await messages.list(organizationId, conversationId)) as Message[];
    },
    saveAnswer: (organizationId, conversationId, answer) =>
      db.transaction(async () => {
        const at = clock();
        const runId = await conversations.touch({ organizationId, id: conversationId, at });
        if (runId !== null) await messages.save({ organizationId, conversationId, message: answer, runId, at });
      }),
    startRun: (start) => db.transaction(() => startRun(parts, start, clock())),
    finishRun: (finish) => db.transaction(() => finishRun(parts, finish, clock())),
  };
  return withStorageErrors(repository);
}

interface Parts {
  readonly conversations: ConversationStatements;
  readonly messages: MessageStatements;
  readonly runs: RunStatements;
}

async function startRun(parts: Parts, start: RunStartRecord<MessageRecord>, at: Date) {
  const { conversations, messages, runs } = parts;
  const { actor, conversation, message, run } = start;
  const { organizationId, id: actorId } = actor;
  const { id: conversationId, channel } = conversation;
  const { personaId } = conversation;
  const claim = { organizationId, actorId, id: conversationId, personaId, messageId: message.id, runId: run.id, at };
  await conversations.create({ ...conversation, organizationId, actorId, at });
  if (!(await conversations.claim(claim))) return whyNotClaimed(parts, claim);
  await messages.insert({ organizationId, conversationId, message, runId: null, at });
  await runs.start({ ...run, organizationId, conversationId, channel, actorKind: actor.kind, actorId, at });
  return 'started';
}

async function whyNotClaimed({ conversations, messages }: Parts, claim: Claim) {
  const { organizationId, actorId, id, messageId, personaId } = claim;
  const there = await conversations.find({ organizationId, id: actorId }, id);
  if (there === null) return 'not_yours';
  if (there.personaId !== personaId) return 'other_persona';
  const isKnown = await messages.exists({ organizationId, conversationId: id, id: messageId });
  return isKnown ? 'duplicate_message' : 'busy';
}

async function finishRun(parts: Parts, finish: RunFinishRecord<MessageRecord>, at: Date): Promise<void> {
  const { organizationId, conversationId, runId, answer, end } = finish;
  if (!(await parts.runs.end({ organizationId, runId, end, at }))) return;
  await parts.messages.save({ organizationId, conversationId, message: answer, runId, at });
  await parts.conversations.release({ organizationId, id: conversationId, runId, at });
}
