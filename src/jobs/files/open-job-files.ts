import path from 'node:path';
import { keepReading } from '#personas/keep-reading.ts';
import { codeOf, type MarkdownFile, readMarkdownFiles } from '#personas/read-markdown-files.ts';
import { applyJobFile, type JobFileDeps, pauseGone } from './apply-job-file.ts';
import { type JobFileProblem, type ParsedJobFile, parseJobFile } from './parse-job-file.ts';

/** The jobs in files, kept as their files say while the service runs. */
export interface JobFiles {
  /** Sorted by file. */
  problems(): readonly JobFileProblem[];
  /** Reads the folder again now. */
  reload(): Promise<void>;
  /** Stops watching; resolves once a reload at work has ended. */
  close(): Promise<void>;
}

export interface JobFilesOptions {
  /** Where the files lie, beside the personas: it need not be there. */
  readonly directory: string;
  readonly log: { info(facts: object, message: string): void; warn(facts: object, message: string): void };
  readonly recheckMs?: number;
}

/** What a file held when it was applied, and where its job is. */
interface AppliedFile {
  readonly text: string;
  readonly place: string;
}

interface Shelf {
  /** By file; only those that are stored as they stand. */
  readonly applied: ReadonlyMap<string, AppliedFile>;
  /** The places of jobs whose files are there, broken ones included. */
  readonly places: ReadonlySet<string>;
  readonly problems: readonly JobFileProblem[];
}

/**
 * Stores every `*.md` of the folder as a job and watches the folder. A broken file leaves its job as it was and says so;
 * a job whose file is gone is paused.
 */
export async function openJobFiles(deps: JobFileDeps, options: JobFilesOptions): Promise<JobFiles> {
  let shelf: Shelf | null = null;
  let reading = Promise.resolve();
  const read = async () => {
    const before = shelf;
    shelf = await readShelf(deps, options, before);
    tellProblems(options, before?.problems ?? [], shelf.problems);
  };
  const reload = () => {
    reading = reading.then(read, read);
    return reading;
  };
  await reload();
  const stopWatching = keepReading({ ...options, what: 'jobs' }, reload);
  // What changed before the watcher was there was seen by nobody.
  await reload();
  return {
    problems: () => shelf?.problems ?? [],
    reload,
    async close() {
      stopWatching();
      await reading.catch(() => undefined);
    },
  };
}

async function readShelf(deps: JobFileDeps, { directory }: JobFilesOptions, before: Shelf | null): Promise<Shelf> {
  const applied = new Map<string, AppliedFile>();
  const places = new Set<string>();
  const problems: JobFileProblem[] = [];
  for (const { file, text, parsed } of await readFolder(directory)) {
    const earlier = before?.applied.get(file);
    if (earlier !== undefined && earlier.text === text) {
      applied.set(file, earlier);
      places.add(earlier.place);
      continue;
    }
    const result = parsed.ok ? await applyJobFile(deps, parsed.job) : parsed;
    if (!result.ok) {
      problems.push(result.problem);
      continue;
    }
    const place = placeOf(result);
    applied.set(file, { text: text ?? '', place });
    places.add(place);
  }
  const kept = new Set([...places, ...brokenPlaces(problems)]);
  if (before === null || !isSame(before.places, kept)) await pauseGone(deps, (job) => isKept(kept, job));
  return { applied, places: kept, problems };
}

const placeOf = ({ organizationId, id }: { readonly organizationId: string; readonly id: string }) =>
  `${organizationId}/${id}`;

/** A broken file is there: its job stays as it was, in whatever organization it is. */
function brokenPlaces(problems: readonly JobFileProblem[]): readonly string[] {
  return problems.map(({ file }) => `*/${path.basename(file, '.md')}`);
}

function isKept(places: ReadonlySet<string>, job: { readonly organizationId: string; readonly id: string }): boolean {
  return places.has(placeOf(job)) || places.has(`*/${job.id}`);
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((place) => b.has(place));
}

interface FolderFile {
  readonly file: string;
  readonly text: string | null;
  readonly parsed: ParsedJobFile;
}

async function readFolder(directory: string): Promise<readonly FolderFile[]> {
  const above = path.basename(path.dirname(directory));
  return (await readFiles(directory)).map(({ name, text, problem }) => {
    const file = path.join(above, path.basename(directory), name);
    const message = problem ?? 'The file cannot be read.';
    const unread = { ok: false, problem: { file, line: 1, message } } as const;
    return { file, text, parsed: text === null ? unread : parseJobFile({ file, text }) };
  });
}

/** A folder that is not there holds no jobs. */
async function readFiles(directory: string): Promise<readonly MarkdownFile[]> {
  try {
    return await readMarkdownFiles(directory);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** A problem that stays is told once. */
function tellProblems(
  { log }: JobFilesOptions,
  before: readonly JobFileProblem[],
  now: readonly JobFileProblem[],
): void {
  const known = new Set(before.map((problem) => JSON.stringify(problem)));
  for (const problem of now) {
    if (!known.has(JSON.stringify(problem))) log.warn(problem, 'job file is not in use as it stands');
  }
}
