import type { defineConversations } from './conversations.ts';
import type { Kit } from './kit.ts';

export function defineMessages(kit: Kit, conversations: ReturnType<typeof defineConversations>) {
  return kit.table(
    'messages',
    {
      organizationId: kit.text().notNull(),
      conversationId: kit.text().notNull(),
      id: kit.text().notNull(),
      /** Counts from 1 within the conversation. */
      seq: kit.int().notNull(),
      role: kit.text<'user' | 'assistant'>().notNull(),
      parts: kit.json<readonly unknown[]>().notNull(),
      metadata: kit.json<object>(),
      /** The run that wrote the message; null on messages of people. */
      runId: kit.text(),
      createdAt: kit.time().notNull(),
    },
    (table) => [
      kit.primaryKey({ columns: [table.organizationId, table.conversationId, table.id] }),
      kit.uniqueIndex('messages_in_order').on(table.organizationId, table.conversationId, table.seq),
      kit
        .foreignKey({
          columns: [table.organizationId, table.conversationId],
          foreignColumns: [conversations.organizationId, conversations.id],
          name: 'messages_conversation',
        })
        .onDelete('cascade'),
    ],
  );
}
