import type { Logger } from '#log';
import type { Processes } from './processes.ts';
import { type LostRun, type RecoveryDeps, recoverRun } from './recover-runs.ts';
import type { RunService } from './run-service.ts';

/** Finds what lost processes and lost wake-ups have left behind; any number of processes may do it at once. */
export interface Sweep {
  /** Resolves when everything that was there has been looked at. Never rejects. */
  sweep(): Promise<void>;
  /** From here on by itself, every few seconds. */
  start(): void;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

export interface SweepDeps extends Omit<RecoveryDeps, 'runs'> {
  readonly runs: RecoveryDeps['runs'] & {
    listRunning(): Promise<readonly LostRun[]>;
    listDecided(limit: number): Promise<readonly { readonly organizationId: string; readonly id: string }[]>;
  };
  readonly processes: Pick<Processes, 'id' | 'lostAmong' | 'prune'>;
  readonly service: Pick<RunService, 'resume' | 'dropped' | 'forgetDropped'>;
}

const everyMs = 5_000;
/** How many waiting runs one sweep takes up at most; the next one takes the others. */
const mostAtOnce = 20;

export function createSweep(deps: SweepDeps): Sweep {
  let timer: NodeJS.Timeout | null = null;
  let last: Promise<void> = Promise.resolve();
  let isUnderWay = false;
  const once = async () => {
    isUnderWay = true;
    await tried(deps.log, () => recoverLost(deps));
    await tried(deps.log, () => resumeDecided(deps));
    await tried(deps.log, () => deps.processes.prune());
    isUnderWay = false;
  };
  const sweep = () => {
    last = last.then(once);
    return last;
  };
  return {
    sweep,
    start() {
      timer = setInterval(() => {
        if (!isUnderWay) void sweep();
      }, everyMs);
      timer.unref();
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      await last;
    },
  };
}

async function recoverLost(deps: SweepDeps): Promise<void> {
  const { runs, processes, service, log } = deps;
  // Before the list: what is dropped later may be taken up again by then.
  const dropped = new Set(service.dropped());
  const running = await runs.listRunning();
  const others = new Set<string>();
  for (const { processId } of running) if (processId !== null && processId !== processes.id) others.add(processId);
  const lost = await processes.lostAmong([...others]);
  for (const run of running) {
    const { id, processId } = run;
    const isLost = processId === null || lost.has(processId) || (processId === processes.id && dropped.has(id));
    if (isLost && !(await tried(log, () => recoverRun(deps, run)))) dropped.delete(id);
  }
  service.forgetDropped([...dropped]);
}

async function resumeDecided({ runs, service }: SweepDeps): Promise<void> {
  for (const { organizationId, id } of await runs.listDecided(mostAtOnce)) await service.resume(organizationId, id);
}

async function tried(log: Logger, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    log.error({ err: error }, 'a sweep of runs failed; the next one tries again');
    return false;
  }
}
