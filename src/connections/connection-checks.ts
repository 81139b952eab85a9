import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionRecord } from '#db/repositories/connections.ts';
import type { Logger } from '#log';
import { type CheckDeps, checkConnection } from './check-connection.ts';

export interface ConnectionChecksDeps extends CheckDeps {
  readonly log: Logger;
  /** Milliseconds; rejects when the signal is aborted. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const dayMs = 24 * 3600_000;
/** Between two checks, so that a thousand keys are not tried at once. */
const spreadMs = 2_000;
const idleMs = 5 * 60_000;

/** Checks every active connection once a day, one at a time, for as long as it is not stopped. */
export function startConnectionChecks(deps: ConnectionChecksDeps): { stop(): Promise<void> } {
  const { log, wait = waitUnref } = deps;
  const stopped = new AbortController();

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      const found = await checkNext(deps, stopped.signal).catch((error: unknown) => {
        log.error({ err: error }, 'the daily check of connections failed; it goes on later');
        return false;
      });
      await wait(found ? spreadMs : idleMs, stopped.signal);
    }
  }
  const running = run().catch(() => undefined);
  return {
    async stop() {
      stopped.abort();
      await running;
    },
  };
}

/** Checks the connection that has waited longest; false when none is due. Of several processes one does it. */
export async function checkNext(deps: ConnectionChecksDeps, signal?: AbortSignal): Promise<boolean> {
  const { repository, log, clock = () => new Date() } = deps;
  const now = clock();
  const due = await repository.findUnchecked(new Date(now.getTime() - dayMs));
  if (due === null) return false;
  const claimed = await claim(deps, due, now);
  if (claimed === null) return true;
  const checked = await checkConnection(deps, claimed, signal);
  if (checked === null) {
    await release(deps, claimed, due);
    return false;
  }
  const { organizationId, id, label, lastCheckProblem: problem } = checked;
  if (problem !== null) log.warn({ organizationId, connectionId: id, label, problem }, 'a connection has a problem');
  return true;
}

function claim({ repository }: CheckDeps, due: ConnectionRecord, now: Date): Promise<ConnectionRecord | null> {
  const { lastCheckedAt } = due;
  return repository.change({
    key: due,
    expected: { lastCheckedAt, status: 'active' },
    values: { lastCheckedAt: now },
    counts: false,
  });
}

/** A check that was broken off is due again at once. */
async function release({ repository }: CheckDeps, claimed: ConnectionRecord, due: ConnectionRecord): Promise<void> {
  const { lastCheckedAt } = due;
  const expected = { lastCheckedAt: claimed.lastCheckedAt };
  await repository.change({ key: due, expected, values: { lastCheckedAt }, counts: false });
}

async function waitUnref(milliseconds: number, signal: AbortSignal): Promise<void> {
  await pause(milliseconds, undefined, { signal, ref: false });
}
