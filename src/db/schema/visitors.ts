import type { defineUsers } from './accounts.ts';
import type { Kit } from './kit.ts';

/** Where somebody came from who is no member: a widget on a web site, or a Slack workspace. */
export type StoredOutsideKind = 'widget' | 'slack';

/** People who write to personas without belonging to the organization. */
export function defineVisitors(kit: Kit) {
  return kit.table(
    'visitors',
    {
      organizationId: kit.text().notNull(),
      /** What runs and audit events carry as their actor. */
      id: kit.text().notNull(),
      kind: kit.text<StoredOutsideKind>().notNull(),
      /** The widget's id, or the id of the workspace's connection. */
      place: kit.text().notNull(),
      /** Who it is there: an id we gave, the customer's own (`sub`), or Slack's. */
      external: kit.text().notNull(),
      /** Whether the customer's server, or Slack, has said who it is. */
      identified: kit.bool().notNull(),
      name: kit.text().notNull(),
      firstSeenAt: kit.time().notNull(),
      lastSeenAt: kit.time().notNull(),
    },
    (table) => [
      kit.primaryKey({ columns: [table.organizationId, table.id] }),
      kit
        .uniqueIndex('visitors_once')
        .on(table.organizationId, table.kind, table.place, table.identified, table.external),
    ],
  );
}

/** How many messages a visitor or a whole widget has sent on a day in UTC. */
export function defineMessageCounts(kit: Kit) {
  return kit.table(
    'message_counts',
    {
      organizationId: kit.text().notNull(),
      /** A visitor's or a widget's id. */
      subject: kit.text().notNull(),
      /** `2026-01-31` */
      day: kit.text().notNull(),
      messages: kit.int().notNull(),
    },
    (table) => [kit.primaryKey({ columns: [table.organizationId, table.subject, table.day] })],
  );
}

/** Somebody outside who has proved to be a member: what they write is done on that member's behalf. */
export function defineOutsideLinks(kit: Kit, users: ReturnType<typeof defineUsers>) {
  return kit.table(
    'outside_links',
    {
      organizationId: kit.text().notNull(),
      id: kit.text().notNull(),
      kind: kit.text<StoredOutsideKind>().notNull(),
      place: kit.text().notNull(),
      external: kit.text().notNull(),
      /** As it was called there when it was linked, for people. */
      name: kit.text().notNull(),
      userId: kit
        .text()
        .notNull()
        .references(() => users.id, { onDelete: 'cascade' }),
      createdAt: kit.time().notNull(),
      lastUsedAt: kit.time(),
    },
    (table) => [
      kit.primaryKey({ columns: [table.organizationId, table.id] }),
      kit.uniqueIndex('outside_links_once').on(table.organizationId, table.kind, table.place, table.external),
      kit.index('outside_links_by_user').on(table.organizationId, table.userId),
    ],
  );
}

/** Codes a member gets in the console and types where they want to be known. Used once. */
export function defineLinkCodes(kit: Kit, users: ReturnType<typeof defineUsers>) {
  return kit.table('link_codes', {
    /** Of the code; the code itself is nowhere. */
    codeHash: kit.text().primaryKey(),
    organizationId: kit.text().notNull(),
    userId: kit
      .text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    expiresAt: kit.time().notNull(),
  });
}
