import type { defineConversations } from './conversations.ts';
import type { Kit } from './kit.ts';

export type StoredApprovalKind = 'call' | 'budget' | 'undo';
export type StoredApprovalStatus =
  | 'pending'
  | 'approved'
  | 'denied'
  | 'expired'
  | 'withdrawn'
  | 'replaced'
  | 'void'
  | 'used';

/** A question that waits for a person. What is asked is encrypted in `body`; `hash` is over exactly that. */
export function defineApprovals(kit: Kit, conversations: ReturnType<typeof defineConversations>) {
  return kit.table(
    'approvals',
    {
      id: kit.text().primaryKey(),
      organizationId: kit.text().notNull(),
      kind: kit.text<StoredApprovalKind>().notNull(),
      status: kit.text<StoredApprovalStatus>().notNull(),
      conversationId: kit.text().notNull(),
      runId: kit.text().notNull(),
      /** The call that is asked about; for an undo the call it takes back; empty for a budget of the whole run. */
      callId: kit.text().notNull(),
      personaId: kit.text().notNull(),
      personaVersion: kit.text().notNull(),
      channel: kit.text().notNull(),
      tool: kit.text(),
      /** The connection the call would act as; approvals fall when it is revoked. */
      connectionId: kit.text(),
      /** The person on whose behalf it is asked. */
      requesterId: kit.text().notNull(),
      /** Who changed the arguments that are asked about now; null where nobody did. */
      editorId: kit.text(),
      body: kit.text().notNull(),
      hash: kit.text().notNull(),
      /** Ids of the people who alone may decide; null where the roles say who may. */
      approvers: kit.json<readonly string[]>(),
      fourEyes: kit.bool().notNull(),
      /** Only who may raise the limits of effects may decide. */
      managersOnly: kit.bool().notNull(),
      expiresAt: kit.time().notNull(),
      remindAt: kit.time(),
      decidedBy: kit.text(),
      decidedAt: kit.time(),
      reason: kit.text(),
      /** For a budget: how many more. */
      more: kit.int(),
      /** The approval that took this one's place when the arguments were changed. */
      replacedBy: kit.text(),
      createdAt: kit.time().notNull(),
      changedAt: kit.time().notNull(),
    },
    (table) => [
      kit.index('approvals_by_status').on(table.organizationId, table.status, table.createdAt, table.id),
      kit.index('approvals_due').on(table.status, table.expiresAt),
      kit.index('approvals_of_run').on(table.organizationId, table.runId),
      kit.index('approvals_of_connection').on(table.organizationId, table.connectionId, table.status),
      kit.index('approvals_by_change').on(table.organizationId, table.changedAt),
      kit
        .foreignKey({
          columns: [table.organizationId, table.conversationId],
          foreignColumns: [conversations.organizationId, conversations.id],
          name: 'approvals_conversation',
        })
        .onDelete('cascade'),
    ],
  );
}
