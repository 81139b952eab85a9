import { useQuery } from '@tanstack/react-query';
import type { PersonaView } from '#channels/http/contract/personas.ts';
import { personaApi, useXRay } from './api.ts';
import { findLimitNames, idsWithoutName } from './find-limit-names.ts';

const none: Readonly<Record<string, string>> = {};

/** Everything of a persona that has an id and a name in another service, in the shape of limits. */
export function limitsNamed({
  limits,
  publicTables,
  guests,
}: {
  readonly limits: PersonaView['limits'];
  readonly publicTables: readonly string[];
  readonly guests: { readonly limits: PersonaView['limits'] } | null;
}): PersonaView['limits'] {
  return {
    ...level('teams', limits.teams, guests?.limits.teams),
    ...level('databases', limits.databases, guests?.limits.databases),
    ...level('tables', limits.tables, guests?.limits.tables, publicTables),
  };
}

function level(
  name: keyof PersonaView['limits'],
  ...lists: readonly (readonly string[] | undefined)[]
): PersonaView['limits'] {
  const ids = new Set(lists.flatMap((list) => list ?? []));
  return ids.size === 0 ? {} : { [name]: [...ids] };
}

/**
 * Names for the ids in a persona's limits: those the service keeps, and what the connection the persona would use
 * sees. Where that connection cannot be asked, ids stay ids.
 */
export function useLimitNames(
  personaId: string | null,
  limits: PersonaView['limits'],
): Readonly<Record<string, string>> {
  const xRay = useXRay(personaId).data;
  const known = xRay?.names ?? none;
  const connection = xRay?.connections.map((one) => one.connection).find((one) => one?.status === 'active') ?? null;
  const missing = xRay === undefined ? [] : idsWithoutName(limits, known);
  const { data } = useQuery({
    queryKey: ['connection', connection?.id ?? '', 'names', limits],
    queryFn: ({ signal }) =>
      findLimitNames(limits, known, (question) => personaApi.resources(connection?.id ?? '', question, signal)),
    enabled: connection !== null && missing.length > 0,
    staleTime: 300_000,
    retry: false,
  });
  return data ?? known;
}
