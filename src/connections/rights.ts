import { AppError } from '#errors';
import { type Integration, scopesOf } from '#integrations/catalog.ts';
import type { Limits, Scope } from '#integrations/rights.ts';

export interface ConnectionRights {
  readonly scopes: readonly Scope[];
  readonly limits: { readonly [Level in keyof Limits]?: readonly string[] | undefined };
  /** Names for the ids in `limits`, as they were when they were picked. */
  readonly limitNames: Readonly<Record<string, string>>;
}

export interface StoredRights {
  readonly scopes: readonly Scope[];
  readonly limits: Limits;
  readonly limitNames: Readonly<Record<string, string>>;
}

const levels = [
  'teams',
  'databases',
  'tables',
  'channels',
  'recipients',
  'tools',
] as const satisfies readonly (keyof Limits)[];

/** As they are stored: nothing twice, no level without a list, names of what is limited to alone. Throws AppError INPUT_INVALID. */
export function toStoredRights(
  integration: Integration,
  { scopes, limits, limitNames }: ConnectionRights,
): StoredRights {
  const offered = new Set(scopesOf(integration));
  const foreign = scopes.find((scope) => !offered.has(scope) && !scope.startsWith(`${integration.name}:`));
  if (foreign !== undefined) {
    throw new AppError('INPUT_INVALID', `scopes: ${integration.title} has no permission “${foreign}”.`);
  }
  const lists = levels.flatMap((level) => (limits[level] === undefined ? [] : [[level, limits[level]] as const]));
  const kept = new Set(lists.flatMap(([, list]) => list));
  // A table's limit also names its database.
  for (const table of limits.tables ?? []) kept.add(table.split('/')[0] ?? '');
  return {
    scopes: [...new Set(scopes)],
    limits: Object.fromEntries(lists),
    limitNames: Object.fromEntries(Object.entries(limitNames).filter(([id]) => kept.has(id))),
  };
}
