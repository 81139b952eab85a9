import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { AuditEventView } from '#channels/http/contract/audit-events.ts';
import type { PersonaView } from '#channels/http/contract/personas.ts';
import { type AuditQuery, api } from './api-client.ts';
import { useMay } from './session.tsx';
import { closesCall, toolTitleFromName } from './words.ts';

export const queryKeys = {
  status: ['status'],
  personas: ['personas'],
  archivedPersonas: ['personas', 'archived'],
  conversations: ['conversations'],
  conversation: (id: string) => ['conversation', id],
  auditEvents: (query: AuditQuery) => ['audit-events', query],
  auditEvent: (id: string) => ['audit-event', id],
  intent: (id: string) => ['audit-event', id, 'intent'],
  auditChain: ['audit-chain'],
} as const;

export function useStatus() {
  return useQuery({ queryKey: queryKeys.status, queryFn: ({ signal }) => api.status(signal), staleTime: 60_000 });
}

export function usePersonas() {
  return useQuery({ queryKey: queryKeys.personas, queryFn: ({ signal }) => api.personas(signal), staleTime: 15_000 });
}

/** Those nobody can write to any more: their names still stand in conversations and in the activity. */
export function useArchivedPersonas() {
  return useQuery({
    queryKey: queryKeys.archivedPersonas,
    queryFn: ({ signal }) => api.archivedPersonas(signal),
    staleTime: 15_000,
  });
}

/** Asked for only where the role has conversations at all. */
export function useConversations() {
  const may = useMay();
  return useInfiniteQuery({
    enabled: may('chat'),
    queryKey: queryKeys.conversations,
    queryFn: ({ pageParam, signal }) => api.conversations(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: (query) =>
      query.state.data?.pages.some((page) => page.items.some((item) => item.running)) ? 4_000 : false,
  });
}

/** Loaded afresh on every visit: what is kept in the page would miss what happened meanwhile. */
export function useConversationDetail(id: string, options: { enabled: boolean }) {
  return useQuery({
    queryKey: queryKeys.conversation(id),
    queryFn: ({ signal }) => api.conversation(id, signal),
    enabled: options.enabled,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

export function useAuditEvents(query: AuditQuery) {
  return useInfiniteQuery({
    queryKey: queryKeys.auditEvents(query),
    queryFn: ({ pageParam, signal }) => api.auditEvents(query, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

export function useAuditEvent(id: string) {
  return useQuery({ queryKey: queryKeys.auditEvent(id), queryFn: ({ signal }) => api.auditEvent(id, signal) });
}

/** Looked up only for an event that closes a call: one that opens or denies it holds its own prompt. */
export function useIntent(event: AuditEventView) {
  return useQuery({
    queryKey: queryKeys.intent(event.id),
    queryFn: ({ signal }) => api.intentOf(event, signal),
    enabled: closesCall(event),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useAuditChain() {
  return useQuery({
    queryKey: queryKeys.auditChain,
    queryFn: ({ signal }) => api.auditChain(signal),
    staleTime: 30_000,
  });
}

/** Names for ids, for every page that shows a persona or a tool. */
export interface Names {
  readonly persona: (id: string) => string;
  readonly tool: (name: string) => string;
  readonly tools: readonly { readonly name: string; readonly title: string }[];
  /** Those in use, then the archived ones. */
  readonly personas: readonly PersonaView[];
}

export function useNames(): Names {
  const inUse = usePersonas().data;
  const archived = useArchivedPersonas().data;
  return useMemo(() => {
    const personas = [...(inUse?.items ?? []), ...(archived?.items ?? [])];
    const personaNames = new Map(personas.map((persona) => [persona.id, persona.name]));
    const titles = new Map(
      personas.flatMap((persona) => persona.tools.map((tool) => [tool.name, tool.title] as const)),
    );
    return {
      persona: (id) => personaNames.get(id) ?? id,
      tool: (name) => titles.get(name) ?? toolTitleFromName(name),
      tools: [...titles].map(([name, title]) => ({ name, title })).sort((a, b) => a.title.localeCompare(b.title)),
      personas,
    };
  }, [inUse, archived]);
}
