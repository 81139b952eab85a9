import { RunAbort } from './run-abort.ts';
import type { RunEvent } from './run-events.ts';

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
  readonly emit: (event: RunEvent) => void;
  /** Sends out text that is still held back for joining. */
  readonly flush: () => void;
  settle(): void;
}

type TextDelta = RunEvent & { type: 'text-delta' };

export function createLiveRun(runId: string, conversationId: string): LiveRunControl {
  const events: RunEvent[] = [];
  const listeners = new Set<RunListener>();
  const abort = new AbortController();
  const { promise: done, resolve: settle } = Promise.withResolvers<void>();

  const publish = (event: RunEvent) => {
    const last = events.at(-1);
    if (event.type === 'text-delta' && last?.type === 'text-delta' && last.id === event.id) {
      events[events.length - 1] = joinDeltas(last, event);
    } else {
      events.push(event);
    }
    for (const listener of listeners) listener(event);
  };
  const deltas = createDeltaJoiner(publish);

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
      if (event.type === 'text-delta') return deltas.add(event);
      deltas.flush();
      publish(event);
    },
    flush: deltas.flush,
    settle,
  };
}

/** Lets the first delta after a pause through at once and joins those that follow within a frame. */
function createDeltaJoiner(publish: (delta: TextDelta) => void) {
  let held: TextDelta | null = null;
  let timer: NodeJS.Timeout | null = null;
  let lastAt = Number.NEGATIVE_INFINITY;

  const flush = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (held === null) return;
    const delta = held;
    held = null;
    lastAt = performance.now();
    publish(delta);
  };
  const add = (delta: TextDelta) => {
    if (held !== null && held.id !== delta.id) flush();
    held = held === null ? delta : joinDeltas(held, delta);
    if (timer !== null) return;
    if (performance.now() - lastAt >= coalesceMs) flush();
    else timer = setTimeout(flush, coalesceMs);
  };
  return { add, flush };
}

function joinDeltas(first: TextDelta, second: TextDelta): TextDelta {
  return { ...first, delta: first.delta + second.delta };
}
