import { useEffect, useMemo } from 'react';
import { useMembers } from '../../account-queries.ts';
import { useConnections } from '../../pages/integrations/api.ts';
import { useNames } from '../../queries.ts';
import { useSession } from '../../session.tsx';
import type { EventNames } from './event-words.ts';

/** A choice of a filter. */
export interface Option {
  readonly value: string;
  readonly label: string;
}

/** Names for the ids in events. */
export function useEventNames(): EventNames {
  const { persona, tool } = useNames();
  const connections = useConnectionOptions();
  const { user } = useSession();
  return useMemo(() => {
    const labels = new Map(connections.map(({ value, label }) => [value, label]));
    return { persona, tool, connection: (id) => labels.get(id) ?? id, you: user.id };
  }, [persona, tool, connections, user.id]);
}

/** Every connection the person may see, revoked ones too: what was done with them stays on record. */
export function useConnectionOptions(): readonly Option[] {
  const query = useConnections();
  useEveryPage(query);
  const { data } = query;
  return useMemo(
    () => data?.pages.flatMap((page) => page.items).map(({ id, label }) => ({ value: id, label })) ?? [],
    [data],
  );
}

/** Every member; only for those who may read what others did. */
export function useMemberOptions(you: string): readonly Option[] {
  const query = useMembers();
  useEveryPage(query);
  return (query.data ?? []).map(({ id, name }) => ({ value: id, label: id === you ? `${name} (you)` : name }));
}

interface Paged {
  readonly hasNextPage: boolean;
  readonly isFetching: boolean;
  readonly isError: boolean;
  readonly fetchNextPage: (options: { cancelRefetch: boolean }) => Promise<unknown>;
}

function useEveryPage({ hasNextPage, isFetching, isError, fetchNextPage }: Paged): void {
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage({ cancelRefetch: false });
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
}
