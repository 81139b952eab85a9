import { useMemo } from 'react';
import type { ConnectionView } from '#channels/http/contract/connections.ts';
import { useConnections } from '../../../pages/personas/api.ts';

/** The connections of an integration that can be used now. */
export function useUsable(integration: string): readonly ConnectionView[] {
  const { data } = useConnections();
  return useMemo(
    () => (data?.items ?? []).filter((one) => one.integration === integration && one.status === 'active'),
    [data, integration],
  );
}

/** Whose teams, databases and tables are listed: the chosen one, else the newest. Null while nothing is connected. */
export function useListedConnection(chosen: string | null): string | null {
  const usable = useUsable('ninox');
  return usable.find(({ id }) => id === chosen)?.id ?? usable[0]?.id ?? null;
}
