import type {
  AuditChainView,
  AuditDetailView,
  AuditEventView,
  AuditListView,
} from '#channels/http/contract/audit-events.ts';
import type { ProblemView } from '#channels/http/contract/common.ts';
import type {
  ConversationDetailView,
  ConversationListView,
  StatusView,
  StopView,
} from '#channels/http/contract/conversations.ts';
import type { PersonaListView } from '#channels/http/contract/personas.ts';

/** The longest message the service takes; the page stops a longer one before it is sent. */
export const maxMessageCharacters = 16_000;

/** An answer of the service that is not a success. `message` is written for the person at the page. */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;

  constructor(problem: { status: number; code: string; detail: string }) {
    super(problem.detail);
    this.name = 'ProblemError';
    this.status = problem.status;
    this.code = problem.code;
    this.detail = problem.detail;
  }
}

/** Told to the window when the service wants a sign-in, whichever request it was that met it. */
export const signInRequiredEvent = 'sign-in-required';

/** Like fetch, but an answer that is not a success is thrown as a ProblemError. */
export async function fetchOrProblem(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  if (response.ok) return response;
  const problem = await readProblem(response);
  if (problem.code === 'SIGN_IN_REQUIRED') window.dispatchEvent(new Event(signInRequiredEvent));
  throw problem;
}

async function readProblem(response: Response): Promise<ProblemError> {
  const fallback = {
    status: response.status,
    code: 'UNKNOWN',
    detail: `The service answered with status ${response.status}. Try again; if it happens again, look at the service's log.`,
  };
  try {
    const problem = (await response.json()) as Partial<ProblemView>;
    if (typeof problem.detail !== 'string') return new ProblemError(fallback);
    return new ProblemError({ status: response.status, code: problem.code ?? fallback.code, detail: problem.detail });
  } catch {
    return new ProblemError(fallback);
  }
}

/** What to tell a person about any error of a request. */
export function describeError(error: unknown): string {
  if (error instanceof ProblemError) return error.message;
  return 'The service could not be reached. Check that it is running and that you are online, then try again.';
}

type Query = Readonly<Record<string, string | number | null | undefined>>;

/** Reads JSON. `query` leaves out what is empty. */
export async function getJson<T>(path: string, options: { query?: Query; signal?: AbortSignal } = {}): Promise<T> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  const suffix = search.size > 0 ? `?${search}` : '';
  const response = await fetchOrProblem(`${path}${suffix}`, {
    headers: { accept: 'application/json' },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return (await response.json()) as T;
}

/** Sends a change as JSON and reads the answer. */
export async function send<T = unknown>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body: object = {},
): Promise<T> {
  const response = await fetchOrProblem(path, {
    method,
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as T;
}

/** What a list of audit events is narrowed to. Times are ISO 8601; `to` is exclusive. */
export interface AuditQuery {
  readonly actorId?: string | undefined;
  readonly personaId?: string | undefined;
  readonly tool?: string | undefined;
  readonly action?: AuditEventView['action'] | undefined;
  readonly connectionId?: string | undefined;
  readonly conversationId?: string | undefined;
  readonly runId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

type Cursor = string | null;

const mostPages = 6;

export const api = {
  status: (signal?: AbortSignal) => getJson<StatusView>('/api/v1/status', withSignal(signal)),
  personas: (signal?: AbortSignal) => getJson<PersonaListView>('/api/v1/personas', withSignal(signal)),
  archivedPersonas: (signal?: AbortSignal) =>
    getJson<PersonaListView>('/api/v1/personas', { query: { archived: 'true' }, ...withSignal(signal) }),
  conversations: (cursor: Cursor, signal?: AbortSignal) =>
    getJson<ConversationListView>('/api/v1/conversations', { query: { cursor, limit: 30 }, ...withSignal(signal) }),
  conversation: (id: string, signal?: AbortSignal) =>
    getJson<ConversationDetailView>(`/api/v1/conversations/${encodeURIComponent(id)}`, withSignal(signal)),
  auditEvents: (query: AuditQuery, cursor: Cursor, signal?: AbortSignal) =>
    getJson<AuditListView>('/api/v1/audit-events', { query: { ...query, cursor, limit: 50 }, ...withSignal(signal) }),
  auditEvent: (id: string, signal?: AbortSignal) =>
    getJson<AuditDetailView>(`/api/v1/audit-events/${encodeURIComponent(id)}`, withSignal(signal)),
  /** The event that opened the call another event closes, or null. It alone holds the prompt of a call that was sent. */
  async intentOf(event: AuditEventView, signal?: AbortSignal): Promise<AuditDetailView | null> {
    const { callId, runId, tool, action } = event;
    if (callId === null || runId === null || tool === null || !action.startsWith('tool.')) return null;
    const to = new Date(Date.parse(event.at) + 1).toISOString();
    const { items } = await api.auditEvents({ runId, tool, action: 'tool.intended', to }, null, signal);
    const intent = items.find((item) => item.callId === callId);
    return intent === undefined ? null : api.auditEvent(intent.id, signal);
  },
  /** Everything that was recorded of calls of one tool in one run, newest first, as far as a few pages reach. */
  async eventsOfRun(
    query: Pick<AuditQuery, 'runId' | 'tool'>,
    signal?: AbortSignal,
  ): Promise<readonly AuditEventView[]> {
    const events: AuditEventView[] = [];
    let cursor: Cursor = null;
    for (let page = 0; page < mostPages; page += 1) {
      const { items, nextCursor }: AuditListView = await api.auditEvents(query, cursor, signal);
      events.push(...items);
      cursor = nextCursor;
      if (cursor === null) break;
    }
    return events;
  },
  auditChain: (signal?: AbortSignal) => getJson<AuditChainView>('/api/v1/audit-chain', withSignal(signal)),
  async stop(conversationId: string): Promise<StopView> {
    try {
      return await send<StopView>('POST', `/api/chat/${encodeURIComponent(conversationId)}/stop`);
    } catch (error) {
      // Its first message has not arrived there yet: nothing runs that could be stopped.
      if (error instanceof ProblemError && error.status === 404) return { stopped: false };
      throw error;
    }
  },
};

export function withSignal(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

/** A fresh id the service accepts. Not crypto.randomUUID: that is missing on plain http beyond localhost. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(15));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}
