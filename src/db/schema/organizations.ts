import type { defineUsers } from './accounts.ts';
import type { Kit } from './kit.ts';

type Users = ReturnType<typeof defineUsers>;

/** The tenants. */
export function defineOrganizations(kit: Kit) {
  return kit.table('organizations', {
    id: kit.text().primaryKey(),
    name: kit.text().notNull(),
    /** The organization that comes with the service, filled with samples on the stand-ins. */
    isDemo: kit.bool().notNull().default(false),
    createdAt: kit.time().notNull(),
  });
}

type Organizations = ReturnType<typeof defineOrganizations>;

export function defineMembers(kit: Kit, users: Users, organizations: Organizations) {
  return kit.table(
    'members',
    {
      id: kit.text().primaryKey(),
      organizationId: kit
        .text()
        .notNull()
        .references(() => organizations.id, { onDelete: 'cascade' }),
      userId: kit
        .text()
        .notNull()
        .references(() => users.id, { onDelete: 'cascade' }),
      role: kit.text<'owner' | 'admin' | 'member' | 'auditor'>().notNull(),
      /** When the person last chose to work in the organization, or joined it: where a new session begins. */
      chosenAt: kit.time().notNull(),
      createdAt: kit.time().notNull(),
    },
    (table) => [
      kit.uniqueIndex('members_once').on(table.organizationId, table.userId),
      kit.index('members_by_user').on(table.userId),
    ],
  );
}

export function defineInvitations(kit: Kit, users: Users, organizations: Organizations) {
  return kit.table(
    'invitations',
    {
      id: kit.text().primaryKey(),
      organizationId: kit
        .text()
        .notNull()
        .references(() => organizations.id, { onDelete: 'cascade' }),
      email: kit.text().notNull(),
      role: kit.text<'owner' | 'admin' | 'member' | 'auditor'>().notNull(),
      status: kit.text<'pending' | 'accepted' | 'withdrawn'>().notNull(),
      inviterId: kit
        .text()
        .notNull()
        .references(() => users.id, { onDelete: 'cascade' }),
      /** Of the token in the link; the token itself is nowhere. */
      tokenHash: kit.text().notNull(),
      expiresAt: kit.time().notNull(),
      createdAt: kit.time().notNull(),
    },
    (table) => [
      kit.uniqueIndex('invitations_by_token').on(table.tokenHash),
      kit.index('invitations_by_organization').on(table.organizationId, table.status, table.createdAt),
    ],
  );
}

/** Only the hash of a key is kept. A key acts as the person who made it, within its scopes. */
export function defineApiKeys(kit: Kit, users: Users, organizations: Organizations) {
  return kit.table(
    'api_keys',
    {
      id: kit.text().primaryKey(),
      organizationId: kit
        .text()
        .notNull()
        .references(() => organizations.id, { onDelete: 'cascade' }),
      userId: kit
        .text()
        .notNull()
        .references(() => users.id, { onDelete: 'cascade' }),
      name: kit.text().notNull(),
      /** The beginning of the key, so that a person can tell which one it is. */
      hint: kit.text().notNull(),
      hash: kit.text().notNull(),
      scopes: kit.json<readonly string[]>().notNull(),
      expiresAt: kit.time(),
      lastUsedAt: kit.time(),
      revokedAt: kit.time(),
      createdAt: kit.time().notNull(),
    },
    (table) => [
      kit.uniqueIndex('api_keys_by_hash').on(table.hash),
      kit.index('api_keys_by_organization').on(table.organizationId, table.createdAt, table.id),
    ],
  );
}
