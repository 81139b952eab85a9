import { setTimeout as sleepFor } from 'node:timers/promises';
import type { NinoxWatchRecord, NinoxWatchRepository } from '#db/repositories/ninox-watches.ts';
import { createEarlierValues } from './earlier-values.ts';
import { type PollDeps, pollWatch } from './poll-watch.ts';

export interface ChangePollerDeps extends Omit<PollDeps, 'watches' | 'earlier' | 'sleep'> {
  readonly watches: NinoxWatchRepository;
  readonly sleep?: PollDeps['sleep'];
  /** Between two looks at what is due. */
  readonly tickMs?: number;
}

export interface ChangePoller {
  start(): void;
  /** Looks at everything that is due now; resolves once all of it was looked at. */
  pollDue(): Promise<void>;
  /** Begins nothing more, and waits for what is being looked at, so long at most. */
  close(graceMs: number): Promise<void>;
}

const tick = 1_000;
const atOnce = 8;
/** Longer than a look takes; a process that is lost has its watches taken over after it. */
const leaseMs = 150_000;
const longestLookMs = 120_000;
/** A clock that was put back by less is waited for. */
const jumpMs = 30_000;

/** Watches places in Ninox for jobs; each is looked at by one process at a time. */
export function createChangePoller({ tickMs = tick, ...deps }: ChangePollerDeps): ChangePoller {
  const polling: PollDeps = {
    sleep: (milliseconds, signal) => sleepFor(milliseconds, undefined, { signal, ref: false }),
    ...deps,
    earlier: createEarlierValues(),
  };
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | null = null;
  let filling: Promise<number> | null = null;
  let isStopped = false;
  let lastTick = deps.clock();

  /** Begins looking at what is due, as far as there is room; gives how many that are. */
  const fill = async (): Promise<number> => {
    if (isStopped || running.size >= atOnce) return 0;
    lastTick = await wakeAfterJump(deps, lastTick);
    const until = new Date(lastTick.getTime() + leaseMs);
    const due = await deps.watches.claimDue({ now: lastTick, until, limit: atOnce - running.size });
    for (const watch of due) {
      const look = pollOne(polling, watch, closing.signal).finally(() => running.delete(look));
      running.add(look);
    }
    return due.length;
  };
  const onTick = () => {
    filling ??= fill()
      .catch((error: unknown) => tellUnseen(deps, error))
      .finally(() => {
        filling = null;
      });
  };
  return {
    async pollDue() {
      while ((await fill()) > 0) await Promise.all(running);
    },
    start() {
      if (timer !== null || isStopped) return;
      timer = setInterval(onTick, tickMs);
      timer.unref();
      onTick();
    },
    async close(graceMs) {
      isStopped = true;
      if (timer !== null) clearInterval(timer);
      await filling;
      await endWithin(graceMs, running);
      closing.abort();
      await Promise.all(running);
    },
  };
}

/** Resolves once all have ended, or after so long. */
async function endWithin(graceMs: number, running: ReadonlySet<Promise<void>>): Promise<void> {
  const over = new AbortController();
  const inTime = sleepFor(graceMs, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([Promise.all(running), inTime]);
  over.abort();
}

function tellUnseen({ log }: Pick<PollDeps, 'log'>, error: unknown): number {
  log.error({ err: error }, 'what jobs watch in Ninox could not be looked at');
  return 0;
}

async function pollOne(deps: PollDeps, watch: NinoxWatchRecord, closing: AbortSignal): Promise<void> {
  const inTime = AbortSignal.timeout(longestLookMs);
  try {
    await pollWatch(deps, watch, { closing, signal: AbortSignal.any([closing, inTime]) });
  } catch (error) {
    deps.log.error({ err: error, jobId: watch.jobId }, 'what a job watches in Ninox could not be looked at');
  }
}

/** Where the clock was put back, what was due by the old one would wait until the new one gets there. */
async function wakeAfterJump({ watches, clock }: ChangePollerDeps, last: Date): Promise<Date> {
  const now = clock();
  if (now.getTime() < last.getTime() - jumpMs) await watches.wakeAll(now);
  return now;
}
