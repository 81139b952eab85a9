import { useInfiniteQuery } from '@tanstack/react-query';
import type { ResourceListView, ResourceView } from '#channels/http/contract/connections.ts';
import { getJson } from '../api-client.ts';

export type ResourceQuestion =
  | { readonly level: 'teams' }
  | { readonly level: 'databases'; readonly team: string }
  | { readonly level: 'tables'; readonly team: string; readonly database: string };

export interface ResourcesLoaded {
  /** Undefined until the first page is there. */
  readonly items: readonly ResourceView[] | undefined;
  readonly error: unknown;
  readonly retry: () => void;
  readonly more: (() => void) | null;
  readonly loadingMore: boolean;
}

/** What a connection can see at one level, page by page. Asks nothing while `connectionId` is null. */
export function useResources(connectionId: string | null, question: ResourceQuestion): ResourcesLoaded {
  const query = useInfiniteQuery({
    queryKey: ['connection', connectionId, 'resources', question],
    queryFn: ({ pageParam, signal }) =>
      getJson<ResourceListView>(`/api/v1/connections/${encodeURIComponent(connectionId ?? '')}/resources`, {
        query: { ...question, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    enabled: connectionId !== null,
    // Another service is asked, one call at a time: what it said a minute ago will do.
    staleTime: 60_000,
  });
  return {
    items: query.data?.pages.flatMap((page) => page.items),
    error: query.error,
    retry: () => void query.refetch(),
    more: query.hasNextPage ? () => void query.fetchNextPage() : null,
    loadingMore: query.isFetchingNextPage,
  };
}
