import type { Connection } from './connection.ts';
import { EgressError, toEgressError } from './egress-error.ts';
import { createSendTracker } from './send-tracker.ts';
import { UpstreamError } from './upstream-error.ts';

export interface EgressRequest {
  readonly connection: Connection;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Appended to the connection's base URL; must reach the wire exactly as written. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Milliseconds for everything: connecting, sending, headers and the whole body. */
  readonly timeoutMs: number;
  /** Bytes of the answer's body after decompression. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface EgressResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Empty for every status outside 200-299: the body of an error is not read. */
  readonly text: string;
}

export interface Egress {
  /** One request on the wire, never repeated, never redirected. Throws EgressError or UpstreamError EGRESS_DENIED. */
  send(request: EgressRequest): Promise<EgressResponse>;
}

export interface EgressOptions {
  readonly fetch?: typeof fetch;
}

const decoder = new TextDecoder();

/** The only place that sends a request together with a secret. */
export function createEgress(options: EgressOptions = {}): Egress {
  const tracker = createSendTracker();
  const fetchFrom = options.fetch ?? fetch;

  return {
    async send(request) {
      const url = resolveUrl(request);
      const init = buildInit(request);
      if (request.signal.aborted) throw new EgressError('cancelled', { sent: false });
      if (request.timeoutMs <= 0) throw new EgressError('timeout', { sent: false });
      const stop = createStop(request);
      const { trace, result } = tracker.follow(
        () => fetchFrom(url, { ...init, signal: stop.signal }),
        () => stop.abort(),
      );
      try {
        return await readResponse(await result, request.maxBytes);
      } catch (error) {
        stop.abort();
        throw toEgressError(error, { stoppedBy: stop.by, certainlyUnsent: trace.certainlyUnsent });
      } finally {
        stop.dispose();
      }
    },
  };
}

/** Refuses every address that is not the connection's base URL followed by exactly the path that was asked for. */
function resolveUrl({ connection, path, query }: EgressRequest): URL {
  const base = URL.parse(connection.baseUrl);
  const url = URL.parse(`${connection.baseUrl}${path}`);
  if (base === null || url === null || !path.startsWith('/')) throw addressRefused();
  if (base.protocol !== 'https:' && base.protocol !== 'http:') throw addressRefused();
  const prefix = base.pathname.endsWith('/') ? base.pathname.slice(0, -1) : base.pathname;
  const kept =
    url.origin === base.origin &&
    url.pathname === `${prefix}${path}` &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === '';
  if (!kept) throw addressRefused();
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
  return url;
}

function addressRefused(): UpstreamError {
  return new UpstreamError(
    'EGRESS_DENIED',
    'The address of this call does not lie below the address of the connection, so nothing was sent. Check the base URL of the connection and the ids of the call.',
  );
}

function buildInit({ connection, method, body }: EgressRequest): RequestInit {
  const key = connection.secret.reveal();
  // Headers would refuse such a value too, but its error quotes it.
  if (!/^[\x21-\x7e]+$/.test(key)) throw new EgressError('secret_unusable', { sent: false });
  const headers: Record<string, string> = { authorization: `Bearer ${key}`, accept: 'application/json' };
  if (body === undefined) return { method, headers, redirect: 'manual' };
  headers['content-type'] = 'application/json';
  return { method, headers, redirect: 'manual', body: JSON.stringify(body) };
}

interface Stop {
  readonly signal: AbortSignal;
  readonly by: 'timeout' | 'cancelled' | null;
  abort(): void;
  dispose(): void;
}

/** One controller for the deadline and the caller's signal; `dispose` leaves neither a timer nor a listener behind. */
function createStop({ timeoutMs, signal }: EgressRequest): Stop {
  const controller = new AbortController();
  let by: Stop['by'] = null;
  const stopBy = (reason: 'timeout' | 'cancelled') => {
    by ??= reason;
    controller.abort();
  };
  const cancel = () => stopBy('cancelled');
  const timer = setTimeout(stopBy, timeoutMs, 'timeout');
  signal.addEventListener('abort', cancel, { once: true });
  return {
    signal: controller.signal,
    get by() {
      return by;
    },
    abort: () => controller.abort(),
    dispose() {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    },
  };
}

async function readResponse(response: Response, maxBytes: number): Promise<EgressResponse> {
  const { status, headers, body } = response;
  if (status >= 300 && status < 400) throw new EgressError('redirect', { sent: true });
  if (!response.ok) {
    body?.cancel().catch(() => undefined);
    return { status, headers, text: '' };
  }
  return { status, headers, text: body === null ? '' : await readText(body, maxBytes) };
}

async function readText(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<string> {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return decoder.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, total));
    total += value.byteLength;
    if (total > maxBytes) throw new EgressError('too_large', { sent: true });
    chunks.push(value);
  }
}
