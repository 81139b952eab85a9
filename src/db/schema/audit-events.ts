import type { Kit } from './kit.ts';

/** One chain per organization; a trigger refuses every change. */
export function defineAuditEvents(kit: Kit) {
  return kit.table('audit_events', auditEventColumns(kit), (table) => [
    kit.uniqueIndex('audit_events_chain').on(table.organizationId, table.seq),
    kit.index('audit_events_by_day').on(table.organizationId, table.day, table.seq),
    kit.index('audit_events_by_conversation').on(table.organizationId, table.conversationId, table.seq),
    kit.index('audit_events_by_run').on(table.organizationId, table.runId, table.seq),
    kit
      .index('audit_events_by_actor')
      .on(table.organizationId, table.actorId, table.seq, table.action, table.tool, table.personaId),
    kit.index('audit_events_by_persona').on(table.organizationId, table.personaId, table.seq),
    kit.index('audit_events_by_tool').on(table.organizationId, table.tool, table.seq),
    kit.index('audit_events_by_action').on(table.organizationId, table.action, table.seq),
    kit.index('audit_events_by_connection').on(table.organizationId, table.connectionId, table.seq),
    // For filters by two or three of these. Columns after seq spare looking up rows that fail the rest of a filter.
    kit
      .index('audit_events_by_persona_tool')
      .on(table.organizationId, table.personaId, table.tool, table.seq, table.action),
    kit
      .index('audit_events_by_persona_action')
      .on(table.organizationId, table.personaId, table.action, table.seq, table.tool),
    kit
      .index('audit_events_by_tool_action')
      .on(table.organizationId, table.tool, table.action, table.seq, table.personaId),
  ]);
}

function auditEventColumns(kit: Kit) {
  return {
    id: kit.text().primaryKey(),
    organizationId: kit.text().notNull(),
    seq: kit.int().notNull(),
    at: kit.time().notNull(),
    /** The day of `at`, counted from 1970 in UTC: finds the rows of a range of time without reading them. */
    day: kit.int().notNull(),
    action: kit.text().notNull(),
    actorKind: kit.text().notNull(),
    actorId: kit.text().notNull(),
    connectionId: kit.text(),
    personaId: kit.text().notNull(),
    personaVersion: kit.text().notNull(),
    channel: kit.text().notNull(),
    conversationId: kit.text().notNull(),
    runId: kit.text().notNull(),
    callId: kit.text().notNull(),
    tool: kit.text().notNull(),
    code: kit.text(),
    durationMs: kit.int(),
    credits: kit.int().notNull(),
    bodyHash: kit.text().notNull(),
    previousHash: kit.text().notNull(),
    hash: kit.text().notNull(),
  };
}

/** What people and services said. Both columns are null once erased; the event and its chain stay. */
export function defineAuditBodies(kit: Kit) {
  return kit.table('audit_bodies', {
    eventId: kit.text().primaryKey(),
    organizationId: kit.text().notNull(),
    salt: kit.text(),
    /** Canonical JSON, byte for byte what was hashed. */
    body: kit.text(),
  });
}
