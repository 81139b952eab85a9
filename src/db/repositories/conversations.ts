import type { Database } from '../database.ts';
import { and, desc, eq, isNull, sql } from '../drizzle.ts';
import { placeholders, prepare } from '../prepare.ts';
import { storableText } from '../storable-text.ts';
import { withStorageErrors } from '../storage-error.ts';
import { type MessageRecord, prepareMessages } from './messages.ts';
import { prepareRuns, type RunOutcome } from './runs.ts';

/** Whose conversations. A conversation of anyone else is answered as if it were not there, and never written. */
export interface ConversationOwner {
  readonly organizationId: string;
  readonly id: string;
}

export interface ConversationRecord {
  readonly organizationId: string;
  readonly id: string;
  readonly personaId: string;
  readonly actorId: string;
  readonly channel: string;
  readonly title: string;
  /** The run that holds the conversation; null while it is free for the next message. */
  readonly activeRunId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

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
  startRun(start: RunStartRecord<Message>): Promise<'started' | 'busy' | 'duplicate_message' | 'not_yours'>;
  /** One transaction: answer, end of the run, conversation free again. Does nothing when the run has already ended. */
  finishRun(finish: RunFinishRecord<Message>): Promise<void>;
}

/** `Message` is the caller's own type for what it stores; it comes back as it went in. */
export function createConversationRepository<Message extends MessageRecord = MessageRecord>(
  db: Database,
  clock: () => Date = () => new Date(),
): ConversationRepository<Message> {
  const conversations = prepareConversations(db);
  const messages = prepareMessages(db);
  const runs = prepareRuns(db);

  async function whyNot(claim: Claim): Promise<'busy' | 'duplicate_message' | 'not_yours'> {
    const { organizationId, actorId, id, messageId } = claim;
    if ((await conversations.find({ organizationId, id: actorId }, id)) === null) return 'not_yours';
    const isKnown = await messages.exists({ organizationId, conversationId: id, id: messageId });
    return isKnown ? 'duplicate_message' : 'busy';
  }

  const repository: ConversationRepository<Message> = {
    find: conversations.find,
    list: conversations.list,
    async messages(organizationId, conversationId) {
      return (await messages.list(organizationId, conversationId)) as Message[];
    },
    saveAnswer: (organizationId, conversationId, answer) =>
      db.transaction(async () => {
        const at = clock();
        const runId = await conversations.touch({ organizationId, id: conversationId, at });
        if (runId !== null) await messages.save({ organizationId, conversationId, message: answer, runId, at });
      }),
    startRun: (start) =>
      db.transaction(async () => {
        const { actor, conversation, message, run } = start;
        const { organizationId } = actor;
        const { id: conversationId, channel } = conversation;
        const at = clock();
        const claim = { organizationId, actorId: actor.id, id: conversationId, messageId: message.id, runId: run.id, at };
        await conversations.create({ ...conversation, organizationId, actorId: actor.id, at });
        if (!(await conversations.claim(claim))) return whyNot(claim);
        await messages.insert({ organizationId, conversationId, message, runId: null, at });
        await runs.start({ ...run, organizationId, conversationId, channel, actorKind: actor.kind, actorId: actor.id, at });
        return 'started';
      }),
    finishRun: (finish) =>
      db.transaction(async () => {
        const { organizationId, conversationId, runId, answer, end } = finish;
        const at = clock();
        if (!(await runs.end({ organizationId, runId, end, at }))) return;
        await messages.save({ organizationId, conversationId, message: answer, runId, at });
        await conversations.release({ organizationId, id: conversationId, runId, at });
      }),
  };
  return withStorageErrors(repository);
}

interface Claim {
  readonly organizationId: string;
  readonly actorId: string;
  readonly id: string;
  /** The claim fails when the conversation already holds this message. */
  readonly messageId: string;
  readonly runId: string;
  readonly at: Date;
}

