import type { Grant, Limits, ResourceTarget, Scope } from '#integrations/tool-definition.ts';

/*
 * What limits mean. An absent list is no limit at that level, an empty list allows nothing. A team must be in `teams`, a
 * database in `databases`, a table in `tables` as `database/table`. Limiting tables limits databases too: only those with
 * a granted table are allowed. A target that names no database is judged by its team alone; listings are filtered after.
 */

export function holdsScope(grant: Grant, scope: Scope): boolean {
  return grant.scopes.includes(scope);
}

/** What both sides allow: the scopes both hold, and at each level what both lists name. */
export function intersectGrants(a: Grant, b: Grant): Grant {
  return { scopes: a.scopes.filter((scope) => b.scopes.includes(scope)), limits: intersectLimits(a.limits, b.limits) };
}

export function intersectLimits(a: Limits, b: Limits): Limits {
  const teams = intersectLists(a.teams, b.teams);
  const databases = intersectLists(a.databases, b.databases);
  const tables = intersectLists(a.tables, b.tables);
  return {
    ...(teams === undefined ? {} : { teams }),
    ...(databases === undefined ? {} : { databases }),
    ...(tables === undefined ? {} : { tables }),
  };
}

export function allowsTarget(limits: Limits, target: ResourceTarget): boolean {
  return allowsTeam(limits, target) && allowsDatabase(limits, target) && allowsTable(limits, target);
}

/**
 * Whether it must be asked of the service that the database lies in the team: teams are limited, and the limits name
 * neither the database nor one of its tables. See `Integration.contains`.
 */
export function limitsNeedContainment(limits: Limits, target: ResourceTarget): boolean {
  if (limits.teams === undefined || target.database === undefined) return false;
  return limits.databases === undefined && limits.tables === undefined;
}

function allowsTeam({ teams }: Limits, { team }: ResourceTarget): boolean {
  return team === undefined || teams === undefined || teams.includes(team);
}

function allowsDatabase({ databases, tables }: Limits, { database }: ResourceTarget): boolean {
  if (database === undefined) return true;
  if (databases !== undefined && !databases.includes(database)) return false;
  return tables === undefined || tables.some((table) => table.startsWith(`${database}/`));
}

function allowsTable({ tables }: Limits, { database, table }: ResourceTarget): boolean {
  return table === undefined || tables === undefined || tables.includes(`${database}/${table}`);
}

function intersectLists(a: readonly string[] | undefined, b: readonly string[] | undefined): readonly string[] | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return a.filter((item) => b.includes(item));
}
