import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';

/** What became of one call of fetch, as far as its HTTP client reports it. */
export interface SendTrace {
  /** True only between the moment the HTTP client took the request and the moment it wrote its first byte. */
  certainlyUnsent: boolean;
}

export interface SendWatch {
  /** Asked with the address at the other end, before the first byte is written to it; if not, the socket is closed. */
  mayWriteTo(address: string): boolean;
  /** Called before a request that fetch repeats by itself is written, and when a socket was closed; must abort. */
  onRefused(): void;
}

interface TrackedTrace extends SendTrace {
  taken: boolean;
  readonly watch: SendWatch;
}

export interface SendTracker {
  /** Runs `work` and follows the request it makes. fetch quietly repeats a request that is answered 421. */
  follow<Result>(work: () => Result, watch: SendWatch): { trace: SendTrace; result: Result };
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
      trace.watch.onRefused();
      return;
    }
    trace.taken = true;
    trace.certainlyUnsent = true;
    traces.set(request, trace);
  });
  subscribe('undici:client:sendHeaders', (message) => {
    const request = requestOf(message);
    const trace = request === null ? undefined : traces.get(request);
    if (trace === undefined) return;
    // The channel speaks before the head is written, and nothing can be written to a socket that is destroyed.
    const socket = socketOf(message);
    if (socket?.remoteAddress !== undefined && trace.watch.mayWriteTo(socket.remoteAddress)) {
      trace.certainlyUnsent = false;
      return;
    }
    trace.certainlyUnsent = socket !== null;
    trace.watch.onRefused();
    socket?.destroy();
  });

  return {
    follow(work, watch) {
      const trace: TrackedTrace = { certainlyUnsent: false, taken: false, watch };
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

function socketOf(message: unknown): Socket | null {
  const socket: unknown = typeof message === 'object' && message !== null ? Reflect.get(message, 'socket') : null;
  return socket instanceof Socket ? socket : null;
}
