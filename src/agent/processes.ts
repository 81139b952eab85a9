import { randomUUID } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Logger } from '#log';

export interface ProcessFacts {
  /** Made at the start; a process that starts again is another one. */
  readonly id: string;
  readonly host: string;
  readonly pid: number;
}

export interface ProcessRows {
  beat(process: ProcessFacts): Promise<void>;
  /** `silentMs`: how long ago it last said that it is at work. */
  list(): Promise<readonly (ProcessFacts & { readonly silentMs: number })[]>;
  remove(id: string): Promise<void>;
}

/** The processes of the service at work on one database, this one among them. */
export interface Processes {
  readonly id: string;
  /** Resolves once the others can see this one: before it takes anything in hand. */
  start(): Promise<void>;
  /** This one has nothing in hand any more. */
  stop(): Promise<void>;
  /** The ids of those that are at work. */
  alive(): Promise<readonly string[]>;
  /** Which of these are lost. To be asked after what they have in hand was read: a new process may begin meanwhile. */
  lostAmong(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Forgets those that are lost. */
  prune(): Promise<void>;
}

export interface ProcessesDeps {
  readonly rows: ProcessRows;
  readonly log: Logger;
  readonly self?: ProcessFacts;
  /** Whether a process of this host is there. */
  readonly isThere?: (pid: number) => boolean;
}

const beatMs = 5_000;
export const lostAfterMs = 20_000;

export function createProcesses({
  rows,
  log,
  self = thisProcess(),
  isThere = isProcessThere,
}: ProcessesDeps): Processes {
  let timer: NodeJS.Timeout | null = null;
  let beating: Promise<void> = Promise.resolve();
  const beat = () => {
    beating = rows.beat(self).catch((error: unknown) => log.error({ err: error }, 'the heartbeat could not be stored'));
  };
  const isLost = (row: ProcessFacts & { readonly silentMs: number }) => isLostTo(self, row, isThere);

  const alive = async () => {
    const others = (await rows.list()).filter((row) => row.id !== self.id && !isLost(row));
    return [self.id, ...others.map(({ id }) => id)];
  };

  return {
    id: self.id,
    alive,
    async start() {
      await rows.beat(self);
      timer = setInterval(beat, beatMs);
      timer.unref();
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      await beating;
      await rows.remove(self.id);
    },
    async lostAmong(ids) {
      if (ids.length === 0) return new Set();
      const there = new Set(await alive());
      return new Set(ids.filter((id) => !there.has(id)));
    },
    async prune() {
      for (const row of await rows.list()) if (isLost(row)) await rows.remove(row.id);
    },
  };
}

/** Whether a process has gone, seen from this one. */
export function isLostTo(
  self: ProcessFacts,
  row: ProcessFacts & { readonly silentMs: number },
  isThere: (pid: number) => boolean,
): boolean {
  if (row.id === self.id) return false;
  if (row.silentMs > lostAfterMs) return true;
  if (row.host !== self.host) return false;
  return row.pid === self.pid || !isThere(row.pid);
}

function isProcessThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function thisProcess(): ProcessFacts {
  return { id: randomUUID(), host: `${hostname()} ${pidSpace()}`.trim(), pid: process.pid };
}

/** Containers can share a host's name and not its pids. */
function pidSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
