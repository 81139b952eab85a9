import type { Database } from '../database.ts';
import { and, desc, eq, isNotNull, isNull, sql } from '../drizzle.ts';
import { later, placeholders, prepare } from '../prepare.ts';
import { storableText } from '../storable-text.ts';

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

export interface Claim {
  readonly organizationId: string;
  readonly actorId: string;
  readonly id: string;
  readonly personaId: string;
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

/** The statements of conversations, to be put together into transactions. */
export type ConversationStatements = ReturnType<typeof prepareConversations>;

export function prepareConversations(db: Database) {
  const { conversations } = db.tables;
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
    ...prepareCreation(db),
    ...prepareClaim(db),
    ...prepareHeld(db),
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

function prepareCreation(db: Database) {
  const { conversations } = db.tables;
  const { at, ...columns } = placeholders('organizationId', 'id', 'personaId', 'actorId', 'channel', 'title', 'at');
  const create = prepare(
    db,
    'conversations_create',
    db.query
      .insert(conversations)
      .values({ ...columns, activeRunId: null, createdAt: at, updatedAt: at })
      .onConflictDoNothing({ target: [conversations.organizationId, conversations.id] }),
  );
  return {
    /** Leaves a conversation that is there as it is, whoever's it is. */
    async create(conversation: NewConversation): Promise<void> {
      await create.execute({ ...conversation, title: storableText(conversation.title) });
    },
  };
}

function prepareClaim(db: Database) {
  const { conversations, messages } = db.tables;
  const bound = placeholders('organizationId', 'actorId', 'id', 'personaId', 'messageId', 'runId', 'at');
  const knowsMessage = sql`exists (select 1 from ${messages} where ${messages.organizationId} = ${bound.organizationId}
    and ${messages.conversationId} = ${bound.id} and ${messages.id} = ${bound.messageId})`;
  const claim = prepare(
    db,
    'conversations_claim',
    db.query
      .update(conversations)
      .set(later({ activeRunId: bound.runId, updatedAt: bound.at }))
      .where(
        and(
          eq(conversations.organizationId, bound.organizationId),
          eq(conversations.id, bound.id),
          eq(conversations.actorId, bound.actorId),
          eq(conversations.personaId, bound.personaId),
          isNull(conversations.activeRunId),
          sql`not ${knowsMessage}`,
        ),
      )
      .returning({ id: conversations.id }),
  );
  return {
    /** One statement, so that of many callers one wins. */
    async claim(request: Claim): Promise<boolean> {
      return (await claim.execute({ ...request })).length > 0;
    },
  };
}

interface HeldConversation {
  readonly organizationId: string;
  readonly id: string;
  readonly at: Date;
}

function prepareHeld(db: Database) {
  const { conversations } = db.tables;
  const bound = placeholders('organizationId', 'id', 'runId', 'at');
  const here = and(eq(conversations.organizationId, bound.organizationId), eq(conversations.id, bound.id));
  const release = prepare(
    db,
    'conversations_release',
    db.query
      .update(conversations)
      .set(later({ activeRunId: null, updatedAt: bound.at }))
      .where(and(here, eq(conversations.activeRunId, bound.runId))),
  );
  const touch = prepare(
    db,
    'conversations_touch',
    db.query
      .update(conversations)
      .set(later({ updatedAt: bound.at }))
      .where(and(here, isNotNull(conversations.activeRunId)))
      .returning({ runId: conversations.activeRunId }),
  );
  return {
    async release(held: HeldConversation & { readonly runId: string }): Promise<void> {
      await release.execute({ ...held });
    },
    /** Notes activity; gives the run that holds the conversation, or null. */
    async touch(held: HeldConversation): Promise<string | null> {
      const [row] = await touch.execute({ ...held });
      return row?.runId ?? null;
    },
  };
}
