import type { Database } from '../database.ts';
import { and, desc, eq, inArray, isNotNull, isNull, lt } from '../drizzle.ts';
import { placeholders, prepare } from '../prepare.ts';
import type { Tables } from '../schema/tables.ts';
import { withStorageErrors } from '../storage-error.ts';

export type PersonaRecord = Tables['personas']['$inferSelect'];
export type PersonaRevisionRecord = Tables['personaRevisions']['$inferSelect'];

/** A persona without its definition: what lists and the check before each call need. */
export type PersonaState = Omit<PersonaRecord, 'definition' | 'organizationId'>;

export interface PersonaKey {
  readonly organizationId: string;
  readonly id: string;
}

/** What a new revision says. */
export interface PersonaContent {
  readonly version: string;
  readonly name: string;
  readonly definition: unknown;
  readonly change: PersonaRevisionRecord['change'];
  readonly revertedTo: number | null;
  readonly changedBy: string;
}

/** Personas made in the browser. Every change is one transaction and joins the caller's. */
export interface PersonaRepository {
  /** Its first revision. The id must be new. */
  insert(key: PersonaKey, content: PersonaContent): Promise<PersonaRecord>;
  /** The next revision; null, and nothing done, where `revision` is not the newest or the persona is archived or not there. */
  change(key: PersonaKey, revision: number, content: PersonaContent): Promise<PersonaRecord | null>;
  /** False where it is archived (or in use) already, or not there. */
  setArchived(key: PersonaKey, archived: boolean): Promise<boolean>;
  find(key: PersonaKey): Promise<PersonaRecord | null>;
  /** One row by its key: cheap enough to be asked before every call. */
  state(key: PersonaKey): Promise<PersonaState | null>;
  /** In no order. */
  states(organizationId: string): Promise<PersonaState[]>;
  /** Those of these ids that are there, in no order. */
  findAll(organizationId: string, ids: readonly string[]): Promise<PersonaRecord[]>;
  findRevision(key: PersonaKey, revision: number): Promise<PersonaRevisionRecord | null>;
  /** Newest first, those before `before` only. */
  revisions(key: PersonaKey, before: number | null, limit: number): Promise<PersonaRevisionRecord[]>;
}

export function createPersonaRepository(db: Database, clock: () => Date = () => new Date()): PersonaRepository {
  const { personas } = db.tables;
  const at = ({ organizationId, id }: PersonaKey) =>
    and(eq(personas.organizationId, organizationId), eq(personas.id, id));
  return withStorageErrors<PersonaRepository>({
    ...prepareReading(db),
    ...prepareRevisions(db),
    insert: (key, content) =>
      db.transaction(async () => {
        const now = clock();
        const { version, name, definition, changedBy } = content;
        const by = { createdBy: changedBy, createdAt: now, updatedBy: changedBy, updatedAt: now };
        const row = { ...key, revision: 1, version, name, definition, archivedAt: null, ...by };
        await db.query.insert(personas).values(row);
        await keepRevision(db, row, content);
        return row;
      }),
    change: (key, revision, content) =>
      db.transaction(async () => {
        const { version, name, definition, changedBy } = content;
        const [row] = await db.query
          .update(personas)
          .set({ revision: revision + 1, version, name, definition, updatedBy: changedBy, updatedAt: clock() })
          .where(and(at(key), eq(personas.revision, revision), isNull(personas.archivedAt)))
          .returning();
        if (row === undefined) return null;
        await keepRevision(db, row, content);
        return row;
      }),
    async setArchived(key, archived) {
      const { archivedAt } = personas;
      const rows = await db.query
        .update(personas)
        .set({ archivedAt: archived ? clock() : null })
        .where(and(at(key), archived ? isNull(archivedAt) : isNotNull(archivedAt)))
        .returning({ id: personas.id });
      return rows.length > 0;
    },
  });
}

async function keepRevision(db: Database, row: PersonaRecord, content: PersonaContent): Promise<void> {
  const { organizationId, id: personaId, revision, version, definition, updatedAt: changedAt } = row;
  const { change, revertedTo, changedBy } = content;
  await db.query
    .insert(db.tables.personaRevisions)
    .values({ organizationId, personaId, revision, version, definition, change, revertedTo, changedBy, changedAt });
}

function prepareReading(db: Database) {
  const { personas } = db.tables;
  const columns = {
    id: personas.id,
    revision: personas.revision,
    version: personas.version,
    name: personas.name,
    archivedAt: personas.archivedAt,
    createdBy: personas.createdBy,
    createdAt: personas.createdAt,
    updatedBy: personas.updatedBy,
    updatedAt: personas.updatedAt,
  };
  const bound = placeholders('organizationId', 'id');
  const here = and(eq(personas.organizationId, bound.organizationId), eq(personas.id, bound.id));
  const whole = prepare(db, 'personas_find', db.query.select().from(personas).where(here));
  const state = prepare(db, 'personas_state', db.query.select(columns).from(personas).where(here));
  return {
    find: async (key: PersonaKey): Promise<PersonaRecord | null> => (await whole.execute({ ...key }))[0] ?? null,
    state: async (key: PersonaKey): Promise<PersonaState | null> => (await state.execute({ ...key }))[0] ?? null,
    states: async (organizationId: string): Promise<PersonaState[]> =>
      db.query.select(columns).from(personas).where(eq(personas.organizationId, organizationId)),
    async findAll(organizationId: string, ids: readonly string[]): Promise<PersonaRecord[]> {
      if (ids.length === 0) return [];
      const mine = and(eq(personas.organizationId, organizationId), inArray(personas.id, [...ids]));
      return db.query.select().from(personas).where(mine);
    },
  };
}

function prepareRevisions(db: Database) {
  const { personaRevisions: table } = db.tables;
  const of = ({ organizationId, id }: PersonaKey) =>
    and(eq(table.organizationId, organizationId), eq(table.personaId, id));
  return {
    async findRevision(key: PersonaKey, revision: number): Promise<PersonaRevisionRecord | null> {
      const [row] = await db.query
        .select()
        .from(table)
        .where(and(of(key), eq(table.revision, revision)));
      return row ?? null;
    },
    revisions: async (key: PersonaKey, before: number | null, limit: number): Promise<PersonaRevisionRecord[]> =>
      db.query
        .select()
        .from(table)
        .where(and(of(key), before === null ? undefined : lt(table.revision, before)))
        .orderBy(desc(table.revision))
        .limit(limit),
  };
}
