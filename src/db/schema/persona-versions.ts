import type { Kit } from './kit.ts';

/** What a persona was when it acted: the versions that audit events and runs name. */
export function definePersonaVersions(kit: Kit) {
  return kit.table(
    'persona_versions',
    {
      organizationId: kit.text().notNull(),
      personaId: kit.text().notNull(),
      version: kit.text().notNull(),
      definition: kit.json<unknown>().notNull(),
      createdAt: kit.time().notNull(),
    },
    (table) => [kit.primaryKey({ columns: [table.organizationId, table.personaId, table.version] })],
  );
}
