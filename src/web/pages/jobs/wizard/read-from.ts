import type { Json } from '../api.ts';

/** Where a tool of Ninox that lists records reads from. */
export interface ReadFrom {
  readonly team: string;
  readonly database: string;
  readonly table: string;
}

/** The tools whose arguments are a table, and can so be chosen from lists. */
export const tableTools: readonly string[] = ['ninox_list_records'];

/** The table in what a tool is called with; null where that holds more than a table, or is no JSON. */
export function readFrom(text: string): ReadFrom | null {
  if (text.trim() === '') return { team: '', database: '', table: '' };
  const given = parsed(text);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return null;
  const { team_id: team = '', database_id: database = '', table_id: table = '', ...rest } = given;
  if (Object.keys(rest).length > 0) return null;
  if (typeof team !== 'string' || typeof database !== 'string' || typeof table !== 'string') return null;
  return { team, database, table };
}

/** What the tool is called with, as JSON text. */
export function writeReadFrom({ team, database, table }: ReadFrom): string {
  const given = Object.entries({ team_id: team, database_id: database, table_id: table }).filter(([, id]) => id !== '');
  return given.length === 0 ? '' : JSON.stringify(Object.fromEntries(given), null, 2);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
