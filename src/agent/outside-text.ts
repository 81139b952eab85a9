import type { ResourceTarget } from '#integrations/rights.ts';
import type { Tool } from '#integrations/tool-definition.ts';
import type { PinnedPersona } from './narrow-persona.ts';

/**
 * Where an answer may hold text that strangers wrote, in words for people; null where it cannot. A call that names no
 * table reads all of its database, one that names no database whatever there is.
 */
export function outsideTextOf(
  { persona, current }: PinnedPersona,
  { readsRecords }: Pick<Tool, 'readsRecords'>,
  { database, table }: ResourceTarget,
): string | null {
  if (!readsRecords) return null;
  const open = [...new Set([...persona.publicTables, ...current.publicTables])].filter((name) => {
    const [ofDatabase, ofTable] = name.split('/');
    return (database ?? ofDatabase) === ofDatabase && (table ?? ofTable) === ofTable;
  });
  if (open.length === 0) return null;
  return `records of ${open.length === 1 ? 'a table' : 'tables'} that strangers can write to (${open.slice(0, 3).join(', ')})`;
}
