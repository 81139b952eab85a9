import type { Database } from '../database.ts';
import { and, desc, eq, isNotNull } from '../drizzle.ts';
import { withStorageErrors } from '../storage-error.ts';
import type { ConversationRecord } from './conversation-statements.ts';

/** Whose conversations, and on which widget. */
export interface WidgetThreads {
  readonly organizationId: string;
  readonly actorId: string;
  readonly widgetId: string;
}

export interface WidgetConversationRepository {
  /** The one with the newest activity, with this persona; null where there is none. */
  newest(of: WidgetThreads, personaId: string): Promise<ConversationRecord | null>;
  /** The newest answer in the conversation with the newest activity. */
  lastAnswer(of: WidgetThreads): Promise<{ readonly id: string; readonly at: Date } | null>;
}

export function createWidgetConversationRepository(db: Database): WidgetConversationRepository {
  const { conversations, messages } = db.tables;
  const ofActor = ({ organizationId, actorId, widgetId }: WidgetThreads) =>
    and(
      eq(conversations.organizationId, organizationId),
      eq(conversations.actorId, actorId),
      eq(conversations.channel, 'widget'),
      eq(conversations.place, widgetId),
    );
  return withStorageErrors<WidgetConversationRepository>({
    async newest(of, personaId) {
      const [row] = await db.query
        .select()
        .from(conversations)
        .where(and(ofActor(of), eq(conversations.personaId, personaId)))
        .orderBy(desc(conversations.updatedAt), desc(conversations.id))
        .limit(1);
      return row ?? null;
    },
    async lastAnswer(of) {
      const [row] = await db.query
        .select({ id: messages.id, at: messages.createdAt })
        .from(conversations)
        .innerJoin(
          messages,
          and(eq(messages.organizationId, conversations.organizationId), eq(messages.conversationId, conversations.id)),
        )
        .where(and(ofActor(of), isNotNull(messages.runId)))
        .orderBy(desc(conversations.updatedAt), desc(conversations.id), desc(messages.seq))
        .limit(1);
      return row ?? null;
    },
  });
}
