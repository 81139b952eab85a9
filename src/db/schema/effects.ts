import type { Kit } from './kit.ts';

export type StoredEffectState = 'intended' | 'sent' | 'succeeded' | 'failed' | 'outcome_unknown' | 'reconciled';
export type StoredSnapshotState = 'held' | 'restoring' | 'restored' | 'erased';

/** One row for every call that changes something, written with its intent; reads have none. */
export function defineEffects(kit: Kit) {
  return kit.table(
    'effects',
    {
      /** The call's id; an undo has one of its own. */
      id: kit.text().primaryKey(),
      organizationId: kit.text().notNull(),
      kind: kit.text<'call' | 'undo'>().notNull(),
      /** For an undo, the call it takes back. */
      undoes: kit.text(),
      state: kit.text<StoredEffectState>().notNull(),
      /** Whether it had its effect: known once it succeeded, failed, or was reconciled. */
      happened: kit.bool(),
      personaId: kit.text().notNull(),
      personaVersion: kit.text().notNull(),
      tool: kit.text().notNull(),
      channel: kit.text().notNull(),
      conversationId: kit.text().notNull(),
      runId: kit.text().notNull(),
      messageId: kit.text().notNull(),
      actorKind: kit.text().notNull(),
      actorId: kit.text().notNull(),
      connectionId: kit.text().notNull(),
      approvalId: kit.text(),
      /** How many records it touches. */
      rows: kit.int().notNull(),
      /** The arguments, encrypted. */
      arguments: kit.text().notNull(),
      code: kit.text(),
      /** The process that has it in hand. */
      processId: kit.text().notNull(),
      intendedAt: kit.time().notNull(),
      sentAt: kit.time(),
      endedAt: kit.time(),
      reconciledAt: kit.time(),
      /** How often its outcome was looked for, and when it is looked for again. */
      tries: kit.int().notNull(),
      nextTryAt: kit.time(),
      /** Set once the conversation shows how it ended. */
      toldAt: kit.time(),
    },
    (table) => [
      kit.index('effects_counted').on(table.organizationId, table.personaId, table.tool, table.intendedAt),
      kit.index('effects_by_state').on(table.state, table.nextTryAt),
      kit.index('effects_of_run').on(table.organizationId, table.runId),
      kit.index('effects_undoing').on(table.organizationId, table.undoes),
    ],
  );
}

/** What a call was about to change, encrypted, so that it can be taken back. */
export function defineSnapshots(kit: Kit, effects: ReturnType<typeof defineEffects>) {
  return kit.table(
    'snapshots',
    {
      callId: kit
        .text()
        .primaryKey()
        .references(() => effects.id, { onDelete: 'cascade' }),
      organizationId: kit.text().notNull(),
      state: kit.text<StoredSnapshotState>().notNull(),
      /** The undo that has it in hand or has used it. */
      undoId: kit.text(),
      /** Null once it has expired. */
      body: kit.text(),
      expiresAt: kit.time().notNull(),
      createdAt: kit.time().notNull(),
    },
    (table) => [
      kit.index('snapshots_by_expiry').on(table.expiresAt),
      kit.index('snapshots_by_organization').on(table.organizationId),
    ],
  );
}

/** Processes of the service that are at work, so that what a lost one left behind is found. */
export function defineProcesses(kit: Kit) {
  return kit.table('processes', {
    id: kit.text().primaryKey(),
    host: kit.text().notNull(),
    pid: kit.int().notNull(),
    seenAt: kit.time().notNull(),
  });
}
