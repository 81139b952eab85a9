/** Why a call left the queue without its turn. */
export class LaneLeft extends Error {
  readonly reason: 'timeout' | 'cancelled';

  constructor(reason: 'timeout' | 'cancelled') {
    super(`left the queue: ${reason}`);
    this.reason = reason;
  }
}

/** The one place at the counter of one key. */
export interface Lane {
  /** No request of this key before this instant, in milliseconds of the injected clock. */
  readonly pausedUntil: number;
  pauseUntil(instant: number): void;
}

export interface RequestLanes {
  /** Runs `work` alone among all work of the same key, first come first served. Throws LaneLeft while waiting. */
  run<Result>(key: string, patience: Patience, work: (lane: Lane) => Promise<Result>): Promise<Result>;
  /** How many keys are being remembered. */
  size(): number;
}

export interface Patience {
  readonly deadline: number;
  readonly signal: AbortSignal;
}

interface LaneState {
  busy: boolean;
  pausedUntil: number;
  /** In order of arrival; a Set because one that gives up leaves from the middle. */
  readonly waiting: Set<() => void>;
}

/** One call at a time per Ninox key: Ninox limits parallel calls and asks to wait for each answer. */
export function createRequestLanes(now: () => number): RequestLanes {
  const lanes = new Map<string, LaneState>();

  function forgetIdle(): void {
    for (const [key, lane] of lanes) if (!lane.busy && lane.pausedUntil <= now()) lanes.delete(key);
  }

  function laneOf(key: string): LaneState {
    const known = lanes.get(key);
    if (known !== undefined) return known;
    forgetIdle();
    const lane: LaneState = { busy: false, pausedUntil: 0, waiting: new Set() };
    lanes.set(key, lane);
    return lane;
  }

  function release(key: string, lane: LaneState): void {
    const [next] = lane.waiting;
    if (next !== undefined) {
      next();
      return;
    }
    lane.busy = false;
    if (lane.pausedUntil <= now()) lanes.delete(key);
  }

  return {
    async run(key, patience, work) {
      const lane = laneOf(key);
      if (lane.busy) await waitForTurn(lane, patience, patience.deadline - now());
      else lane.busy = true;
      try {
        return await work({
          get pausedUntil() {
            return lane.pausedUntil;
          },
          pauseUntil: (instant) => {
            lane.pausedUntil = Math.max(lane.pausedUntil, instant);
          },
        });
      } finally {
        release(key, lane);
      }
    },
    size: () => lanes.size,
  };
}

/** The lane stays busy when it is handed over, so nobody who comes later can slip in between. */
function waitForTurn(lane: LaneState, { signal }: Patience, remainingMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (settle: () => void) => {
      lane.waiting.delete(start);
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      settle();
    };
    const start = () => leave(resolve);
    const cancel = () => leave(() => reject(new LaneLeft('cancelled')));
    const timer = setTimeout(() => leave(() => reject(new LaneLeft('timeout'))), Math.max(0, remainingMs));
    if (signal.aborted) return cancel();
    signal.addEventListener('abort', cancel, { once: true });
    lane.waiting.add(start);
  });
}
