import type { Kit } from './kit.ts';

/** Personas made in the browser. Those in files are not here. */
export function definePersonas(kit: Kit) {
  return kit.table(
    'personas',
    {
      organizationId: kit.text().notNull(),
      id: kit.text().notNull(),
      /** Counts up with every change. */
      revision: kit.int().notNull(),
      version: kit.text().notNull(),
      name: kit.text().notNull(),
      definition: kit.json<unknown>().notNull(),
      archivedAt: kit.time(),
      createdBy: kit.text().notNull(),
      createdAt: kit.time().notNull(),
      updatedBy: kit.text().notNull(),
      updatedAt: kit.time().notNull(),
    },
    (table) => [kit.primaryKey({ columns: [table.organizationId, table.id] })],
  );
}

/** Every state a persona of the browser was ever in. */
export function definePersonaRevisions(kit: Kit) {
  return kit.table(
    'persona_revisions',
    {
      organizationId: kit.text().notNull(),
      personaId: kit.text().notNull(),
      revision: kit.int().notNull(),
      version: kit.text().notNull(),
      definition: kit.json<unknown>().notNull(),
      change: kit.text<'created' | 'edited' | 'reverted' | 'duplicated' | 'imported'>().notNull(),
      /** The revision that was gone back to, or null. */
      revertedTo: kit.int(),
      changedBy: kit.text().notNull(),
      changedAt: kit.time().notNull(),
    },
    (table) => [kit.primaryKey({ columns: [table.organizationId, table.personaId, table.revision] })],
  );
}
