import type { Kit } from './kit.ts';

/** What callers have asked for under a key of their own choice: the same key again is the same call. */
export function defineIdempotencyKeys(kit: Kit) {
  return kit.table(
    'idempotency_keys',
    {
      organizationId: kit.text().notNull(),
      actorId: kit.text().notNull(),
      keyHash: kit.text().notNull(),
      /** Over everything that was asked for. */
      requestHash: kit.text().notNull(),
      conversationId: kit.text().notNull(),
      messageId: kit.text().notNull(),
      createdAt: kit.time().notNull(),
    },
    (table) => [
      kit.primaryKey({ columns: [table.organizationId, table.actorId, table.keyHash] }),
      kit.index('idempotency_keys_by_age').on(table.createdAt),
    ],
  );
}

/** Which conversation a history belongs to that a client without conversation ids sends along. */
export function defineCompletionThreads(kit: Kit) {
  return kit.table(
    'completion_threads',
    {
      organizationId: kit.text().notNull(),
      actorId: kit.text().notNull(),
      historyHash: kit.text().notNull(),
      conversationId: kit.text().notNull(),
      createdAt: kit.time().notNull(),
    },
    (table) => [
      kit.primaryKey({ columns: [table.organizationId, table.actorId, table.historyHash] }),
      kit.index('completion_threads_by_age').on(table.createdAt),
    ],
  );
}
