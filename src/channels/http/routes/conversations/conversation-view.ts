import type { ConversationView } from '../../contract/conversations.ts';

export interface ConversationRow {
  readonly id: string;
  readonly personaId: string;
  readonly title: string;
  readonly activeRunId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function presentConversation(row: ConversationRow): ConversationView {
  return {
    id: row.id,
    personaId: row.personaId,
    title: row.title,
    running: row.activeRunId !== null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
