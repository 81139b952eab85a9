import { type QueryClient, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext } from 'react';
import type { ApprovalCountView, ApprovalView, DecisionRequest } from '#channels/http/contract/approvals.ts';
import { type AnswerServices, approvalsApi, findCurrent, type ListStatus, pageServices } from './approval-api.ts';
import { useApprovalHub } from './approval-hub.tsx';
import { queryKeys } from './queries.ts';
import { useMay } from './session.tsx';

export const approvalKeys = {
  all: ['approvals'],
  list: (status: ListStatus) => ['approvals', 'list', status],
  one: (id: string) => ['approvals', 'one', id],
  current: (id: string) => ['approvals', 'current', id],
  /** Apart from the others: it comes with the events. */
  count: ['approval-count'],
  effects: ['effects'],
  effect: (id: string) => ['effects', id],
} as const;

export function useApprovals(status: ListStatus) {
  return useInfiniteQuery({
    queryKey: approvalKeys.list(status),
    queryFn: ({ pageParam, signal }) => approvalsApi.list(status, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

/** One approval as it is; `current` is the one that asks in its place where its arguments were changed. */
export function useApproval(id: string, which: 'one' | 'current' = 'one') {
  return useQuery({ ...approvalQuery(id, which, useAnswerServices()), staleTime: 2_000 });
}

export function approvalQuery(id: string, which: 'one' | 'current', services: AnswerServices = pageServices) {
  return {
    queryKey: approvalKeys[which](id),
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      which === 'one' ? services.find(id, signal) : findCurrent(services, id, signal),
  };
}

/** Replaces the pages' own services below it. */
export const AnswerServicesContext = createContext(pageServices);

export function useAnswerServices(): AnswerServices {
  return useContext(AnswerServicesContext);
}

/** How many the person may decide now; null until it is known. The events bring it, asking is for when they do not. */
export function useApprovalCount(): number | null {
  const may = useMay();
  const { data } = useQuery({
    enabled: may('approvals:read'),
    queryKey: approvalKeys.count,
    queryFn: ({ signal }) => approvalsApi.count(signal),
    staleTime: 30_000,
    refetchInterval: 60_000,
    refetchIntervalInBackground: true,
  });
  return data?.pending ?? null;
}

export function setApprovalCount(queryClient: QueryClient, count: ApprovalCountView): void {
  queryClient.setQueryData(approvalKeys.count, count);
}

/** Has what an approval shows on the pages loaded again; `all` also what a decision leaves on record. */
export function useRefreshApprovals(): (all?: 'all') => void {
  const queryClient = useQueryClient();
  const hub = useApprovalHub();
  return useCallback(
    (all) => {
      const shown = [approvalKeys.all, approvalKeys.effects, queryKeys.conversations];
      const recorded = [approvalKeys.count, ['audit-events'], ['call-life'], queryKeys.auditChain];
      for (const queryKey of all === undefined ? shown : [...shown, ...recorded]) {
        void queryClient.invalidateQueries({ queryKey });
      }
      hub?.tell();
    },
    [queryClient, hub],
  );
}

interface Decision extends Omit<DecisionRequest, 'hash'> {
  readonly approval: ApprovalView;
}

/** Decides on exactly what was shown. Also after a refusal everything is loaded again: it says that something is not as it was. */
export function useDecide() {
  const refresh = useRefreshApprovals();
  const services = useAnswerServices();
  return useMutation({
    mutationFn: ({ approval, ...decision }: Decision) =>
      services.decide(approval.id, { ...decision, hash: approval.hash }),
    onSettled: () => refresh('all'),
  });
}

export function useChangeArguments() {
  const refresh = useRefreshApprovals();
  return useMutation({
    mutationFn: (change: { readonly approval: ApprovalView; readonly arguments: Record<string, unknown> }) =>
      approvalsApi.changeArguments(change.approval.id, { hash: change.approval.hash, arguments: change.arguments }),
    onSettled: () => refresh('all'),
  });
}

/** The life of one call that changes something. */
export function useEffectOf(callId: string, options: { enabled: boolean }) {
  const services = useAnswerServices();
  return useQuery({
    queryKey: approvalKeys.effect(callId),
    queryFn: ({ signal }) => services.findEffect(callId, signal),
    enabled: options.enabled,
  });
}

export function useUndo(callId: string) {
  const refresh = useRefreshApprovals();
  const services = useAnswerServices();
  return useMutation({ mutationFn: () => services.undo(callId), onSettled: () => refresh('all') });
}
