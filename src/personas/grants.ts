import type { Actor } from '#auth/actor.ts';
import type { ActorRole } from '#auth/permissions.ts';
import type { Grant, Limits, ResourceTarget, Scope } from '#integrations/rights.ts';
import type { Tool } from '#integrations/tool-definition.ts';

/*
 * What limits mean. An absent list is no limit at that level, an empty list allows nothing. A team must be in `teams`, a
 * database in `databases`, a table in `tables` as `database/table`. Limiting tables limits databases too: only those with
 * a granted table are allowed. A target that names no database is judged by its team alone; listings are filtered after.
 * A target that leaves a limited level out but names something below it is refused: nobody can tell where it lies.
 * `channels` and `recipients` judge only targets that name some: every one of them must be listed. `tools` is no limit of
 * targets: see `holdsTool`.
 */

export function holdsScope(grant: Grant, scope: Scope): boolean {
  return grant.scopes.includes(scope);
}

/** Whether the grant of a persona holds the tool: by its scope, and by name where the tool must be named. */
export function holdsTool(
  grant: Grant,
  { name, scope, byName = false }: Pick<Tool, 'name' | 'scope' | 'byName'>,
): boolean {
  return holdsScope(grant, scope) && (!byName || grant.limits.tools?.includes(name) === true);
}

export type Rights = Pick<Actor, 'role' | 'keyScopes'>;

/** The three sides of every call. */
export interface GrantSides {
  readonly persona: { readonly grant: Grant };
  /** Null where there is no connection to use. */
  readonly connection: { readonly grant: Grant } | null;
  readonly actor: Rights;
}

/** What counts: persona ∩ connection ∩ actor. */
export function effectiveGrant({ persona, connection, actor }: GrantSides): Grant {
  if (connection === null) return { scopes: [], limits: {} };
  const both = intersectGrants(persona.grant, connection.grant);
  return { ...both, scopes: both.scopes.filter((scope) => actorHoldsScope(actor, scope)) };
}

/** Roles on whose behalf personas act. An auditor reads what was done and has nothing done. */
const actingRoles: readonly ActorRole[] = ['owner', 'admin', 'member', 'guest'];

export function mayHaveCallsMade(actor: Rights): boolean {
  return actingRoles.includes(actor.role);
}

/** A person may use whatever the persona and the connection allow; an API key only what it was given by name. */
export function actorHoldsScope(actor: Rights, scope: Scope): boolean {
  return mayHaveCallsMade(actor) && (actor.keyScopes === null || actor.keyScopes.includes(scope));
}

/** The persona's own side: for guests only what it grants to guests. */
export interface PersonaGrants {
  readonly grant: Grant;
  readonly guests: Grant | null;
}

const nothing: Grant = { scopes: [], limits: {} };

/** Everything that narrows what a persona does on somebody's behalf, each by itself. */
export function grantsFor({ grant, guests }: PersonaGrants, { role }: Pick<Actor, 'role'>): readonly Grant[] {
  return role === 'guest' ? [grant, guests ?? nothing] : [grant];
}

/** What both sides allow: the scopes both hold, and at each level what both lists name. */
export function intersectGrants(a: Grant, b: Grant): Grant {
  return { scopes: a.scopes.filter((scope) => b.scopes.includes(scope)), limits: intersectLimits(a.limits, b.limits) };
}

export function intersectLimits(a: Limits, b: Limits): Limits {
  const levels = ['teams', 'databases', 'tables', 'channels', 'tools'] as const;
  const lists = levels.map((level) => [level, intersectLists(a[level], b[level])] as const);
  const all = [...lists, ['recipients', intersectRecipients(a.recipients, b.recipients)] as const];
  return Object.fromEntries(all.filter(([, list]) => list !== undefined));
}

export function allowsTarget(limits: Limits, target: ResourceTarget): boolean {
  const isWithin = allowsTeam(limits, target) && allowsDatabase(limits, target) && allowsTable(limits, target);
  return isWithin && allowsChannel(limits, target) && allowsRecipients(limits, target);
}

/**
 * Whether the service must be asked if the database lies in the team: teams are limited and the limits do not name the
 * database or one of its tables. Ask it of each grant by itself: in an intersection the databases of one side hide that
 * the other side knows none in its teams. See `Integration.contains`.
 */
export function limitsNeedContainment(limits: Limits, target: ResourceTarget): boolean {
  const { database } = target;
  if (limits.teams === undefined || database === undefined) return false;
  return limits.databases?.includes(database) !== true && !hasTableOf(limits.tables ?? [], database);
}

function allowsTeam({ teams }: Limits, { team, database, table, record }: ResourceTarget): boolean {
  if (teams === undefined) return true;
  if (team !== undefined) return teams.includes(team);
  return isNamingNone(database, table, record);
}

function allowsDatabase({ databases, tables }: Limits, { database, table, record }: ResourceTarget): boolean {
  if (databases === undefined && tables === undefined) return true;
  if (database === undefined) return isNamingNone(table, record);
  if (databases !== undefined && !databases.includes(database)) return false;
  return tables === undefined || hasTableOf(tables, database);
}

function allowsTable({ tables }: Limits, { database, table, record }: ResourceTarget): boolean {
  if (tables === undefined) return true;
  return table === undefined ? isNamingNone(record) : tables.includes(`${database}/${table}`);
}

function allowsChannel({ channels }: Limits, { channel }: ResourceTarget): boolean {
  return channels === undefined || channel === undefined || channels.includes(channel);
}

function allowsRecipients({ recipients }: Limits, { recipients: wanted = [] }: ResourceTarget): boolean {
  return recipients === undefined || wanted.every((address) => allowsRecipient(recipients, address));
}

/** An address is allowed by itself or by its domain; upper and lower case are the same. */
function allowsRecipient(recipients: readonly string[], address: string): boolean {
  const wanted = address.toLowerCase();
  const domain = wanted.slice(wanted.lastIndexOf('@'));
  return recipients.some((one) => [wanted, domain].includes(one.toLowerCase()));
}

/** What both lists allow: a domain in the one lets through the addresses of it in the other. */
function intersectRecipients(
  a: readonly string[] | undefined,
  b: readonly string[] | undefined,
): readonly string[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const both = [...a.filter((one) => allowsRecipient(b, one)), ...b.filter((one) => allowsRecipient(a, one))];
  return [...new Set(both)];
}

function hasTableOf(tables: readonly string[], database: string): boolean {
  return tables.some((table) => table.startsWith(`${database}/`));
}

function isNamingNone(...ids: readonly (string | undefined)[]): boolean {
  return ids.every((id) => id === undefined);
}

function intersectLists(
  a: readonly string[] | undefined,
  b: readonly string[] | undefined,
): readonly string[] | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return a.filter((item) => b.includes(item));
}
