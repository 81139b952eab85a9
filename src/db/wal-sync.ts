import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { toStorageError } from './storage-error.ts';

/**
 * Makes what SQLite has committed survive a loss of power, with the waiting done off the event loop. `synchronous = FULL`
 * gives the same promise, but there every commit stops the whole process until the disk has answered.
 */
export interface WalSync {
  /** Resolves once everything that was committed before the call is on the disk. Calls at the same time share a sync. */
  durable(): Promise<void>;
  close(): Promise<void>;
}

export interface SyncedFile {
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** `file` is opened at the first call: SQLite creates the log with the first write. */
export function createWalSync(openFile: () => Promise<SyncedFile>): WalSync {
  let file: Promise<SyncedFile> | null = null;
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  let broken: unknown = null;

  async function sync(): Promise<void> {
    // After one failure the system may drop what it could not write and report success later: never trust it again.
    if (broken !== null) throw broken;
    try {
      file ??= openFile();
      await (await file).sync();
    } catch (error) {
      broken = toStorageError(error);
      throw broken;
    }
  }
  function start(): Promise<void> {
    next = null;
    const current = sync().finally(() => {
      if (running === current) running = null;
    });
    running = current;
    return current;
  }

  return {
    durable() {
      if (running === null) return start();
      // The one under way may have begun before the caller's commit.
      next ??= running.then(start, start);
      return next;
    },
    async close() {
      await running?.catch(() => undefined);
      await (await file)?.close();
    },
  };
}

/**
 * The log beside a database file. SQLite keeps it as long as a connection is open, so one handle lasts. Open for writing,
 * because Windows syncs through no other handle.
 */
export async function openWalFile(place: string): Promise<SyncedFile> {
  const log = await open(`${place}-wal`, 'r+');
  await syncFolder(path.dirname(place));
  return { sync: () => log.datasync(), close: () => log.close() };
}

/** A new file is only found again after a loss of power when its folder was synced too. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } finally {
    await handle?.close();
  }
}
