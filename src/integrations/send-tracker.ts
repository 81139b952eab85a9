import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';

/** What became of one call of fetch, as far as its HTTP client reports it. */
export interface SendTrace {
  /** True only between the moment the HTTP client took the request and the moment it wrote its first byte. */
  certainlyUnsent: boolean;
}

interface TrackedTrace extends SendTrace {
  taken: boolean;
  readonly onSecondRequest: () => void;
}

export interface SendTracker {
  /**
   * Runs `work` and follows the request it makes. fetch quietly repeats a request that is answered 421;
   * `onSecondRequest` is called before that repetition is written, and aborting there prevents it.
   */
  follow<Result>(work: () => Result, onSecondRequest: () => void): { trace: SendTrace; result: Result };
}

/** Listens to the diagnostics channels of Node's fetch for as long as the process lives. */
export function createSendTracker(): SendTracker {
  const current = new AsyncLocalStorage<TrackedTrace>();
  const traces = new WeakMap<object, TrackedTrace>();

  subscribe('undici:request:create', (message) => {
    const trace = current.getStore();
    const request = requestOf(message);
    if (trace === undefined || request === null) return;
    if (trace.taken) {
      trace.onSecondRequest();
      return;
    }
    trace.taken = true;
    trace.certainlyUnsent = true;
    traces.set(request, trace);
  });
  subscribe('undici:client:sendHeaders', (message) => {
    const request = requestOf(message);
    const trace = request === null ? undefined : traces.get(request);
    if (trace !== undefined) trace.certainlyUnsent = false;
  });

  return {
    follow(work, onSecondRequest) {
      const trace: TrackedTrace = { certainlyUnsent: false, taken: false, onSecondRequest };
      return { trace, result: current.run(trace, work) };
    },
  };
}

/** Null for CONNECT: that one opens a tunnel through a proxy and is not the request that is followed. */
function requestOf(message: unknown): object | null {
  if (typeof message !== 'object' || message === null) return null;
  const request: unknown = Reflect.get(message, 'request');
  if (typeof request !== 'object' || request === null) return null;
  return Reflect.get(request, 'method') === 'CONNECT' ? null : request;
}
