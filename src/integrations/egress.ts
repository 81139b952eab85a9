import type { Secret } from '#vault/secret.ts';
import { type SecretOpener, SecretUnavailable } from '#vault/vault.ts';
import { type AddressPolicy, privateAddress } from './address-policy.ts';
import { type Connection, standInOrigin } from './connection.ts';
import { EgressError, toEgressError } from './egress-error.ts';
import { createSendTracker } from './send-tracker.ts';
import { UpstreamError } from './upstream-error.ts';

export interface EgressRequest {
  readonly connection: Connection;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Appended to the connection's address; must reach the wire exactly as written. Empty for the address itself. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Beside those that belong to the body; what says who is asking is not among them, whatever it holds. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** In place of `body`: a form, encoded as it stands. */
  readonly form?: string;
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
  /**
   * One request on the wire, never redirected and never repeated, but for one that was refused (401) with a token that
   * could be renewed. Throws EgressError or UpstreamError.
   */
  send(request: EgressRequest): Promise<EgressResponse>;
}

/** A form to an address that the service's own settings name. No connection's credential goes along. */
export interface FormRequest extends Pick<EgressRequest, 'timeoutMs' | 'maxBytes' | 'signal'> {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface FormEgress {
  /** One request on the wire, never redirected and never repeated. Throws EgressError or UpstreamError. */
  sendForm(request: FormRequest): Promise<EgressResponse>;
}

/** Keeps the credential of a connection usable between the finding of the connection and its use. */
export interface CredentialKeeper {
  /** The connection as it is now, a token that is about to end renewed. Throws UpstreamError when it cannot be used. */
  current(connection: Connection): Promise<Connection>;
  /** After a 401: the connection with another credential than this one, or null when there is none to be had. */
  renewed(connection: Connection): Promise<Connection | null>;
}

export interface EgressOptions {
  readonly vault: SecretOpener;
  readonly policy: AddressPolicy;
  /** Absent where connections never change, as in a test. */
  readonly credentials?: CredentialKeeper;
  /** The stand-in that runs in this process. Its key is in no vault. */
  readonly standIn?: { readonly baseUrl: string; readonly key: Secret } | null;
  readonly fetch?: typeof fetch;
}

const decoder = new TextDecoder();
/** In place of a number of bytes: the body is not looked at. */
const unread = 0;

/** The only place that opens a secret and sends a request together with it. */
export function createEgress(options: EgressOptions): Egress {
  const { policy, credentials, standIn = null } = options;
  const vault = standIn === null ? options.vault : openerWithStandIn(options.vault, standIn.key);
  const post = createPost(options.fetch ?? fetch, policy);

  async function sendWith(connection: Connection, { request, stop }: Sending): Promise<EgressResponse> {
    const url = resolveUrl(connection, request);
    requireOrigin(connection, url, standIn?.baseUrl ?? null);
    const isStandIn = connection.origin === standInOrigin;
    const postWith = (key: Secret | null) => post({ url, init: buildInit(key, request), request, stop, isStandIn });
    if (connection.secret === null) return postWith(null);
    return vault.withSecret(connection.secret, connection.origin, postWith);
  }

  /** Between its finding and its use, a credential may have been replaced. */
  async function sendWithCurrent(connection: Connection, sending: Sending): Promise<EgressResponse> {
    try {
      return await sendWith(connection, sending);
    } catch (error) {
      if (!(error instanceof SecretUnavailable)) throw error;
      const current = credentials === undefined ? connection : await sending.stop.race(credentials.current(connection));
      const isReplaced = current.secret?.version !== connection.secret?.version && current.origin === connection.origin;
      if (!isReplaced) throw secretGone(connection);
      return sendWith(current, sending);
    }
  }

  /** A token is asked for before and, where it was refused, after; a key is what it is. */
  async function sendWithToken(keeper: CredentialKeeper, sending: Sending): Promise<EgressResponse> {
    const { request, stop } = sending;
    const connection = await stop.race(keeper.current(request.connection));
    const answer = await sendWithCurrent(connection, sending);
    if (answer.status !== 401) return answer;
    const renewed = await stop.race(keeper.renewed(connection));
    return renewed === null ? answer : sendWithCurrent(renewed, sending);
  }

  return {
    async send(request) {
      const isToken = request.connection.secret?.field === 'access_token';
      const stop = createStop(request);
      const sending = { request, stop };
      try {
        if (isToken && credentials !== undefined) return await sendWithToken(credentials, sending);
        return await sendWithCurrent(request.connection, sending);
      } catch (error) {
        throw error instanceof SecretUnavailable ? secretGone(request.connection) : error;
      } finally {
        stop.dispose();
      }
    },
  };
}

/** For what must be sent before there is a connection, such as the exchange of a code for a token. */
export function createFormEgress({
  policy,
  fetch: fetchFrom = fetch,
}: Pick<EgressOptions, 'policy' | 'fetch'>): FormEgress {
  const post = createPost(fetchFrom, policy);
  return {
    async sendForm(request) {
      const stop = createStop(request);
      const headers = { accept: 'application/json', 'content-type': formType };
      const body = new URLSearchParams(request.fields).toString();
      const init: RequestInit = { method: 'POST', headers, redirect: 'manual', body };
      try {
        return await post({ url: new URL(request.url), init, request, stop, isStandIn: false });
      } finally {
        stop.dispose();
      }
    },
  };
}

/** JSON to an address that somebody has named for it. No connection's credential goes along. */
export interface HookRequest extends Pick<EgressRequest, 'timeoutMs' | 'signal'> {
  readonly url: string;
  /** Beside the content type. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it was signed. */
  readonly body: string;
}

export interface HookEgress {
  /**
   * One request on the wire, never redirected and never repeated. Answers the status; what is sent back is not read.
   * Throws EgressError or UpstreamError.
   */
  sendHook(request: HookRequest): Promise<{ readonly status: number }>;
}

export function createHookEgress({
  policy,
  fetch: fetchFrom = fetch,
}: Pick<EgressOptions, 'policy' | 'fetch'>): HookEgress {
  const post = createPost(fetchFrom, policy);
  return {
    async sendHook({ url, headers, body, ...limits }) {
      const stop = createStop(limits);
      const all = { ...headers, 'content-type': 'application/json', accept: '*/*' };
      const init: RequestInit = { method: 'POST', headers: all, redirect: 'manual', body };
      const request = { ...limits, maxBytes: unread };
      try {
        const { status } = await post({ url: new URL(url), init, request, stop, isStandIn: false });
        return { status };
      } finally {
        stop.dispose();
      }
    },
  };
}

/** One call of `send`: its deadline holds for all that has to be done for it. */
interface Sending {
  readonly request: EgressRequest;
  readonly stop: Stop;
}

function secretGone({ label }: Connection): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_UNAUTHORIZED',
    `The stored key of the connection “${label}” cannot be used any more, so nothing was sent. Whoever manages the connection must connect it again.`,
  );
}

