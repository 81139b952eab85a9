import { watch } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from '#errors';
import type { Logger } from '#log';
import { type ParsedPersona, type PersonaProblem, parsePersonaFile } from './parse-persona-file.ts';
import type { KnownTool, Persona } from './persona-schema.ts';

export interface LoadedProblem extends PersonaProblem {
  /** True while an earlier good version of the file is in use. */
  readonly usingLastGood: boolean;
}

/** All personas as their files say, kept up to date while the service runs. */
export interface PersonaLibrary {
  /** Sorted by name. */
  list(): readonly Persona[];
  find(id: string): Persona | undefined;
  problems(): readonly LoadedProblem[];
  /** Reads the folder again now. */
  reload(): Promise<void>;
  /** Hears after every reload. Returns how to stop hearing. */
  onChange(listener: () => void): () => void;
  close(): void;
}

export interface PersonaLibraryOptions {
  readonly directory: string;
  readonly knownTools: readonly KnownTool[];
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** Awaited for each version that was not seen before, before the version is used. */
  readonly onVersion?: (persona: Persona) => Promise<void>;
}

interface Shelf {
  readonly personas: ReadonlyMap<string, Persona>;
  readonly problems: readonly LoadedProblem[];
}

/** Editors write in several steps; a change is read once they have been quiet for this long. */
const settleMs = 60;

/** Loads every `*.md` of the folder and watches it. A broken file keeps its last good version and says so. */
export async function openPersonaLibrary(options: PersonaLibraryOptions): Promise<PersonaLibrary> {
  const listeners = new Set<() => void>();
  let shelf: Shelf = { personas: new Map(), problems: [] };
  let reading = Promise.resolve();

  const read = async () => {
    const next = await readShelf(options, shelf);
    tellProblems(options.log, shelf.problems, next.problems);
    shelf = next;
    for (const listener of listeners) listener();
  };
  const reload = () => {
    reading = reading.then(read, read);
    return reading;
  };

  await reload();
  const stopWatching = watchFolder(options, reload);
  return {
    list: () => [...shelf.personas.values()].sort((a, b) => a.name.localeCompare(b.name)),
    find: (id) => shelf.personas.get(id),
    problems: () => shelf.problems,
    reload,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: stopWatching,
  };
}

async function readShelf(options: PersonaLibraryOptions, before: Shelf): Promise<Shelf> {
  const personas = new Map<string, Persona>();
  const problems: LoadedProblem[] = [];
  for (const { id, parsed } of await parseAll(options)) {
    const earlier = before.personas.get(id);
    if (!parsed.ok) {
      problems.push({ ...parsed.problem, usingLastGood: earlier !== undefined });
      if (earlier !== undefined) personas.set(id, earlier);
      continue;
    }
    const isNew = earlier?.version !== parsed.persona.version;
    if (isNew) await options.onVersion?.(parsed.persona);
    personas.set(id, isNew ? parsed.persona : earlier);
  }
  return { personas, problems };
}

async function parseAll(options: PersonaLibraryOptions): Promise<{ id: string; parsed: ParsedPersona }[]> {
  const { directory, knownTools } = options;
  const names = await fileNames(directory);
  const read = names.map(async (name) => {
    const file = path.join(path.basename(directory), name);
    const text = await readFile(path.join(directory, name), 'utf8').catch(() => null);
    if (text === null) return [];
    return [{ id: path.basename(name, '.md'), parsed: parsePersonaFile({ file, text, knownTools }) }];
  });
  return (await Promise.all(read)).flat();
}

async function fileNames(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory);
    return names.filter((name) => name.endsWith('.md') && !name.startsWith('.')).sort();
  } catch (error) {
    throw new ConfigError(`PERSONAS_DIR: the folder “${directory}” cannot be read (${codeOf(error)}). Create it, or name another.`);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}

function tellProblems(log: PersonaLibraryOptions['log'], before: readonly LoadedProblem[], now: readonly LoadedProblem[]): void {
  const known = new Set(before.map((problem) => JSON.stringify(problem)));
  for (const problem of now.filter((one) => !known.has(JSON.stringify(one)))) {
    log.warn(problem, problem.usingLastGood ? 'persona file is broken, its last good version stays in use' : 'persona file is broken');
  }
}

function watchFolder(options: PersonaLibraryOptions, reload: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(options.directory, { persistent: false }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      reload().catch((error: unknown) => options.log.warn({ err: error }, 'the personas could not be read again'));
    }, settleMs);
  });
  watcher.on('error', (error) => options.log.warn({ err: error }, 'the personas folder is no longer watched'));
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
