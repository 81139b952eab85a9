import { UpstreamError } from '#integrations/upstream-error.ts';
import type { NinoxClient, NinoxTableIds } from './client.ts';
import { roleOf } from './fields.ts';
import { nearNames } from './near-names.ts';
import type { NinoxCall } from './perform.ts';
import type { NinoxTable } from './responses.ts';
import { listed, quoted } from './words.ts';

/** What is known of the fields of one table. */
export interface KnownFields {
  readonly table: NinoxTable;
  /** The names of those Ninox computes; asked for only where a name is not among the others. Null where it did not tell. */
  computed(): Promise<readonly string[] | null>;
}

/** Reads the table. UPSTREAM_NOT_FOUND where there is none. */
export async function lookUpFields(client: NinoxClient, call: NinoxCall, ids: NinoxTableIds): Promise<KnownFields> {
  return fieldsOf(client, { call, ids, table: await client.getTable(call, ids) });
}

/** The same for a table that was read already. */
export function fieldsOf(
  client: NinoxClient,
  { call, ids, table }: { readonly call: NinoxCall; readonly ids: NinoxTableIds; readonly table: NinoxTable },
): KnownFields {
  let asked: Promise<readonly string[] | null> | null = null;
  return {
    table,
    computed() {
      asked ??= client.listComputedFields(call, ids).catch(unlessUnreadable);
      return asked;
    },
  };
}

/** It is asked for to say why a name is wrong, which is worth no failure of its own. */
function unlessUnreadable(error: unknown): null {
  if (error instanceof UpstreamError) return null;
  throw error;
}

/**
 * What is wrong with names of fields that are to be written, one sentence each; none where all can be written. Ninox
 * answers a wrong one with 500 and no word which. Where it lists no fields of the table, nothing is known to be wrong.
 */
export async function checkFieldNames(known: KnownFields, names: readonly string[]): Promise<readonly string[]> {
  const { fields } = known.table;
  if (fields.length === 0) return [];
  const problems: string[] = [];
  for (const name of new Set(names)) {
    const field = fields.find((one) => one.name === name);
    const role = field === undefined ? null : roleOf(field);
    if (role === null) problems.push(await describeUnknown(known, name));
    if (role === 'computed') problems.push(computedWords(name));
    if (role === 'back_link') problems.push(backLinkWords(name));
  }
  return problems;
}

async function describeUnknown(known: KnownFields, name: string): Promise<string> {
  const { fields } = known.table;
  const computed = (await known.computed()) ?? [];
  if (computed.includes(name)) return computedWords(name);
  const byId = fields.find(({ id }) => id === name);
  if (byId !== undefined)
    return `${quoted(name)} is an id: that field is named ${quoted(byId.name)}, and names count here.`;
  const writable = fields.filter((field) => roleOf(field) === 'value' || roleOf(field) === 'link');
  const names = writable.map((field) => field.name);
  const near = nearNames(name, names);
  if (near.length > 0) return `There is no field ${quoted(name)}; near to it ${nearWords(near)}.`;
  return `There is no field ${quoted(name)}; there ${nearWords(names)}.`;
}

function nearWords(names: readonly string[]): string {
  return names.length === 0
    ? 'is none that can be written'
    : `${names.length === 1 ? 'is' : 'are'} ${listed(names.map(quoted))}`;
}

function computedWords(name: string): string {
  return `The field ${quoted(name)} cannot be written: Ninox computes it or keeps files in it.`;
}

function backLinkWords(name: string): string {
  return `The field ${quoted(name)} cannot be written: it lists the records that point here. Write the link in those records.`;
}
