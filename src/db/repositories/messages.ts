import type { Database } from '../database.ts';
import { and, asc, eq, sql } from '../drizzle.ts';
import { placeholders, prepare } from '../prepare.ts';

/** A message as callers see it. What is in `parts` and `metadata` is theirs; the order of keys is kept. */
export interface MessageRecord {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly parts: readonly unknown[];
  readonly metadata: object | null;
}

export interface MessageToStore {
  readonly organizationId: string;
  readonly conversationId: string;
  readonly message: MessageRecord;
  /** The run that wrote it; null for messages of people. */
  readonly runId: string | null;
  readonly at: Date;
}

export interface MessageStatements {
  /** At the end of the conversation. A message of the same id is a unique violation. */
  insert(message: MessageToStore): Promise<void>;
  /** Inserts at the end, or replaces parts and metadata of the message with this id. */
  save(message: MessageToStore): Promise<void>;
  exists(key: MessageKey): Promise<boolean>;
  find(key: MessageKey): Promise<{ readonly message: MessageRecord; readonly runId: string | null } | null>;
  list(organizationId: string, conversationId: string): Promise<MessageRecord[]>;
}

export interface MessageKey {
  readonly organizationId: string;
  readonly conversationId: string;
  readonly id: string;
}

const columns = ['organizationId', 'conversationId', 'id', 'role', 'parts', 'metadata', 'runId', 'createdAt'] as const;

function prepareStatements(db: Database) {
  const { messages } = db.tables;
  const bound = placeholders(...columns);
  const key = [messages.organizationId, messages.conversationId, messages.id];
  const ofConversation = and(
    eq(messages.organizationId, bound.organizationId),
    eq(messages.conversationId, bound.conversationId),
  );
  const nextSeq = sql<number>`(select coalesce(max(${messages.seq}), 0) + 1 from ${messages} where ${ofConversation})`;
  const insertion = () => db.query.insert(messages).values({ ...bound, seq: nextSeq });

  const save = prepare(
    db,
    'messages_save',
    insertion().onConflictDoUpdate({
      target: key,
      set: { parts: sql`excluded.parts`, metadata: sql`excluded.metadata` },
    }),
  );
  const exists = prepare(
    db,
    'messages_exists',
    db.query
      .select({ id: messages.id })
      .from(messages)
      .where(and(ofConversation, eq(messages.id, bound.id))),
  );
  const { id, role, parts, metadata, runId } = messages;
  const find = prepare(
    db,
    'messages_find',
    db.query
      .select({ id, role, parts, metadata, runId })
      .from(messages)
      .where(and(ofConversation, eq(messages.id, bound.id))),
  );
  const list = prepare(
    db,
    'messages_list',
    db.query.select({ id, role, parts, metadata }).from(messages).where(ofConversation).orderBy(asc(messages.seq)),
  );

  return { insert: prepare(db, 'messages_insert', insertion()), save, exists, find, list };
}

export function prepareMessages(db: Database): MessageStatements {
  const { insert, save, exists, find, list } = prepareStatements(db);
  return {
    async insert(message) {
      await insert.execute(bindings(message));
    },
    async save(message) {
      await save.execute(bindings(message));
    },
    async exists(messageKey) {
      return (await exists.execute({ ...messageKey })).length > 0;
    },
    async find(messageKey) {
      const [row] = await find.execute({ ...messageKey });
      if (row === undefined) return null;
      const { runId, ...message } = row;
      return { message, runId };
    },
    list: (organizationId, conversationId) => list.execute({ organizationId, conversationId }),
  };
}

function bindings(stored: MessageToStore): Record<string, unknown> {
  const { organizationId, conversationId, message, runId, at } = stored;
  const { id, role, parts, metadata } = message;
  return { organizationId, conversationId, id, role, parts, metadata, runId, createdAt: at };
}
