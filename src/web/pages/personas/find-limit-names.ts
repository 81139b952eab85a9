import type { ResourceView } from '#channels/http/contract/connections.ts';
import type { PersonaView } from '#channels/http/contract/personas.ts';
import { tableKey } from '../../components/limits.ts';
import type { ResourceQuestion } from '../../components/use-resources.ts';

type Limits = PersonaView['limits'];
type Names = Readonly<Record<string, string>>;

/** Lists what a connection sees at one level. */
type ListResources = (question: ResourceQuestion) => Promise<readonly ResourceView[]>;

/** Every list is a request to another service, so the search ends here even where ids are left without a name. */
const mostLists = 20;

/** The ids in limits that have no name yet. */
export function idsWithoutName(limits: Limits, known: Names): readonly string[] {
  const ids = [...(limits.teams ?? []), ...(limits.databases ?? []), ...(limits.tables ?? [])];
  return ids.filter((id) => known[id] === undefined);
}

/** Looks names up for the ids in limits, from the teams down, and stops as soon as all are found. */
export async function findLimitNames(limits: Limits, known: Names, list: ListResources): Promise<Names> {
  const names: Record<string, string> = { ...known };
  let lists = 0;
  const isDone = () => idsWithoutName(limits, names).length === 0 || lists >= mostLists;
  const look = async (question: ResourceQuestion, keyOf: (id: string) => string, prefix = '') => {
    if (isDone()) return [];
    lists += 1;
    const items = await list(question);
    for (const { id, name } of items) names[keyOf(id)] ??= `${prefix}${name}`;
    return items;
  };
  const same = (id: string) => id;
  for (const { id: team } of await look({ level: 'teams' }, same)) {
    if (limits.teams !== undefined && !limits.teams.includes(team)) continue;
    for (const { id: database, name } of await look({ level: 'databases', team }, same)) {
      if (!limits.tables?.some((table) => table.startsWith(`${database}/`))) continue;
      await look({ level: 'tables', team, database }, (table) => tableKey(database, table), `${name} › `);
    }
  }
  return names;
}
