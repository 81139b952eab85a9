import type { PersonaVersionRepository } from '#db/repositories/persona-versions.ts';
import type { PersonaRepository, PersonaState } from '#db/repositories/personas.ts';
import { AppError } from '#errors';
import type { LoadedProblem, PersonaLibrary } from './load-personas.ts';
import { createPersonaCache } from './persona-cache.ts';
import type { Persona } from './persona-schema.ts';

export interface PersonaEntry {
  readonly persona: Persona;
  /** Who made and last changed it in the browser; null for a file. */
  readonly record: Pick<PersonaState, 'createdBy' | 'updatedBy' | 'updatedAt'> | null;
  readonly archived: boolean;
}

export interface PersonaPage {
  readonly items: readonly PersonaEntry[];
  /** The `after` of the next page; null on the last one. */
  readonly next: string | null;
}

/** The personas of an organization: those in files, which every organization of the service has, and its own. */
export interface PersonaDirectory {
  /** The persona as it is now, whichever process changed it; null where there is none or it is archived. */
  find(organizationId: string, id: string): Promise<Persona | null>;
  /** Archived ones as well. */
  entry(organizationId: string, id: string): Promise<PersonaEntry | null>;
  /** All that are in use, by name. */
  list(organizationId: string): Promise<readonly Persona[]>;
  /** By name; `after` is the id of the last persona of the page before. Throws AppError INPUT_INVALID when it is gone. */
  page(query: {
    readonly organizationId: string;
    readonly archived: boolean;
    readonly after: string | null;
    readonly limit: number;
  }): Promise<PersonaPage>;
  /** What is wrong with files, sorted by file. */
  problems(): readonly LoadedProblem[];
  /** Keeps what the persona is at this version, for the record. To be awaited before the version acts. */
  keepVersion(organizationId: string, persona: Persona): Promise<void>;
}

export interface PersonaDirectoryDeps {
  readonly files: Pick<PersonaLibrary, 'list' | 'find' | 'problems'>;
  readonly personas: Pick<PersonaRepository, 'find' | 'findAll' | 'state' | 'states'>;
  readonly versions: Pick<PersonaVersionRepository, 'save'>;
}

/** A place in the order of a list. */
interface Listed {
  readonly id: string;
  readonly name: string;
  readonly archived: boolean;
  readonly source: Persona | PersonaState;
}

export function createPersonaDirectory({ files, personas, versions }: PersonaDirectoryDeps): PersonaDirectory {
  const shelf = createShelf(files, personas);
  return {
    entry: (organizationId, id) => shelf.entry(organizationId, id),
    async find(organizationId, id) {
      const found = await shelf.entry(organizationId, id);
      return found === null || found.archived ? null : found.persona;
    },
    async list(organizationId) {
      const inUse = (await shelf.listed(organizationId)).filter(({ archived }) => !archived);
      return (await shelf.entries(organizationId, inUse)).map(({ persona }) => persona);
    },
    async page({ organizationId, archived, after, limit }) {
      const all = await shelf.listed(organizationId);
      const wanted = all.filter((item) => item.archived === archived);
      const rest = after === null ? wanted : following(wanted, placeOf(all, after));
      const items = rest.slice(0, limit);
      const next = rest.length > limit ? (items.at(-1)?.id ?? null) : null;
      return { items: await shelf.entries(organizationId, items), next };
    },
    problems: () => files.problems(),
    keepVersion: createVersionKeeper(versions),
  };
}

/** Reads personas of both kinds. */
function createShelf(files: PersonaDirectoryDeps['files'], personas: PersonaDirectoryDeps['personas']) {
  const cache = createPersonaCache(personas);
  return {
    /** By name, without the definitions. */
    async listed(organizationId: string): Promise<Listed[]> {
      const own = (await personas.states(organizationId)).map(
        (source): Listed => ({ id: source.id, name: source.name, archived: source.archivedAt !== null, source }),
      );
      const inFiles = files
        .list()
        .map((source): Listed => ({ id: source.id, name: source.name, archived: false, source }));
      return [...inFiles, ...own].sort(byName);
    },
    async entries(organizationId: string, items: readonly Listed[]): Promise<PersonaEntry[]> {
      const states = items.map(({ source }) => source).filter(isState);
      const known = await cache.read(organizationId, states);
      return items.flatMap(({ source, archived }): PersonaEntry[] => {
        if (!isState(source)) return [{ persona: source, record: null, archived }];
        const persona = known.get(source.id);
        return persona === undefined ? [] : [{ persona, record: source, archived }];
      });
    },
    async entry(organizationId: string, id: string): Promise<PersonaEntry | null> {
      const file = files.find(id);
      if (file !== undefined) return { persona: file, record: null, archived: false };
      const state = await personas.state({ organizationId, id });
      if (state === null) return null;
      const persona = (await cache.read(organizationId, [state])).get(id);
      return persona === undefined ? null : { persona, record: state, archived: state.archivedAt !== null };
    },
  };
}

const maxVersionsRemembered = 10_000;

/** What was kept once is kept; it is remembered so that the database is asked once for each version. */
function createVersionKeeper(versions: PersonaDirectoryDeps['versions']): PersonaDirectory['keepVersion'] {
  const kept = new Set<string>();
  return async (organizationId, persona) => {
    const { id: personaId, version } = persona;
    const key = JSON.stringify([organizationId, personaId, version]);
    if (kept.has(key)) return;
    await versions.save({ organizationId, personaId, version, definition: persona });
    if (kept.size >= maxVersionsRemembered) kept.clear();
    kept.add(key);
  };
}

function isState(source: Listed['source']): source is PersonaState {
  return 'archivedAt' in source;
}

function byName(a: Listed, b: Listed): number {
  return a.name.localeCompare(b.name) || (a.id < b.id ? -1 : Number(a.id > b.id));
}

/** Looked for among all: the last of a page may have been archived, or restored, since. */
function placeOf(all: readonly Listed[], id: string): Listed {
  const place = all.find((item) => item.id === id);
  if (place !== undefined) return place;
  throw new AppError('INPUT_INVALID', 'cursor: the list has changed since. Begin it again without a cursor.');
}

function following(items: readonly Listed[], place: Listed): Listed[] {
  return items.filter((item) => byName(item, place) > 0);
}
