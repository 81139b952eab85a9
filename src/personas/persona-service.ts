import { randomInt } from 'node:crypto';
import type { DirectEvent } from '#audit/direct-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { Database } from '#db/database.ts';
import type { PersonaKey, PersonaRecord, PersonaRepository, PersonaRevisionRecord } from '#db/repositories/personas.ts';
import { AppError } from '#errors';
import { personaFrom } from './build-persona.ts';
import { type CheckDeps, checkDefinition, readImport } from './check-definition.ts';
import { formatPersonaFile, personaFileName, slugOf } from './format-persona-file.ts';
import type { PersonaLibrary } from './load-personas.ts';
import { personaOf } from './persona-cache.ts';
import { changedSettings, definitionOf, definitionSchema, type PersonaDefinition } from './persona-definition.ts';
import type { PersonaDirectory, PersonaEntry } from './persona-directory.ts';

/** Makes and changes personas; every change and its audit row are stored together or not at all. */
export interface PersonaService {
  create(actor: Actor, definition: PersonaDefinition): Promise<PersonaEntry>;
  /** Throws AppError PERSONA_CHANGED, saying who and when, where `revision` is not the newest. */
  change(actor: Actor, id: string, edit: { revision: number; definition: PersonaDefinition }): Promise<PersonaEntry>;
  /** Makes the state of revision `to` the newest one. */
  revert(actor: Actor, id: string, back: { revision: number; to: number }): Promise<PersonaEntry>;
  /** A new persona that says the same; also of one in a file, which is how that is edited in the browser. */
  duplicate(actor: Actor, id: string): Promise<PersonaEntry>;
  archive(actor: Actor, id: string): Promise<PersonaEntry>;
  restore(actor: Actor, id: string): Promise<PersonaEntry>;
  /** A new persona from the text of a file. */
  importFile(actor: Actor, file: { fileName: string; text: string }): Promise<PersonaEntry>;
  exportFile(organizationId: string, id: string): Promise<{ fileName: string; text: string }>;
  /** Newest first, those before `before` only. A persona in a file has none. */
  revisions(query: {
    organizationId: string;
    id: string;
    before: number | null;
    limit: number;
  }): Promise<readonly PersonaRevision[]>;
}

export interface PersonaRevision extends Omit<PersonaRevisionRecord, 'definition'> {
  readonly definition: PersonaDefinition;
}

