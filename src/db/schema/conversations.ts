import type { Kit } from './kit.ts';

/** Ids are chosen by clients, so they mean nothing outside their organization. */
export function defineConversations(kit: Kit) {
  return kit.table(
    'conversations',
    {
      organizationId: kit.text().notNull(),
      id: kit.text().notNull(),
      personaId: kit.text().notNull(),
      /** Whose it is: one actor's, or a place's where several people write to it, as a thread in Slack. */
      actorId: kit.text().notNull(),
      channel: kit.text().notNull(),
      /** Where on the channel, e.g. a widget's id; null where the channel has no places. */
      place: kit.text(),
      title: kit.text().notNull(),
      /** The run that holds the conversation; null while it is free for the next message. */
      activeRunId: kit.text(),
      /** Since when the run that holds it waits for a person; null while it does not. */
      waitingSince: kit.time(),
      /** Where text from outside was read in it; null as long as there was none. */
      outsideText: kit.text(),
      createdAt: kit.time().notNull(),
      updatedAt: kit.time().notNull(),
    },
    (table) => [
      kit.primaryKey({ columns: [table.organizationId, table.id] }),
      kit.index('conversations_by_activity').on(table.organizationId, table.actorId, table.updatedAt, table.id),
    ],
  );
}
