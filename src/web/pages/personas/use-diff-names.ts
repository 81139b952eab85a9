import { useMemo } from 'react';
import type { PersonaView } from '#channels/http/contract/personas.ts';
import { toolTitleFromName } from '../../words.ts';
import { useConnections, useEveryMember, useIntegrations } from './api.ts';
import type { DiffNames } from './definition-diff.ts';
import { useLimitNames } from './use-limit-names.ts';

const noNames = {};

/** Names for the ids in definitions of one persona, as far as the person at the page may know them. */
export function useDiffNames(
  personaId: string | null,
  limits: PersonaView['limits'],
  limitNames: Readonly<Record<string, string>> = noNames,
): DiffNames {
  const integrations = useIntegrations().data;
  const connections = useConnections().data;
  const members = useEveryMember().data;
  const kept = useLimitNames(personaId, limits);
  return useMemo(() => {
    const tools = new Map(integrations?.items.flatMap(({ tools }) => tools.map(({ name, title }) => [name, title])));
    const titles = new Map(integrations?.items.map(({ name, title }) => [name, title]));
    const labels = new Map(connections?.items.map(({ id, label }) => [id, label]));
    const people = new Map(members?.map(({ id, name }) => [id, name]));
    const names = { ...kept, ...limitNames };
    return {
      tool: (name) => tools.get(name) ?? toolTitleFromName(name),
      resource: (id) => names[id] ?? id,
      connection: (id) => (labels.has(id) ? `“${labels.get(id)}”` : `A connection that is not there any more (${id})`),
      integration: (name) => titles.get(name) ?? name,
      member: (id) => people.get(id) ?? null,
    };
  }, [integrations, connections, members, kept, limitNames]);
}
