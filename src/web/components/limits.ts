/** Limits as the pages change them: an absent list is no limit, an empty one allows nothing. */
export interface Limits {
  readonly teams?: readonly string[] | undefined;
  readonly databases?: readonly string[] | undefined;
  readonly tables?: readonly string[] | undefined;
}

export type LimitLevel = 'teams' | 'databases' | 'tables';
export type Names = Readonly<Record<string, string>>;

/** The limits with one level set, or without it for undefined; levels without a limit are left out. */
export function withLevel(limits: Limits, level: LimitLevel, ids: readonly string[] | undefined): Limits {
  return Object.fromEntries(
    Object.entries({ ...limits, [level]: ids }).filter(([, list]) => list !== undefined),
  ) as Limits;
}

/** Only the names of ids the limits still hold: what is not ticked any more is nobody's business. */
export function namesIn(limits: Limits, names: Names): Record<string, string> {
  const held = new Set([...(limits.teams ?? []), ...(limits.databases ?? []), ...(limits.tables ?? [])]);
  return Object.fromEntries(Object.entries(names).filter(([id]) => held.has(id)));
}

export function toggled(ids: readonly string[], id: string, on: boolean): string[] {
  const others = ids.filter((other) => other !== id);
  return on ? [...others, id] : others;
}

export function tableKey(database: string, table: string): string {
  return table.includes('/') ? table : `${database}/${table}`;
}

/** Ticked tables no call can reach, because databases are limited and theirs is not among them. */
export function unreachableTables({ databases, tables }: Limits): readonly string[] {
  if (databases === undefined || tables === undefined) return [];
  return tables.filter((table) => !databases.includes(table.slice(0, table.indexOf('/'))));
}

/** Whether two limits allow the same; the order in which things were ticked does not count. */
export function sameLimits(a: Limits, b: Limits): boolean {
  const levels: readonly LimitLevel[] = ['teams', 'databases', 'tables'];
  return levels.every((level) => sameList(a[level], b[level]));
}

export function sameList(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((item) => b.includes(item));
}
