import type { Database } from '../database.ts';
import { and, eq } from '../drizzle.ts';
import { withStorageErrors } from '../storage-error.ts';

export interface PersonaVersionRecord {
  readonly organizationId: string;
  readonly personaId: string;
  readonly version: string;
  readonly definition: unknown;
  readonly createdAt: Date;
}

export interface PersonaVersionRepository {
  /** Keeps the first definition of a version; a version that is known is left as it is. */
  save(version: Omit<PersonaVersionRecord, 'createdAt'>): Promise<void>;
  find(key: { organizationId: string; personaId: string; version: string }): Promise<PersonaVersionRecord | null>;
}

export function createPersonaVersionRepository(
  db: Database,
  clock: () => Date = () => new Date(),
): PersonaVersionRepository {
  const { personaVersions: table } = db.tables;
  return withStorageErrors<PersonaVersionRepository>({
    async save(version) {
      await db.query
        .insert(table)
        .values({ ...version, createdAt: clock() })
        .onConflictDoNothing({ target: [table.organizationId, table.personaId, table.version] });
    },
    async find(key) {
      const [row] = await db.query
        .select()
        .from(table)
        .where(
          and(
            eq(table.organizationId, key.organizationId),
            eq(table.personaId, key.personaId),
            eq(table.version, key.version),
          ),
        );
      return row ?? null;
    },
  });
}