interface NewConversation {
  readonly organizationId: string;
  readonly id: string;
  readonly personaId: string;
  readonly actorId: string;
  readonly channel: string;
  readonly title: string;
  readonly at: Date;
}

function prepareConversations(db: Database) {
  const { conversations } = db.tables;
  const writes = prepareConversationWrites(db);
  const bound = placeholders('organizationId', 'actorId', 'id');
  const find = prepare(
    db,
    'conversations_find',
    db.query
      .select()
      .from(conversations)
      .where(
        and(
          eq(conversations.organizationId, bound.organizationId),
          eq(conversations.actorId, bound.actorId),
          eq(conversations.id, bound.id),
        ),
      ),
  );
  return {
    ...writes,
    async find(owner: ConversationOwner, id: string): Promise<ConversationRecord | null> {
      const [row] = await find.execute({ organizationId: owner.organizationId, actorId: owner.id, id });
      return row ?? null;
    },
    async list(owner: ConversationOwner, place: { updatedAt: Date; id: string } | null, limit: number) {
      const { updatedAt, id } = conversations;
      const before =
        place === null
          ? undefined
          : sql`(${updatedAt}, ${id}) < (${sql.param(place.updatedAt, updatedAt)}, ${sql.param(place.id, id)})`;
      return db.query
        .select()
        .from(conversations)
        .where(and(eq(conversations.organizationId, owner.organizationId), eq(conversations.actorId, owner.id), before))
        .orderBy(desc(updatedAt), desc(id))
        .limit(limit);
    },
  };
}

function prepareConversationWrites(db: Database) {
  const { conversations, messages } = db.tables;
  const bound = placeholders('organizationId', 'actorId', 'id', 'messageId', 'runId', 'at');
  const columns = placeholders('organizationId', 'id', 'personaId', 'actorId', 'channel', 'title');
  const here = and(eq(conversations.organizationId, bound.organizationId), eq(conversations.id, bound.id));
  const held = { activeRunId: conversations.activeRunId };
  const knowsMessage = sql`exists (select 1 from ${messages} where ${messages.organizationId} = ${bound.organizationId}
    and ${messages.conversationId} = ${bound.id} and ${messages.id} = ${bound.messageId})`;

  const create = prepare(
    db,
    'conversations_create',
    db.query
      .insert(conversations)
      .values({ ...columns, activeRunId: null, createdAt: bound.at, updatedAt: bound.at })
      .onConflictDoNothing({ target: [conversations.organizationId, conversations.id] }),
  );
  const claim = prepare(
    db,
    'conversations_claim',
    db.query
      .update(conversations)
      .set({ activeRunId: bound.runId as never, updatedAt: bound.at as never })
      .where(
        and(here, eq(conversations.actorId, bound.actorId), isNull(conversations.activeRunId), sql`not ${knowsMessage}`),
      )
      .returning(held),
  );
  const release = prepare(
    db,
    'conversations_release',
    db.query
      .update(conversations)
      .set({ activeRunId: null, updatedAt: bound.at as never })
      .where(and(here, eq(conversations.activeRunId, bound.runId))),
  );
  const touch = prepare(
    db,
    'conversations_touch',
    db.query
      .update(conversations)
      .set({ updatedAt: bound.at as never })
      .where(and(here, sql`${conversations.activeRunId} is not null`))
      .returning(held),
  );

  return {
    async create(conversation: NewConversation): Promise<void> {
      await create.execute({ ...conversation, title: storableText(conversation.title) });
    },
    async claim(request: Claim): Promise<boolean> {
      return (await claim.execute({ ...request })).length > 0;
    },
    async release(key: { organizationId: string; id: string; runId: string; at: Date }): Promise<void> {
      await release.execute(key);
    },
    /** The run that holds the conversation, or null. */
    async touch(key: { organizationId: string; id: string; at: Date }): Promise<string | null> {
      const [row] = await touch.execute(key);
      return row?.activeRunId ?? null;
    },
  };
}
