import type { Kit } from './kit.ts';

/*
 * People and how they sign in, in the shape better-auth writes them: it knows these columns by name.
 */

export function defineUsers(kit: Kit) {
  return kit.table(
    'users',
    {
      id: kit.text().primaryKey(),
      name: kit.text().notNull(),
      email: kit.text().notNull(),
      emailVerified: kit.bool().notNull(),
      image: kit.text(),
      createdAt: kit.time().notNull(),
      updatedAt: kit.time().notNull(),
    },
    (table) => [kit.uniqueIndex('users_by_email').on(table.email)],
  );
}

type Users = ReturnType<typeof defineUsers>;

export function defineSessions(kit: Kit, users: Users) {
  return kit.table(
    'sessions',
    {
      id: kit.text().primaryKey(),
      token: kit.text().notNull(),
      userId: kit
        .text()
        .notNull()
        .references(() => users.id, { onDelete: 'cascade' }),
      /** The organization the person works in with this session. */
      activeOrganizationId: kit.text(),
      ipAddress: kit.text(),
      userAgent: kit.text(),
      expiresAt: kit.time().notNull(),
      createdAt: kit.time().notNull(),
      updatedAt: kit.time().notNull(),
    },
    (table) => [
      kit.uniqueIndex('sessions_by_token').on(table.token),
      kit.index('sessions_by_user').on(table.userId, table.expiresAt),
    ],
  );
}

/** How a person proves who they are; `password` is a hash. */
export function defineAccounts(kit: Kit, users: Users) {
  return kit.table(
    'accounts',
    {
      id: kit.text().primaryKey(),
      accountId: kit.text().notNull(),
      providerId: kit.text().notNull(),
      userId: kit
        .text()
        .notNull()
        .references(() => users.id, { onDelete: 'cascade' }),
      accessToken: kit.text(),
      refreshToken: kit.text(),
      idToken: kit.text(),
      accessTokenExpiresAt: kit.time(),
      refreshTokenExpiresAt: kit.time(),
      scope: kit.text(),
      password: kit.text(),
      createdAt: kit.time().notNull(),
      updatedAt: kit.time().notNull(),
    },
    (table) => [kit.index('accounts_by_user').on(table.userId)],
  );
}

export function defineVerifications(kit: Kit) {
  return kit.table(
    'verifications',
    {
      id: kit.text().primaryKey(),
      identifier: kit.text().notNull(),
      value: kit.text().notNull(),
      expiresAt: kit.time().notNull(),
      createdAt: kit.time().notNull(),
      updatedAt: kit.time().notNull(),
    },
    (table) => [kit.index('verifications_by_identifier').on(table.identifier)],
  );
}
