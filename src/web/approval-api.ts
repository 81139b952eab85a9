import type {
  ApprovalCountView,
  ApprovalListView,
  ApprovalView,
  ChangeArgumentsRequest,
  DecisionRequest,
} from '#channels/http/contract/approvals.ts';
import type { EffectView, UndoView } from '#channels/http/contract/effects.ts';
import { getJson, send, withSignal } from './api-client.ts';

const at = (id: string) => encodeURIComponent(id);

/** More changes of one call's arguments than this are not followed. */
const mostReplacements = 20;

export type ListStatus = 'pending' | 'over';

/** Where the approvals and effects in a conversation are read and decided on: other places than the pages have others. */
export interface AnswerServices {
  readonly find: (id: string, signal?: AbortSignal) => Promise<ApprovalView>;
  readonly decide: (id: string, request: DecisionRequest) => Promise<ApprovalView>;
  /** Null where arguments cannot be changed. */
  readonly changeArguments: ((id: string, request: ChangeArgumentsRequest) => Promise<ApprovalView>) | null;
  readonly findEffect: (id: string, signal?: AbortSignal) => Promise<EffectView>;
  readonly undo: (id: string) => Promise<UndoView>;
}

/** What waits for a person and what people have decided. */
export const approvalsApi = {
  list: (status: ListStatus, cursor: string | null, signal?: AbortSignal) =>
    getJson<ApprovalListView>('/api/v1/approvals', { query: { status, cursor, limit: 30 }, ...withSignal(signal) }),
  find: (id: string, signal?: AbortSignal) => getJson<ApprovalView>(`/api/v1/approvals/${at(id)}`, withSignal(signal)),
  count: (signal?: AbortSignal) => getJson<ApprovalCountView>('/api/v1/approval-count', withSignal(signal)),
  decide: (id: string, request: DecisionRequest) =>
    send<ApprovalView>('POST', `/api/v1/approvals/${at(id)}/decision`, request),
  changeArguments: (id: string, request: ChangeArgumentsRequest) =>
    send<ApprovalView>('POST', `/api/v1/approvals/${at(id)}/arguments`, request),
};

/** The life of calls that change something, and how one is taken back. */
export const effectsApi = {
  find: (id: string, signal?: AbortSignal) => getJson<EffectView>(`/api/v1/effects/${at(id)}`, withSignal(signal)),
  undo: (id: string) => send<UndoView>('POST', `/api/v1/effects/${at(id)}/undo`),
};

/** Those of the pages. */
export const pageServices: AnswerServices = {
  find: approvalsApi.find,
  decide: approvalsApi.decide,
  changeArguments: approvalsApi.changeArguments,
  findEffect: effectsApi.find,
  undo: effectsApi.undo,
};

/** The approval that asks now in the place of this one, which it is itself unless its arguments were changed. */
export async function findCurrent(services: AnswerServices, id: string, signal?: AbortSignal): Promise<ApprovalView> {
  let approval = await services.find(id, signal);
  for (let turn = 0; approval.replacedBy !== null && turn < mostReplacements; turn += 1) {
    approval = await services.find(approval.replacedBy, signal);
  }
  return approval;
}
