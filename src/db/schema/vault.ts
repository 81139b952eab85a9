import type { Kit } from './kit.ts';

/** One sealed value for each field of a connection. `version` counts up with every new value. */
export function defineSecrets(kit: Kit) {
  return kit.table(
    'secrets',
    {
      organizationId: kit.text().notNull(),
      /** What the secret belongs to: a connection's id, or a fixed word for the service's own keys. */
      holder: kit.text().notNull(),
      field: kit.text().notNull(),
      version: kit.int().notNull(),
      /** Scheme, host and port it may be sent to. */
      origin: kit.text().notNull(),
      keyId: kit.text().notNull(),
      sealed: kit.text().notNull(),
      createdAt: kit.time().notNull(),
    },
    (table) => [
      kit.primaryKey({ columns: [table.organizationId, table.holder, table.field, table.version] }),
      kit.index('secrets_by_key').on(table.keyId),
    ],
  );
}

/** A known text sealed with each vault key: a key that cannot open its own is the wrong one. */
export function defineVaultCanaries(kit: Kit) {
  return kit.table('vault_canaries', {
    keyId: kit.text().primaryKey(),
    sealed: kit.text().notNull(),
    createdAt: kit.time().notNull(),
  });
}
