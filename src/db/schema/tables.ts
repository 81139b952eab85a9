import { defineAuditBodies, defineAuditEvents } from './audit-events.ts';
import { defineConversations } from './conversations.ts';
import type { Kit } from './kit.ts';
import { defineMessages } from './messages.ts';
import { definePersonaVersions } from './persona-versions.ts';
import { defineRuns } from './runs.ts';

/** Every table, declared once for both dialects. */
export function defineTables(kit: Kit) {
  const conversations = defineConversations(kit);
  return {
    conversations,
    messages: defineMessages(kit, conversations),
    runs: defineRuns(kit, conversations),
    personaVersions: definePersonaVersions(kit),
    auditEvents: defineAuditEvents(kit),
    auditBodies: defineAuditBodies(kit),
  };
}

export type Tables = ReturnType<typeof defineTables>;
