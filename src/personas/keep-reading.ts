import { existsSync, type FSWatcher, watch } from 'node:fs';

export interface ReadingOptions {
  readonly directory: string;
  /** What it holds, in the plural: for the log. */
  readonly what: string;
  readonly log: { warn(facts: object, message: string): void };
  /** How often the folder is read even when nothing was heard of it: mounted folders can change without a word. */
  readonly recheckMs?: number;
}

/** Editors write in several steps; a change is read once they have been quiet for this long. */
const settleMs = 60;
const defaultRecheckMs = 10_000;

/** Reloads after every change of the folder and from time to time. A failure is told once and leaves all as it was. */
export function keepReading(options: ReadingOptions, reload: () => Promise<void>): () => void {
  let told: string | null = null;
  const tryReload = () => {
    reload().then(
      () => {
        told = null;
      },
      (error: unknown) => {
        if (told !== String(error)) options.log.warn({ err: error }, `the ${options.what} could not be read again`);
        told = String(error);
      },
    );
  };
  let settling: NodeJS.Timeout | undefined;
  const watcher = startWatching(options, () => {
    clearTimeout(settling);
    settling = setTimeout(tryReload, settleMs);
  });
  const recheck = setInterval(tryReload, options.recheckMs ?? defaultRecheckMs).unref();
  return () => {
    clearTimeout(settling);
    clearInterval(recheck);
    watcher?.close();
  };
}

/** Null where the system has no watchers left to give, or there is no folder: it is read from time to time only. */
function startWatching({ directory, what, log }: ReadingOptions, heard: () => void): FSWatcher | null {
  if (!existsSync(directory)) return null;
  const warn = (error: unknown) => log.warn({ err: error }, `the ${what} folder is read again from time to time only`);
  try {
    return watch(directory, { persistent: false }, heard).on('error', warn);
  } catch (error) {
    warn(error);
    return null;
  }
}
