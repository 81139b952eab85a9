import { UpstreamError } from '#integrations/upstream-error.ts';
import { nearNames } from './near-names.ts';
import type { NinoxField, NinoxTable } from './responses.ts';
import type { KnownFields } from './schema-lookup.ts';
import { listed, quoted } from './words.ts';

export interface FoundFields {
  /** By the name that was asked for. */
  readonly fields: ReadonlyMap<string, NinoxField>;
  /** Names that Ninox computes, where those are taken. */
  readonly computed: ReadonlySet<string>;
}

/**
 * The fields of these names. Throws UPSTREAM_INVALID with the near names where there is none, before anything is asked
 * of Ninox. `computed` takes those that Ninox computes too.
 */
export async function findFields(
  known: KnownFields,
  names: readonly string[],
  { takesComputed }: { readonly takesComputed: boolean },
): Promise<FoundFields> {
  const fields = new Map<string, NinoxField>();
  const computed = new Set<string>();
  const problems: string[] = [];
  for (const name of new Set(names)) {
    const field = known.table.fields.find((one) => one.name === name);
    if (field !== undefined) {
      fields.set(name, field);
      continue;
    }
    const others = (await known.computed()) ?? [];
    if (!others.includes(name)) problems.push(unknownWords(known.table, name, others));
    else if (takesComputed) computed.add(name);
    else problems.push(computedWords(name));
  }
  if (problems.length > 0) throw doesNotFit(known.table, problems);
  return { fields, computed };
}

export function doesNotFit(table: NinoxTable, problems: readonly string[]): UpstreamError {
  const start = `This does not fit the table ${quoted(table.name)}, so no record was asked for.`;
  return new UpstreamError('UPSTREAM_INVALID', [start, ...problems.slice(0, 5)].join(' '));
}

function computedWords(name: string): string {
  return `The field ${quoted(name)} is computed by Ninox and not part of its records; ninox_run_query can ask for it.`;
}

function unknownWords({ fields }: NinoxTable, name: string, computed: readonly string[]): string {
  const byId = fields.find(({ id }) => id === name);
  if (byId !== undefined) {
    return `${quoted(name)} is an id: that field is named ${quoted(byId.name)}, and names count here.`;
  }
  const names = [...fields.map((field) => field.name), ...computed];
  const near = nearNames(name, names);
  const shown = near.length > 0 ? near : names;
  if (shown.length === 0) return `There is no field ${quoted(name)}.`;
  const verb = shown.length === 1 ? 'is' : 'are';
  return `There is no field ${quoted(name)}; ${near.length > 0 ? 'near to it' : 'there'} ${verb} ${listed(shown.map(quoted))}.`;
}