function openerWithStandIn(vault: SecretOpener, key: Secret): SecretOpener {
  return {
    withSecret: (ref, origin, use) => (origin === standInOrigin ? use(key) : vault.withSecret(ref, origin, use)),
  };
}

interface Posting {
  readonly request: Pick<EgressRequest, 'timeoutMs' | 'maxBytes' | 'signal'>;
  readonly stop: Stop;
  readonly url: URL;
  readonly init: RequestInit;
  readonly isStandIn: boolean;
}

/** One request to an address that was checked before it was looked up, and once more at the socket. */
function createPost(fetchFrom: typeof fetch, policy: AddressPolicy): (posting: Posting) => Promise<EgressResponse> {
  const tracker = createSendTracker();
  return async ({ url, init, request, stop, isStandIn }) => {
    if (request.signal.aborted) throw new EgressError('cancelled', { sent: false });
    if (request.timeoutMs <= 0) throw new EgressError('timeout', { sent: false });
    let refusal: UpstreamError | null = null;
    let isUnsent = () => true;
    try {
      if (!isStandIn) await stop.race(policy.admit(url));
      const { trace, result } = tracker.follow(() => fetchFrom(url, { ...init, signal: stop.signal }), {
        mayWriteTo(address) {
          if (isStandIn || policy.allowsSocket(url, address)) return true;
          refusal = privateAddress(url);
          return false;
        },
        onRefused: () => stop.abort(),
      });
      isUnsent = () => trace.certainlyUnsent;
      return await readResponse(await result, request.maxBytes);
    } catch (error) {
      stop.abort();
      if (refusal !== null || error instanceof UpstreamError) throw refusal ?? error;
      throw toEgressError(error, { stoppedBy: stop.by, certainlyUnsent: isUnsent() });
    }
  };
}

