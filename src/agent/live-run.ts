import type { RunEvent } from './run-events.ts';
import { RunAbort } from './run-agent.ts';

/**
 * Deltas that arrive within this many milliseconds, one frame of a screen, go out as one; the first after a pause at once.
 */
const coalesceMs = 16;

export type RunListener = (event: RunEvent) => void;

/** A run while it works: any number of readers may join late, leave early, and miss nothing. */
export interface LiveRun {
  readonly runId: string;
  readonly conversationId: string;
  readonly signal: AbortSignal;
  /** Resolves when everything of the run is stored and its last event was sent. */
  readonly done: Promise<void>;
  /** Replays what happened so far, then goes on live. Returns how to leave. */
  subscribe(listener: RunListener): () => void;
  stop(reason: RunAbort['reason']): void;
}

export interface LiveRunControl extends LiveRun {
  emit(event: RunEvent): void;
  settle(): void;
}

export function createLiveRun(runId: string, conversationId: string): LiveRunControl {
  const events: RunEvent[] = [];
  const listeners = new Set<RunListener>();
  const abort = new AbortController();
  const { promise: done, resolve: settle } = Promise.withResolvers<void>();
  let held: (RunEvent & { type: 'text-delta' }) | null = null;
  let timer: NodeJS.Timeout | null = null;
  let lastDeltaAt = 0;

  const publish = (event: RunEvent) => {
    const last = events.at(-1);
    if (event.type === 'text-delta' && last?.type === 'text-delta' && last.id === event.id) {
      events[events.length - 1] = { ...last, delta: last.delta + event.delta };
    } else {
      events.push(event);
    }
    for (const listener of listeners) listener(event);
  };
  const flush = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (held === null) return;
    const event = held;
    held = null;
    lastDeltaAt = performance.now();
    publish(event);
  };
  const hold = (event: RunEvent & { type: 'text-delta' }) => {
    if (held !== null && held.id !== event.id) flush();
    held = held === null ? event : { ...held, delta: held.delta + event.delta };
    if (timer !== null) return;
    if (performance.now() - lastDeltaAt >= coalesceMs) flush();
    else timer = setTimeout(flush, coalesceMs);
  };

  return {
    runId,
    conversationId,
    signal: abort.signal,
    done,
    subscribe(listener) {
      for (const event of events) listener(event);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: (reason) => abort.abort(new RunAbort(reason)),
    emit(event) {
      if (event.type === 'text-delta') return hold(event);
      flush();
      publish(event);
    },
    settle,
  };
}
