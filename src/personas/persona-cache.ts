import type { PersonaRecord, PersonaRepository, PersonaState } from '#db/repositories/personas.ts';
import { personaFrom } from './build-persona.ts';
import { definitionSchema } from './persona-definition.ts';
import type { Persona } from './persona-schema.ts';

/** Personas by the revision they are at, so that a definition is read and checked once for each. */
export interface PersonaCache {
  /** The personas at these revisions or newer ones, by id; a persona that is gone since is left out. */
  read(organizationId: string, states: readonly PersonaState[]): Promise<ReadonlyMap<string, Persona>>;
}

const maxKept = 2_000;

/**
 * Right in every process: whoever reads has just asked the database for the revision that counts, and a revision never
 * changes.
 */
export function createPersonaCache(personas: Pick<PersonaRepository, 'find' | 'findAll'>): PersonaCache {
  const kept = new Map<string, Persona>();
  const keyOf = (organizationId: string, id: string) => JSON.stringify([organizationId, id]);

  function keep(record: PersonaRecord): Persona {
    const key = keyOf(record.organizationId, record.id);
    const known = kept.get(key);
    if (known?.revision === record.revision) return known;
    const persona = personaOf(record);
    kept.delete(key);
    // A Map keeps the order of insertion, so the first key is the oldest.
    const [oldest] = kept.keys();
    if (oldest !== undefined && kept.size >= maxKept) kept.delete(oldest);
    kept.set(key, persona);
    return persona;
  }
  async function load(organizationId: string, ids: readonly string[]): Promise<readonly PersonaRecord[]> {
    const [only] = ids;
    if (only === undefined || ids.length > 1) return personas.findAll(organizationId, ids);
    const record = await personas.find({ organizationId, id: only });
    return record === null ? [] : [record];
  }

  return {
    async read(organizationId, states) {
      const known = states
        .map(({ id, revision }) => ({ id, revision, persona: kept.get(keyOf(organizationId, id)) }))
        .filter(({ revision, persona }) => persona?.revision === revision);
      const found = new Map(
        known.flatMap(({ id, persona }) => (persona === undefined ? [] : [[id, persona] as const])),
      );
      const missing = states.map(({ id }) => id).filter((id) => !found.has(id));
      for (const record of await load(organizationId, missing)) found.set(record.id, keep(record));
      return found;
    },
  };
}

/** Checked on the way out as on the way in: what an earlier release stored is filled up with the defaults of this one. */
export function personaOf({
  id,
  revision,
  definition,
}: Pick<PersonaRecord, 'id' | 'revision' | 'definition'>): Persona {
  return personaFrom(definitionSchema.parse(definition), { id, file: null, revision });
}