export interface PersonaServiceDeps extends CheckDeps {
  readonly directory: Pick<PersonaDirectory, 'entry'>;
  readonly files: Pick<PersonaLibrary, 'find'>;
  readonly personas: PersonaRepository;
  readonly transaction: Database['transaction'];
  /** Appends the audit row of a direct action; joins the transaction. */
  readonly record: (event: DirectEvent) => Promise<unknown>;
  readonly namesOf: (organizationId: string, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
}

type NewChange = Extract<PersonaRevisionRecord['change'], 'created' | 'duplicated' | 'imported'>;

export function createPersonaService(deps: PersonaServiceDeps): PersonaService {
  return {
    create: (actor, definition) => addNew(deps, actor, { definition, change: 'created' }),
    change: (actor, id, { revision, definition }) =>
      storeNext(deps, actor, { id, revision, definition, change: 'edited', revertedTo: null }),
    async revert(actor, id, { revision, to }) {
      const key = keyOf(actor, id);
      await requireOwn(deps, key);
      const past = await deps.personas.findRevision(key, to);
      if (past === null) throw new AppError('NOT_FOUND', `There is no revision ${to} of this persona.`);
      const definition = definitionSchema.parse(past.definition);
      return storeNext(deps, actor, { id, revision, definition, change: 'reverted', revertedTo: to });
    },
    async duplicate(actor, id) {
      const { persona } = await requireEntry(deps, keyOf(actor, id));
      const original = definitionOf(persona);
      const definition = { ...original, name: copyName(original.name) };
      return addNew(deps, actor, { definition, change: 'duplicated', from: id, before: original });
    },
    archive: (actor, id) => setArchived(deps, keyOf(actor, id), { actor, archived: true }),
    restore: (actor, id) => setArchived(deps, keyOf(actor, id), { actor, archived: false }),
    async importFile(actor, file) {
      return addNew(deps, actor, { definition: readImport(deps, file), change: 'imported', from: file.fileName });
    },
    async exportFile(organizationId, id) {
      const { persona } = await requireEntry(deps, { organizationId, id });
      const definition = definitionOf(persona);
      return { fileName: personaFileName(definition), text: formatPersonaFile(definition) };
    },
    async revisions({ organizationId, id, before, limit }) {
      const { record } = await requireEntry(deps, { organizationId, id });
      if (record === null) return [];
      const rows = await deps.personas.revisions({ organizationId, id }, before, limit);
      return rows.map((row) => ({ ...row, definition: definitionSchema.parse(row.definition) }));
    },
  };
}

interface NewPersona {
  readonly definition: PersonaDefinition;
  readonly change: NewChange;
  /** The persona or the file it was made from. */
  readonly from?: string;
  readonly before?: PersonaDefinition | null;
}

async function addNew(deps: PersonaServiceDeps, actor: Actor, { definition, change, from, before = null }: NewPersona) {
  await checkDefinition(deps, actor.organizationId, { definition, before });
  const key = keyOf(actor, newId(definition.name));
  const { name, version } = personaFrom(definition, { id: key.id, file: null, revision: 1 });
  return deps.transaction(async () => {
    const content = { version, name, definition, change, revertedTo: null, changedBy: actor.id };
    const row = await deps.personas.insert(key, content);
    const details = { name, change, revision: 1, ...(from === undefined ? {} : { from }) };
    await deps.record({ actor, action: 'persona.created', personaId: key.id, personaVersion: version, details });
    return toEntry(row);
  });
}

interface NextRevision {
  readonly id: string;
  readonly revision: number;
  readonly definition: PersonaDefinition;
  readonly change: 'edited' | 'reverted';
  readonly revertedTo: number | null;
}

async function storeNext(deps: PersonaServiceDeps, actor: Actor, next: NextRevision): Promise<PersonaEntry> {
  const { id, revision, definition, change, revertedTo } = next;
  const key = keyOf(actor, id);
  const newest = await requireNewest(deps, key, revision);
  // What the persona was once, it may be again.
  const before = revertedTo === null ? definitionOf(personaOf(newest)) : definition;
  await checkDefinition(deps, actor.organizationId, { definition, before });
  const made = personaFrom(definition, { id, file: null, revision: revision + 1 });
  const stored = await deps.transaction(async () => {
    const current = await deps.personas.find(key);
    if (current === null || current.revision !== revision || current.archivedAt !== null) return null;
    const before = personaOf(current);
    // Saving what is there already is no change, and leaves no trace.
    if (before.version === made.version) return current;
    const content = { version: made.version, name: made.name, definition, change, revertedTo, changedBy: actor.id };
    const row = await deps.personas.change(key, revision, content);
    if (row === null) return null;
    const changed = changedSettings(definitionOf(before), definitionOf(made));
    const back = revertedTo === null ? {} : { revertedTo };
    const details = { name: made.name, change, changed, revision: { from: revision, to: row.revision }, ...back };
    await deps.record({ actor, action: 'persona.changed', personaId: id, personaVersion: made.version, details });
    return row;
  });
  if (stored !== null) return toEntry(stored);
  await requireNewest(deps, key, revision);
  throw new AppError('PERSONA_CHANGED', 'The persona was changed while yours was being stored. Load it again.');
}

async function setArchived(
  deps: PersonaServiceDeps,
  key: PersonaKey,
  { actor, archived }: { actor: Actor; archived: boolean },
): Promise<PersonaEntry> {
  await requireOwn(deps, key);
  return deps.transaction(async () => {
    const done = await deps.personas.setArchived(key, archived);
    const row = await deps.personas.find(key);
    if (row === null) throw notThere();
    const { revision, name, version: personaVersion } = row;
    const action = archived ? ('persona.archived' as const) : ('persona.restored' as const);
    const details = { name, revision };
    // Asked for twice, it is done once.
    if (done) await deps.record({ actor, action, personaId: key.id, personaVersion, details });
    return toEntry(row);
  });
}

async function requireEntry(deps: PersonaServiceDeps, { organizationId, id }: PersonaKey): Promise<PersonaEntry> {
  const entry = await deps.directory.entry(organizationId, id);
  if (entry === null) throw notThere();
  return entry;
}

/** The row of a persona that can be changed here. */
async function requireOwn(deps: PersonaServiceDeps, key: PersonaKey): Promise<PersonaRecord> {
  const file = deps.files.find(key.id);
  if (file !== undefined) {
    throw new AppError(
      'CONFLICT',
      `“${file.name}” lives in the file ${file.file ?? ''} where the service runs, and is changed there. Duplicate it to get a copy that can be changed here.`,
    );
  }
  const row = await deps.personas.find(key);
  if (row === null) throw notThere();
  return row;
}

async function requireNewest(deps: PersonaServiceDeps, key: PersonaKey, revision: number): Promise<PersonaRecord> {
  const row = await requireOwn(deps, key);
  if (row.archivedAt !== null) {
    throw new AppError('CONFLICT', `“${row.name}” is archived. Restore it before you change it.`);
  }
  if (row.revision === revision) return row;
  const names = await deps.namesOf(key.organizationId, [row.updatedBy]);
  const who = names.get(row.updatedBy) ?? 'Somebody';
  const when = `${row.updatedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  throw new AppError(
    'PERSONA_CHANGED',
    `${who} changed this persona on ${when}, after you had opened it (revision ${revision}; now it is ${row.revision}). Nothing of yours was stored. Load it again and make your change there.`,
  );
}

function keyOf(actor: Actor, id: string): PersonaKey {
  return { organizationId: actor.organizationId, id };
}

function toEntry(row: PersonaRecord): PersonaEntry {
  return { persona: personaOf(row), record: row, archived: row.archivedAt !== null };
}

function notThere(): AppError {
  return new AppError('NOT_FOUND', 'There is no such persona.');
}

const suffixLetters = 'abcdefghijkmnpqrstuvwxyz23456789';

/** No name of a file has an underscore, so that no file can ever take the place of a persona of the browser. */
function newId(name: string): string {
  const suffix = Array.from({ length: 8 }, () => suffixLetters[randomInt(suffixLetters.length)]).join('');
  return `${slugOf(name)}_${suffix}`;
}

const longestName = 60;

function copyName(name: string): string {
  const ending = ' (copy)';
  // Half a character at the cut is left out.
  return `${name
    .slice(0, longestName - ending.length)
    .replace(/\p{Cs}$/u, '')
    .trimEnd()}${ending}`;
}
