import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type {
  ConnectionListView,
  IntegrationListView,
  ResourceListView,
  ResourceView,
} from '#channels/http/contract/connections.ts';
import type { MemberListView, MemberView } from '#channels/http/contract/organization.ts';
import type {
  ModelListView,
  PersonaDefinition,
  PersonaDetailView,
  PersonaFileView,
  RevisionListView,
  XRayAs,
  XRayCheckView,
  XRayView,
} from '#channels/http/contract/personas.ts';
import { organizationApi } from '../../account-api.ts';
import { accountKeys } from '../../account-queries.ts';
import { getJson, send, withSignal } from '../../api-client.ts';
import type { ResourceQuestion } from '../../components/use-resources.ts';
import { queryKeys } from '../../queries.ts';

const personaPath = (id: string, rest = '') => `/api/v1/personas/${encodeURIComponent(id)}${rest}`;

export const personaApi = {
  detail: (id: string, signal?: AbortSignal) => getJson<PersonaDetailView>(personaPath(id), withSignal(signal)),
  create: (definition: PersonaDefinition) => send<PersonaDetailView>('POST', '/api/v1/personas', { definition }),
  change: (id: string, revision: number, definition: PersonaDefinition) =>
    send<PersonaDetailView>('PUT', personaPath(id), { revision, definition }),
  duplicate: (id: string) => send<PersonaDetailView>('POST', personaPath(id, '/duplicate')),
  archive: (id: string) => send('POST', personaPath(id, '/archive')),
  restore: (id: string) => send('POST', personaPath(id, '/restore')),
  revert: (id: string, revision: number, to: number) => send('POST', personaPath(id, '/revert'), { revision, to }),
  importFile: (fileName: string, text: string) =>
    send<PersonaDetailView>('POST', '/api/v1/persona-imports', { fileName, text }),
  file: (id: string) => getJson<PersonaFileView>(personaPath(id, '/file')),
  revisions: (id: string, cursor: string | null, signal?: AbortSignal) =>
    getJson<RevisionListView>(personaPath(id, '/revisions'), { query: { cursor }, ...withSignal(signal) }),
  models: (signal?: AbortSignal) => getJson<ModelListView>('/api/v1/models', withSignal(signal)),
  /** Everybody, page by page. */
  async members(signal?: AbortSignal): Promise<readonly MemberView[]> {
    const members: MemberView[] = [];
    let cursor: string | null = null;
    do {
      const page: MemberListView = await organizationApi.members(cursor, signal);
      members.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return members;
  },
  xRay: (id: string, as: XRayAs, signal?: AbortSignal) =>
    getJson<XRayView>(personaPath(id, '/x-ray'), { query: { as }, ...withSignal(signal) }),
  check: (id: string, call: { tool: string; arguments: Readonly<Record<string, string>>; as: XRayAs }) =>
    send<XRayCheckView>('POST', personaPath(id, '/x-ray/checks'), call),
  integrations: (signal?: AbortSignal) =>
    getJson<IntegrationListView>('/api/v1/integrations', { query: { limit: 100 }, ...withSignal(signal) }),
  connections: (signal?: AbortSignal) =>
    getJson<ConnectionListView>('/api/v1/connections', { query: { limit: 100 }, ...withSignal(signal) }),
  /** The first page of what a connection sees at one level. */
  async resources(
    connectionId: string,
    question: ResourceQuestion,
    signal?: AbortSignal,
  ): Promise<readonly ResourceView[]> {
    const path = `/api/v1/connections/${encodeURIComponent(connectionId)}/resources`;
    const { items } = await getJson<ResourceListView>(path, {
      query: { ...question, limit: 100 },
      ...withSignal(signal),
    });
    return items;
  },
};

/** Everything kept about one persona begins with `persona` and its id, so that one call makes all of it fresh. */
const keys = {
  persona: (id: string) => ['persona', id],
  editing: (id: string) => ['persona-editing', id],
  revisions: (id: string) => ['persona', id, 'revisions'],
  xRay: (id: string, as: XRayAs) => ['persona', id, 'x-ray', as],
  models: ['models'],
  integrations: ['integrations', 'for-personas'],
  connections: ['connections', 'for-personas'],
  members: [...accountKeys.members, 'for-personas'],
} as const;

export function usePersonaDetail(id: string) {
  return useQuery({ queryKey: keys.persona(id), queryFn: ({ signal }) => personaApi.detail(id, signal) });
}

/** The state an edit begins from: loaded afresh on every visit, and not again while the person writes. */
export function usePersonaToEdit(id: string, enabled: boolean) {
  return useQuery({
    queryKey: keys.editing(id),
    queryFn: ({ signal }) => personaApi.detail(id, signal),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

export function useRevisions(id: string, enabled: boolean) {
  return useInfiniteQuery({
    queryKey: keys.revisions(id),
    queryFn: ({ pageParam, signal }) => personaApi.revisions(id, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    enabled,
  });
}

/** Always asked for again: what a persona can do changes with its connections and with the person's role. */
export function useXRay(id: string | null, as: XRayAs = 'me') {
  return useQuery({
    queryKey: keys.xRay(id ?? '', as),
    queryFn: ({ signal }) => personaApi.xRay(id ?? '', as, signal),
    enabled: id !== null,
    staleTime: 0,
  });
}

export function useModels() {
  return useQuery({ queryKey: keys.models, queryFn: ({ signal }) => personaApi.models(signal), staleTime: 60_000 });
}

export function useIntegrations() {
  return useQuery({
    queryKey: keys.integrations,
    queryFn: ({ signal }) => personaApi.integrations(signal),
    staleTime: 60_000,
  });
}

export function useConnections() {
  return useQuery({ queryKey: keys.connections, queryFn: ({ signal }) => personaApi.connections(signal) });
}

/** Everybody of the organization, in the order of joining: they can be named to decide. */
export function useEveryMember() {
  return useQuery({ queryKey: keys.members, queryFn: ({ signal }) => personaApi.members(signal), staleTime: 60_000 });
}

/** Makes everything about a persona, and the lists it is in, fresh after a change. */
export function useRefreshPersona(): (id: string) => Promise<void> {
  const client = useQueryClient();
  return useCallback(
    async (id) => {
      await Promise.all([
        client.invalidateQueries({ queryKey: queryKeys.personas }),
        client.invalidateQueries({ queryKey: keys.persona(id) }),
      ]);
    },
    [client],
  );
}
