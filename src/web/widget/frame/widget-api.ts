import { DefaultChatTransport } from 'ai';
import type { ApprovalView } from '#channels/http/contract/approvals.ts';
import type { ChatMessage, ConversationDetailView, StopView } from '#channels/http/contract/conversations.ts';
import type { EffectView, UndoView } from '#channels/http/contract/effects.ts';
import type { WidgetMessageRequest, WidgetSessionView } from '#channels/http/contract/widget-chat.ts';
import { fetchOrProblem, ProblemError } from '../../api-client.ts';
import type { AnswerServices } from '../../approval-api.ts';
import { attachedFiles } from '../../pages/chat/attached-files.ts';
import { textOf } from '../../pages/chat/chat-transport.ts';
import type { Bridge } from './bridge.ts';

const base = '/api/widget/v1';
const at = (id: string) => encodeURIComponent(id);

/** Codes that say what has to be put in the place of what was sent. */
const overBy: Readonly<Record<string, 'visitor' | 'identity'>> = {
  VISITOR_INVALID: 'visitor',
  IDENTITY_INVALID: 'identity',
  IDENTITY_REQUIRED: 'identity',
};

/** What the chat in the frame asks of the service, always as the visitor that the launcher has named. */
export interface WidgetApi {
  readonly session: () => Promise<WidgetSessionView>;
  readonly conversation: (id: string) => Promise<ConversationDetailView>;
  readonly stop: (id: string) => Promise<StopView>;
  readonly link: (code: string) => Promise<WidgetSessionView>;
  readonly logOut: () => Promise<void>;
  readonly transport: DefaultChatTransport<ChatMessage>;
  readonly answers: AnswerServices;
}

export function createWidgetApi(bridge: Pick<Bridge, 'credentials' | 'renew'>): WidgetApi {
  const ask = createFetch(bridge);
  const get = async <T>(path: string, signal?: AbortSignal) =>
    (await (await ask(`${base}${path}`, signal === undefined ? {} : { signal })).json()) as T;
  const post = async <T>(path: string, body: object = {}, init: RequestInit = {}) => {
    const headers = { 'content-type': 'application/json' };
    const response = await ask(`${base}${path}`, { ...init, method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as T;
  };
  return {
    session: () => get('/session'),
    conversation: (id) => get(`/conversations/${at(id)}`),
    stop: (id) => post<StopView>(`/conversations/${at(id)}/stop`).catch(notThereYet),
    link: (code) => post('/link', { code }),
    logOut: () => post('/logout', {}, { keepalive: true }),
    transport: createTransport(ask),
    answers: {
      find: (id, signal) => get<ApprovalView>(`/approvals/${at(id)}`, signal),
      decide: (id, request) => post<ApprovalView>(`/approvals/${at(id)}/decision`, request),
      changeArguments: null,
      findEffect: (id, signal) => get<EffectView>(`/effects/${at(id)}`, signal),
      undo: (id) => post<UndoView>(`/effects/${at(id)}/undo`),
    },
  };
}

type Ask = typeof fetchOrProblem;

/** Names the visitor with every request; where they are not known any more, once again with what is new. */
function createFetch({ credentials, renew }: Pick<Bridge, 'credentials' | 'renew'>): Ask {
  const ask: Ask = (input, init) => fetchOrProblem(input, { ...init, credentials: 'omit', headers: named(init) });
  const named = (init: RequestInit | undefined) => {
    const { visitorToken, identity } = credentials();
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${visitorToken}`);
    if (identity !== null) headers.set('x-widget-identity', identity);
    return headers;
  };
  return async (input, init) => {
    const used = credentials();
    try {
      return await ask(input, init);
    } catch (error) {
      const what = error instanceof ProblemError && error.status === 401 ? overBy[error.code] : undefined;
      if (what === undefined || (used === credentials() && !(await renew(what)))) throw error;
      return ask(input, init);
    }
  };
}

function createTransport(ask: Ask): DefaultChatTransport<ChatMessage> {
  return new DefaultChatTransport<ChatMessage>({
    api: `${base}/messages`,
    fetch: ask,
    prepareSendMessagesRequest: ({ id, messages }) => {
      const last = messages.at(-1);
      if (last === undefined) throw new Error('There is no message to send.');
      const files = attachedFiles(last).flatMap(({ name, text }) => (text === undefined ? [] : [{ name, text }]));
      const attachments = files.length === 0 ? {} : { attachments: files };
      const message = { id: last.id, text: textOf(last), ...attachments };
      const body: WidgetMessageRequest = { conversationId: id, message };
      return { body };
    },
    prepareReconnectToStreamRequest: ({ id }) => ({ api: `${base}/conversations/${at(id)}/stream` }),
  });
}

/** Its first message has not arrived there yet: nothing runs that could be stopped. */
function notThereYet(error: unknown): StopView {
  if (error instanceof ProblemError && error.status === 404) return { stopped: false };
  throw error;
}
