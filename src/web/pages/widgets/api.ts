import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  ChangeWidgetRequest,
  CreatedWidgetKeyView,
  CreateWidgetKeyRequest,
  WidgetListView,
  WidgetUsageView,
  WidgetView,
} from '#channels/http/contract/widgets.ts';
import { getJson, send, withSignal } from '../../api-client.ts';

const at = (id: string, rest = '') => `/api/v1/widgets/${encodeURIComponent(id)}${rest}`;

export const widgetApi = {
  list: (cursor: string | null, signal?: AbortSignal) =>
    getJson<WidgetListView>('/api/v1/widgets', { query: { cursor, limit: 50 }, ...withSignal(signal) }),
  get: (id: string, signal?: AbortSignal) => getJson<WidgetView>(at(id), withSignal(signal)),
  create: (request: { name: string; personaId: string; origins: readonly string[] }) =>
    send<WidgetView>('POST', '/api/v1/widgets', request),
  change: (id: string, request: ChangeWidgetRequest) => send<WidgetView>('PATCH', at(id), request),
  remove: (id: string) => send('DELETE', at(id)),
  createKey: (id: string, request: CreateWidgetKeyRequest) =>
    send<CreatedWidgetKeyView>('POST', at(id, '/keys'), request),
  revokeKey: (id: string, keyId: string) => send('DELETE', at(id, `/keys/${encodeURIComponent(keyId)}`)),
  usage: (id: string, signal?: AbortSignal) => getJson<WidgetUsageView>(at(id, '/usage'), withSignal(signal)),
};

const keys = {
  list: ['widgets'],
  one: (id: string) => ['widget', id],
  usage: (id: string) => ['widget', id, 'usage'],
} as const;

export function useWidgets() {
  return useInfiniteQuery({
    queryKey: keys.list,
    queryFn: ({ pageParam, signal }) => widgetApi.list(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    select: (data) => data.pages.flatMap((page) => page.items),
  });
}

export function useWidget(id: string) {
  return useQuery({ queryKey: keys.one(id), queryFn: ({ signal }) => widgetApi.get(id, signal) });
}

export function useWidgetUsage(id: string) {
  return useQuery({ queryKey: keys.usage(id), queryFn: ({ signal }) => widgetApi.usage(id, signal) });
}

/** A change that answers the widget as it is then; the page shows that at once. */
export function useWidgetChange<Input>(id: string, change: (input: Input) => Promise<WidgetView>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    async onSuccess(widget) {
      await client.cancelQueries({ queryKey: keys.one(id), exact: true });
      client.setQueryData(keys.one(id), widget);
      void client.invalidateQueries({ queryKey: keys.list });
    },
  });
}

/** Loads the widget and the list again, after a change that does not answer it. */
export function useRefreshWidget(id: string): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await Promise.all([
      client.invalidateQueries({ queryKey: keys.one(id), exact: true }),
      client.invalidateQueries({ queryKey: keys.list }),
    ]);
  };
}

/** Forgets a widget that is gone, so that no page asks for it any more. */
export function useForgetWidget(id: string): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    client.removeQueries({ queryKey: keys.one(id) });
    await client.invalidateQueries({ queryKey: keys.list });
  };
}
