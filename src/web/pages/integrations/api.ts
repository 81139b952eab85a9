import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  AuthorizationView,
  ConnectionListView,
  ConnectionTestView,
  ConnectionView,
  DependentListView,
  DependentView,
  IntegrationListView,
  IntegrationView,
  ReplacedKeyView,
} from '#channels/http/contract/connections.ts';
import { getJson, ProblemError, send, withSignal } from '../../api-client.ts';
import { queryKeys } from '../../queries.ts';

type Category = IntegrationView['category'];
const at = (id: string) => `/api/v1/connections/${encodeURIComponent(id)}`;

/** Where a connection leads: the integration, the place, and the address where one was asked for. */
export interface Target {
  readonly integration: string;
  readonly place: string;
  readonly address?: string;
}

/** What a connection may be used for. */
interface Rights {
  readonly scopes: readonly string[];
  readonly limits: ConnectionView['limits'];
  readonly limitNames: Readonly<Record<string, string>>;
}

export interface NewConnection extends Target, Rights {
  readonly key?: string;
  /** What was filled in, where it is connected over a form. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly label: string;
  readonly ownership: ConnectionView['ownership'];
}

export const connectionsApi = {
  integrations: (query: { search?: string; category?: string; cursor?: string | null }, signal?: AbortSignal) =>
    getJson<IntegrationListView>('/api/v1/integrations', { query: { ...query, limit: 100 }, ...withSignal(signal) }),
  connections: (cursor: string | null, signal?: AbortSignal) =>
    getJson<ConnectionListView>('/api/v1/connections', { query: { cursor, limit: 100 }, ...withSignal(signal) }),
  connection: (id: string, signal?: AbortSignal) => getJson<ConnectionView>(at(id), withSignal(signal)),
  dependents: (id: string, signal?: AbortSignal) =>
    getJson<DependentListView>(`${at(id)}/dependents`, withSignal(signal)),
  test: (request: Target & { key?: string }) => send<ConnectionTestView>('POST', '/api/v1/connection-tests', request),
  create: (request: NewConnection) => send<ConnectionView>('POST', '/api/v1/connections', request),
  change: (id: string, request: Rights & { revision: number; label: string }) =>
    send<ConnectionView>('PATCH', at(id), request),
  check: (id: string) => send<ConnectionView>('POST', `${at(id)}/checks`),
  replaceKey: (id: string, request: { key: string; acceptLoss: boolean }) =>
    send<ReplacedKeyView>('POST', `${at(id)}/key`, request),
  revoke: (id: string) => send<ConnectionView>('POST', `${at(id)}/revoke`),
  authorize: (
    request: Rights & {
      integration: string;
      label: string;
      ownership: ConnectionView['ownership'];
      connectionId?: string;
    },
  ) => send<AuthorizationView>('POST', '/api/v1/connection-authorizations', request),
};

const connectionKeys = {
  integrations: ['integrations'],
  connections: ['connections'],
  connection: (id: string) => ['connection', id, 'view'],
  dependents: (id: string) => ['connection', id, 'dependents'],
} as const;

/** The catalog, narrowed; what was found before stays until the new answer is there. */
export function useIntegrations(query: { search: string; category: Category | '' }) {
  return useQuery({
    queryKey: [...connectionKeys.integrations, query],
    queryFn: ({ signal }) => connectionsApi.integrations(query, signal),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

/** One integration of the catalog; null where there is none of that name. */
export function useIntegration(name: string) {
  return useQuery({
    queryKey: [...connectionKeys.integrations, { name }],
    queryFn: async ({ signal }) => {
      let cursor: string | null = null;
      do {
        const page: IntegrationListView = await connectionsApi.integrations({ cursor }, signal);
        const found = page.items.find((item) => item.name === name);
        if (found !== undefined) return found;
        cursor = page.nextCursor;
      } while (cursor !== null);
      return null;
    },
    staleTime: 30_000,
  });
}

/** Every connection the person can see, newest first. */
export function useConnections() {
  return useInfiniteQuery({
    queryKey: connectionKeys.connections,
    queryFn: ({ pageParam, signal }) => connectionsApi.connections(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

/** One connection; null where there is none, or none that is the person's to see. */
export function useConnection(id: string) {
  return useQuery({
    queryKey: connectionKeys.connection(id),
    queryFn: async ({ signal }) => {
      try {
        return await connectionsApi.connection(id, signal);
      } catch (error) {
        if (error instanceof ProblemError && error.status === 404) return null;
        throw error;
      }
    },
  });
}

/** Everything that would stop with the connection, asked for anew each time somebody is about to decide. */
export function useDependents(id: string) {
  return useQuery({
    queryKey: connectionKeys.dependents(id),
    queryFn: async ({ signal }): Promise<readonly DependentView[]> =>
      (await connectionsApi.dependents(id, signal)).items,
    staleTime: 0,
  });
}

/** A change of a connection: what comes back is shown at once, and all that speaks of connections is asked for again. */
export function useConnectionChange<Input, Output>(
  change: (input: Input) => Promise<Output>,
  connectionOf: (output: Output) => ConnectionView | null,
) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: change,
    // What was sent may hold a key: nothing of it is kept once the page is done with it.
    gcTime: 0,
    onSuccess: (output) => {
      const connection = connectionOf(output);
      if (connection === null) return;
      queryClient.setQueryData(connectionKeys.connection(connection.id), connection);
      void queryClient.invalidateQueries({ queryKey: connectionKeys.connections });
      void queryClient.invalidateQueries({ queryKey: connectionKeys.integrations });
      void queryClient.invalidateQueries({ queryKey: connectionKeys.dependents(connection.id) });
      void queryClient.invalidateQueries({ queryKey: queryKeys.personas });
    },
  });
}
