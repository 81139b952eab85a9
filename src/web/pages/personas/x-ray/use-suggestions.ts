import type { XRayView } from '#channels/http/contract/personas.ts';
import { useResources } from '../../../components/use-resources.ts';

type Suggestion = { readonly id: string; readonly name: string };

/** Names to choose an argument's id by, from what the connection sees; nothing where there is none to ask. */
export function useSuggestions(
  { connections }: XRayView,
  integration: string,
  values: Readonly<Record<string, string>>,
): (parameter: string) => readonly Suggestion[] {
  const connection = connections.find((one) => one.integration === integration)?.connection ?? null;
  const id = connection === null || connection.status !== 'active' ? null : connection.id;
  const teams = useResources(id, { level: 'teams' }).items ?? [];
  const team = isAmong(teams, values.team_id) ? (values.team_id ?? '') : '';
  const databases = useResources(team === '' ? null : id, { level: 'databases', team }).items ?? [];
  const database = isAmong(databases, values.database_id) ? (values.database_id ?? '') : '';
  const tables = useResources(database === '' ? null : id, { level: 'tables', team, database }).items ?? [];
  return (parameter) => {
    if (parameter === 'team_id') return teams;
    if (parameter === 'database_id') return databases;
    // In limits a table is named together with its database; a call names it alone.
    if (parameter === 'table_id') return tables.map((table) => ({ ...table, id: table.id.replace(/^.*\//, '') }));
    return [];
  };
}

/** Ids that are only half typed are not asked about. */
function isAmong(items: readonly Suggestion[], id: string | undefined): boolean {
  return items.some((item) => item.id === id);
}
