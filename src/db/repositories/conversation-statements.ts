import type { Column, Placeholder } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { and, desc, eq, isNotNull, isNull, ne, sql } from '../drizzle.ts';
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
  /** Where on the channel; null where the channel has no places. */
  readonly place: string | null;
  readonly title: string;
  /** The run that holds the conversation; null while it is free for the next message. */
  readonly activeRunId: string | null;
  /** Since when that run waits for a person; null while it does not. */
  readonly waitingSince: Date | null;
  /** Where text from outside was read in it; null as long as there was none. */
  readonly outsideText: string | null;
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
  /** Where text from outside came in with the message. */
  readonly outsideText: string | null;
  readonly at: Date;
}

interface NewConversation {
  readonly organizationId: string;
  readonly id: string;
  readonly personaId: string;
  readonly actorId: string;
  readonly channel: string;
  readonly place: string | null;
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
    async countWaiting(owner: ConversationOwner): Promise<number> {
      const { organizationId, actorId, waitingSince } = conversations;
      const own = and(eq(organizationId, owner.organizationId), eq(actorId, owner.id), isNotNull(waitingSince));
      const [row] = await db.query.select({ waiting: sql<number>`count(*)` }).from(conversations).where(own);
      return Number(row?.waiting ?? 0);
    },
    async list(owner: ConversationOwner, place: { updatedAt: Date; id: string } | null, limit: number) {
      const { organizationId, actorId, channel, updatedAt, id } = conversations;
      const before =
        place === null
          ? undefined
          : sql`(${updatedAt}, ${id}) < (${sql.param(place.updatedAt, updatedAt)}, ${sql.param(place.id, id)})`;
      // A job's runs are listed with the job.
      const isOwn = and(eq(organizationId, owner.organizationId), eq(actorId, owner.id), ne(channel, 'job'));
      return db.query
        .select()
        .from(conversations)
        .where(and(isOwn, before))
        .orderBy(desc(updatedAt), desc(id))
        .limit(limit);
    },
  };
}

function prepareCreation(db: Database) {
  const { conversations } = db.tables;
  const { at, ...columns } = placeholders(
    'organizationId',
    'id',
    'personaId',
    'actorId',
    'channel',
    'place',
    'title',
    'at',
  );
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
  const bound = placeholders('organizationId', 'actorId', 'id', 'personaId', 'messageId', 'runId', 'outsideText', 'at');
  const knowsMessage = sql`exists (select 1 from ${messages} where ${messages.organizationId} = ${bound.organizationId}
    and ${messages.conversationId} = ${bound.id} and ${messages.id} = ${bound.messageId})`;
  const claim = prepare(
    db,
    'conversations_claim',
    db.query
      .update(conversations)
      .set({
        ...later({ activeRunId: bound.runId, updatedAt: bound.at }),
        outsideText: keepFirst(conversations.outsideText, bound.outsideText),
      })
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
      .returning({ outsideText: conversations.outsideText }),
  );
  return {
    /** One statement, so that of many callers one wins; null for the others. */
    async claim(request: Claim): Promise<{ outsideText: string | null } | null> {
      const [row] = await claim.execute({ ...request });
      return row ?? null;
    },
  };
}

/** What was read from outside stays read: the first place that was told of is kept. */
function keepFirst(column: Column, value: Placeholder) {
  return sql<string | null>`coalesce(${column}, ${value})`;
}

/** The statements below do nothing where another run holds the conversation, or none. */
interface HeldConversation {
  readonly organizationId: string;
  readonly id: string;
  readonly runId: string;
  readonly outsideText: string | null;
  readonly at: Date;
}

function prepareHeld(db: Database) {
  const { conversations } = db.tables;
  const bound = placeholders('organizationId', 'id', 'runId', 'outsideText', 'at');
  const held = and(
    eq(conversations.organizationId, bound.organizationId),
    eq(conversations.id, bound.id),
    eq(conversations.activeRunId, bound.runId),
  );
  const outsideText = keepFirst(conversations.outsideText, bound.outsideText);
  const change = (name: string, set: object) =>
    prepare(
      db,
      name,
      db.query
        .update(conversations)
        .set({ ...later({ updatedAt: bound.at }), outsideText, ...set })
        .where(held),
    );
  const release = change('conversations_release', { activeRunId: sql`null`, waitingSince: sql`null` });
  const touch = change('conversations_touch', {});
  const wait = change('conversations_wait', later({ waitingSince: bound.at }));
  const goOn = prepare(
    db,
    'conversations_go_on',
    db.query
      .update(conversations)
      .set({ ...later({ updatedAt: bound.at }), outsideText, waitingSince: sql`null` })
      .where(held)
      .returning({ ownerId: conversations.actorId }),
  );
  return {
    /** Free for the next message. */
    async release(conversation: HeldConversation): Promise<void> {
      await release.execute({ ...conversation });
    },
    /** Notes activity. */
    async touch(conversation: HeldConversation): Promise<void> {
      await touch.execute({ ...conversation });
    },
    /** Its run waits for a person. */
    async wait(conversation: HeldConversation): Promise<void> {
      await wait.execute({ ...conversation });
    },
    /** Its run has waited. Answers whose it is; null where another run holds it. */
    async goOn(conversation: HeldConversation): Promise<string | null> {
      const [row] = await goOn.execute({ ...conversation });
      return row?.ownerId ?? null;
    },
  };
}