/** The credential was sealed for one scheme, host and port, and goes nowhere else. */
function requireOrigin({ origin }: Connection, url: URL, standInBaseUrl: string | null): void {
  const expected = origin === standInOrigin && standInBaseUrl !== null ? new URL(standInBaseUrl).origin : origin;
  if (url.origin !== expected) throw addressRefused();
}

/** Refuses every address that is not the connection's address followed by exactly the path that was asked for. */
function resolveUrl(connection: Connection, { path, query }: EgressRequest): URL {
  const base = URL.parse(connection.baseUrl);
  const url = URL.parse(`${connection.baseUrl}${path}`);
  if (base === null || url === null || !(path === '' || path.startsWith('/'))) throw addressRefused();
  if (base.protocol !== 'https:' && base.protocol !== 'http:') throw addressRefused();
  const prefix = path !== '' && base.pathname.endsWith('/') ? base.pathname.slice(0, -1) : base.pathname;
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
    'The address of this call does not lie below the address of the connection, so nothing was sent. Check the address of the connection and the ids of the call.',
  );
}

/** What only the connection, or the HTTP client, may say. */
const reservedHeaders = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'host',
  'content-length',
  'connection',
]);

const formType = 'application/x-www-form-urlencoded';

function buildInit(secret: Secret | null, { method, headers: more = {}, body, form }: EgressRequest): RequestInit {
  const kept = Object.entries(more).filter(([name]) => !reservedHeaders.has(name.toLowerCase()));
  const headers: Record<string, string> = {
    accept: 'application/json',
    ...Object.fromEntries(kept.map(([name, value]) => [name.toLowerCase(), value])),
    ...authorizationWith(secret),
  };
  if (form !== undefined) {
    return { method, headers: { ...headers, 'content-type': formType }, redirect: 'manual', body: form };
  }
  if (body === undefined) return { method, headers, redirect: 'manual' };
  headers['content-type'] = 'application/json';
  return { method, headers, redirect: 'manual', body: JSON.stringify(body) };
}

function authorizationWith(secret: Secret | null): Readonly<Record<string, string>> {
  if (secret === null) return {};
  const key = secret.reveal();
  // Headers would refuse such a value too, but its error quotes it.
  if (!/^[\x21-\x7e]+$/.test(key)) throw new EgressError('secret_unusable', { sent: false });
  return { authorization: `Bearer ${key}` };
}

interface Stop {
  readonly signal: AbortSignal;
  readonly by: 'timeout' | 'cancelled' | null;
  /** The work's result, or a rejection as soon as it is stopped. */
  race<T>(work: Promise<T>): Promise<T>;
  abort(): void;
  dispose(): void;
}

/** One controller for the deadline and the caller's signal; `dispose` leaves neither a timer nor a listener behind. */
function createStop({ timeoutMs, signal }: Pick<EgressRequest, 'timeoutMs' | 'signal'>): Stop {
  const controller = new AbortController();
  let by: Stop['by'] = null;
  const stopBy = (reason: 'timeout' | 'cancelled') => {
    by ??= reason;
    controller.abort();
  };
  const cancel = () => stopBy('cancelled');
  const timer = setTimeout(stopBy, Math.max(0, timeoutMs), 'timeout');
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  return {
    signal: controller.signal,
    get by() {
      return by;
    },
    race: (work) =>
      new Promise((resolve, reject) => {
        const leave = () => reject(new EgressError(by ?? 'cancelled', { sent: false }));
        if (controller.signal.aborted) leave();
        controller.signal.addEventListener('abort', leave, { once: true });
        work.then(resolve, reject);
      }),
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
  if (!response.ok || maxBytes === unread) {
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
