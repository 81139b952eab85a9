import type { defineConversations } from './conversations.ts';
import type { Kit } from './kit.ts';

export type StoredRunStatus =
  | 'running'
  | 'waiting'
  | 'succeeded'
  | 'stopped'
  | 'failed'
  | 'interrupted'
  | 'budget_exceeded';

export function defineRuns(kit: Kit, conversations: ReturnType<typeof defineConversations>) {
  return kit.table(
    'runs',
    {
      id: kit.text().primaryKey(),
      organizationId: kit.text().notNull(),
      conversationId: kit.text().notNull(),
      /** The id of the message the run writes. */
      messageId: kit.text().notNull(),
      personaId: kit.text().notNull(),
      personaVersion: kit.text().notNull(),
      model: kit.text().notNull(),
      channel: kit.text().notNull(),
      /** Where on the channel; null where the channel has no places. */
      place: kit.text(),
      actorKind: kit.text().notNull(),
      actorId: kit.text().notNull(),
      status: kit.text<StoredRunStatus>().notNull(),
      /** Plain words on why the run did not end well. */
      notice: kit.text(),
      steps: kit.int().notNull(),
      inputTokens: kit.int().notNull(),
      outputTokens: kit.int().notNull(),
      startedAt: kit.time().notNull(),
      endedAt: kit.time(),
      /** The process that works on it; null while it waits for a person. */
      processId: kit.text(),
      /** All that is needed to go on, while it waits for a person. */
      checkpoint: kit.json<object>(),
      /** The job's run that started it; null where no job has. */
      jobRunId: kit.text(),
      /** Changes nothing: what would be changed is planned and told. Null as false. */
      trial: kit.bool(),
      /** Where text from outside was read in it; null as long as there was none. */
      outsideText: kit.text(),
    },
    (table) => [
      kit.index('runs_by_status').on(table.status, table.startedAt),
      kit.index('runs_by_actor').on(table.organizationId, table.actorId, table.startedAt),
      kit.index('runs_by_place').on(table.organizationId, table.place, table.startedAt),
      kit.index('runs_of_conversation').on(table.organizationId, table.conversationId, table.startedAt),
      kit
        .foreignKey({
          columns: [table.organizationId, table.conversationId],
          foreignColumns: [conversations.organizationId, conversations.id],
          name: 'runs_conversation',
        })
        .onDelete('cascade'),
    ],
  );
}
