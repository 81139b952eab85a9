import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { InboxListView } from '#channels/http/contract/jobs.ts';
import { getJson, send, withSignal } from '../../api-client.ts';
import { useMay } from '../../session.tsx';

const inboxApi = {
  list: (query: { cursor?: string | null; unread?: 'true'; limit: number }, signal?: AbortSignal) =>
    getJson<InboxListView>('/api/v1/inbox', { query, ...withSignal(signal) }),
  read: (id: string) => send('POST', `/api/v1/inbox/${encodeURIComponent(id)}/read`),
  readAll: () => send('POST', '/api/v1/inbox/read-all'),
};

const keys = {
  all: ['inbox'],
  list: (unread: boolean) => ['inbox', 'list', unread],
  count: ['inbox', 'count'],
} as const;

/** Newest first, asked for again now and then: answers come in while the page is open. */
export function useInbox(unreadOnly: boolean) {
  return useInfiniteQuery({
    queryKey: keys.list(unreadOnly),
    queryFn: ({ pageParam, signal }) =>
      inboxApi.list({ cursor: pageParam, limit: 30, ...(unreadOnly ? { unread: 'true' } : {}) }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: 20_000,
  });
}

/** How many entries are unread; 0 until that is known. */
export function useUnreadCount(): number {
  const may = useMay();
  const { data } = useQuery({
    queryKey: keys.count,
    queryFn: async ({ signal }) => (await inboxApi.list({ limit: 1, unread: 'true' }, signal)).unread,
    enabled: may('jobs:own'),
    refetchInterval: 30_000,
    refetchOnWindowFocus: true,
  });
  return data ?? 0;
}

/** Marks one entry read, or all of them. */
export function useMarkRead() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string | null) => (id === null ? inboxApi.readAll() : inboxApi.read(id)),
    onSettled: () => client.invalidateQueries({ queryKey: keys.all }),
  });
}
