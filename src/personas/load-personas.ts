import { keepReading } from './keep-reading.ts';
import type { PersonaProblem } from './parse-persona-file.ts';
import type { KnownTool, Persona } from './persona-schema.ts';
import { readPersonaFiles } from './read-persona-files.ts';

export interface LoadedProblem extends PersonaProblem {
  /** True while a good version of the file is in use: an earlier one, or this one where the file itself is in order. */
  readonly usingLastGood: boolean;
  /** False where the file is in order but its model cannot be reached. */
  readonly isBroken: boolean;
}

/** All personas as their files say, kept up to date while the service runs. */
export interface PersonaLibrary {
  /** Sorted by name. */
  list(): readonly Persona[];
  find(id: string): Persona | undefined;
  /** Sorted by file. */
  problems(): readonly LoadedProblem[];
  /** Reads the folder again now. */
  reload(): Promise<void>;
  /** Hears whenever a persona or a problem came, changed or went. Returns how to stop hearing. */
  onChange(listener: () => void): () => void;
  /** Stops watching; resolves once a reload at work has ended. */
  close(): Promise<void>;
}

interface PersonaLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

export interface PersonaLibraryOptions {
  readonly directory: string;
  readonly knownTools: readonly KnownTool[];
  readonly log: PersonaLog;
  /** Why the model cannot be reached, or null. Such a persona stays in use: what it lacks is not in its file. */
  readonly modelProblem?: (model: string) => string | null;
  /** How often the folder is read even when nothing was heard of it: mounted folders can change without a word. */
  readonly recheckMs?: number;
}

interface Shelf {
  readonly personas: ReadonlyMap<string, Persona>;
  readonly problems: readonly LoadedProblem[];
}

/** Loads every `*.md` of the folder and watches it. A broken file keeps its last good version and says so. */
export async function openPersonaLibrary(options: PersonaLibraryOptions): Promise<PersonaLibrary> {
  const listeners = new Set<() => void>();
  let shelf: Shelf = { personas: new Map(), problems: [] };
  let reading = Promise.resolve();

  const read = async () => {
    const before = shelf;
    const next = await readShelf(options, before);
    shelf = next;
    if (!tellChanges(options.log, before, next)) return;
    for (const listener of listeners) listener();
  };
  const reload = () => {
    reading = reading.then(read, read);
    return reading;
  };

  await reload();
  const stopWatching = keepReading({ ...options, what: 'personas' }, reload);
  // What changed before the watcher was there was seen by nobody.
  await reload();
  return {
    list: () => [...shelf.personas.values()].sort((a, b) => a.name.localeCompare(b.name)),
    find: (id) => shelf.personas.get(id),
    problems: () => shelf.problems,
    reload,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      stopWatching();
      await reading.catch(() => undefined);
    },
  };
}

async function readShelf(options: PersonaLibraryOptions, before: Shelf): Promise<Shelf> {
  const personas = new Map<string, Persona>();
  const problems: LoadedProblem[] = [];
  for (const { id, parsed } of await readPersonaFiles(options.directory, options.knownTools)) {
    const earlier = before.personas.get(id);
    if (!parsed.ok) {
      problems.push(describeBroken(parsed.problem, earlier !== undefined));
      if (earlier !== undefined) personas.set(id, earlier);
      continue;
    }
    const isNew = earlier?.version !== parsed.persona.version;
    personas.set(id, isNew ? parsed.persona : earlier);
    const { file, model } = parsed.persona;
    const message = model === null ? null : (options.modelProblem?.(model) ?? null);
    if (message !== null && file !== null)
      problems.push({ file, line: parsed.modelLine, message, usingLastGood: true, isBroken: false });
  }
  return { personas, problems };
}

function describeBroken(problem: PersonaProblem, usingLastGood: boolean): LoadedProblem {
  const message = usingLastGood ? `${problem.message} Its last good version stays in use.` : problem.message;
  return { ...problem, message, usingLastGood, isBroken: true };
}

/** Logs what came, changed and went; whether anything did. A problem that stays is told once. */
function tellChanges(log: PersonaLog, before: Shelf, now: Shelf): boolean {
  const changed = [...now.personas.values()].filter((persona) => before.personas.get(persona.id) !== persona);
  const gone = [...before.personas.values()].filter(({ id }) => !now.personas.has(id));
  const known = new Set(before.problems.map((problem) => JSON.stringify(problem)));
  const problems = now.problems.filter((problem) => !known.has(JSON.stringify(problem)));
  const isStart = before.personas.size === 0 && before.problems.length === 0;
  const loaded = isStart ? [] : changed;
  for (const { id, version, file } of loaded) log.info({ persona: id, version, file }, 'persona loaded');
  for (const { id, file } of gone) log.info({ persona: id, file }, 'persona removed');
  for (const problem of problems) {
    log.warn(problem, describeOutcome(problem));
  }
  return [changed, gone, problems].some((list) => list.length > 0) || now.problems.length !== before.problems.length;
}

function describeOutcome({ isBroken, usingLastGood }: LoadedProblem): string {
  if (!isBroken) return 'persona cannot answer, its model is not configured';
  return `persona file is broken, ${usingLastGood ? 'its last good version stays in use' : 'it is not in use'}`;
}
