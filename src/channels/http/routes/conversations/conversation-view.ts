import type { ConversationView } from '../../contract/conversations.ts';

export interface ConversationRow {
  readonly id: string;
  readonly personaId: string;
  readonly title: string;
  readonly activeRunId: string | null;
  readonly waitingSince: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function presentConversation(row: ConversationRow): ConversationView {
  return {
    id: row.id,
    personaId: row.personaId,
    title: row.title,
    running: isRunning(row),
    waiting: row.waitingSince !== null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** A run that waits for a person holds its conversation and is not at work. */
export function isRunning({
  activeRunId,
  waitingSince,
}: Pick<ConversationRow, 'activeRunId' | 'waitingSince'>): boolean {
  return activeRunId !== null && waitingSince === null;
}
