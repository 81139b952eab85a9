import type { Secret } from '#vault/secret.ts';
import type { IntegrationCategory } from './categories.ts';
import type { Connection } from './connection.ts';
import type { Discovery } from './discovered-tool.ts';
import type { FormFieldKind } from './form-field-kinds.ts';
import { discoveredScopes, type ResourceTarget, type Scope } from './rights.ts';
import type { Tool } from './tool-definition.ts';

/** Where an integration's service can run. */
export interface Place {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** The address, or null where the person who connects gives it. */
  readonly baseUrl: string | null;
  /** An example of an address to give; null where none is asked for. */
  readonly addressExample: string | null;
  /** True where the service brings the credential itself, as for its own stand-in. */
  readonly bringsKey: boolean;
}

export interface ApiKeyConnect {
  readonly kind: 'api_key';
  readonly places: readonly Place[];
  /** Where a person finds a key, in a sentence or two. */
  readonly keyHelp: string;
}

/** OAuth 2.1, authorization code with PKCE. */
export interface OauthConnect {
  readonly kind: 'oauth';
  readonly issuer: string;
  /** True where the service names itself when it sends the browser back (RFC 9207): without that it is refused then. */
  readonly namesIssuer: boolean;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: Secret | null;
  readonly baseUrl: string;
  /** The service's own words for the permissions that were chosen. */
  scopesFor(scopes: readonly Scope[]): readonly string[];
}

/**
 * Over a way of its own, since more belongs to it than a credential: neither a key alone nor OAuth's standard makes it.
 * A credential that it refuses is over.
 */
export interface OwnConnect {
  readonly kind: 'own';
}

export interface FormField {
  readonly name: string;
  readonly title: string;
  /** What to fill in and where to find it, in a sentence; empty where the title says it all. */
  readonly help: string;
  readonly kind: FormFieldKind;
  readonly required: boolean;
  /** Of a choice; the first is taken where nothing is chosen. */
  readonly choices?: readonly { readonly value: string; readonly title: string }[];
  readonly example?: string;
}

/** What a form that was filled in comes to. */
export interface ResolvedForm {
  readonly baseUrl: string;
  /** What was filled in under the names of the fields, without what is secret: a new secret is resolved with these again. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Null where the service takes whoever comes. */
  readonly credential: string | null;
}

/** Over a form of its own fields, at most one of them secret. */
export interface FormConnect {
  readonly kind: 'form';
  readonly fields: readonly FormField[];
  /** Throws AppError INPUT_INVALID whose message begins with the name of the field. */
  resolve(values: Readonly<Record<string, string>>): ResolvedForm;
}

/** Something a grant can be limited to. */
export interface Resource {
  readonly id: string;
  readonly name: string;
}

/** Which resources to list: teams, the databases of a team, or the tables of a database. */
export type ResourceQuestion =
  | { readonly level: 'teams' }
  | { readonly level: 'databases'; readonly team: string }
  | { readonly level: 'tables'; readonly team: string; readonly database: string };

/** A kind of service personas can use. */
export interface Integration {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly category: IntegrationCategory;
  readonly connect: ApiKeyConnect | OauthConnect | OwnConnect | FormConnect;
  readonly tools: readonly Tool[];
  /** Where its tools are known only once it is connected. */
  readonly discovery?: Discovery;
  /** The address every request goes to, from what a person typed. Throws AppError INPUT_INVALID for what is none. */
  resolveBaseUrl(place: string, address: string | null): string;
  /** What the credential can see at the top level; the test of a new one. Throws UpstreamError. */
  inspect(connection: Connection, signal: AbortSignal): Promise<readonly Resource[]>;
  /** Lists resources by name, for choosing limits. Throws UpstreamError. */
  browse(connection: Connection, question: ResourceQuestion, signal: AbortSignal): Promise<readonly Resource[]>;
  /**
   * Whether the target's database really lies in the target's team, asked of the service itself. The guard
   * calls it when a grant limits teams: a path that names a granted team proves nothing about the database.
   */
  contains(connection: Connection, target: ResourceTarget, signal: AbortSignal): Promise<boolean>;
}

/** Every permission that one of its tools needs, or may need once it is connected. */
export function scopesOf({ name, tools }: Pick<Integration, 'name' | 'tools'>): readonly Scope[] {
  const discovered = Object.hasOwn(discoveredScopes, name) ? discoveredScopes[name] : undefined;
  return [...new Set([...tools.map(({ scope }) => scope), ...(discovered === undefined ? [] : [discovered])])];
}

export interface Catalog {
  readonly integrations: readonly Integration[];
  readonly tools: readonly Tool[];
  findTool(name: string): Tool | undefined;
  findIntegration(name: string): Integration | undefined;
  /** With the tools that were discovered on connections of the organization and approved there, as they are now. */
  of(organizationId: string): Promise<Catalog>;
}

/** Tools that exist for one organization alone. The same list as long as nothing changed. */
export type DiscoveredTools = (organizationId: string) => Promise<readonly Tool[]>;

/** Tool names are unique over all integrations; a clash is a programming error and stops the start. */
export function createCatalog(integrations: readonly Integration[], discovered?: DiscoveredTools): Catalog {
  const tools = integrations.flatMap((integration) => integration.tools);
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  if (byName.size !== tools.length) throw new Error('Two tools share one name.');
  const withMore = new WeakMap<readonly Tool[], Catalog>();
  const byIntegration = new Map(integrations.map((integration) => [integration.name, integration]));
  const catalog: Catalog = {
    integrations,
    tools,
    findTool: (name) => byName.get(name),
    findIntegration: (name) => byIntegration.get(name),
    async of(organizationId) {
      const more = (await discovered?.(organizationId)) ?? [];
      if (more.length === 0) return catalog;
      const known = withMore.get(more) ?? extend(catalog, more);
      withMore.set(more, known);
      return known;
    },
  };
  return catalog;
}

/** A tool that was discovered never takes the place of one of ours. */
function extend(catalog: Catalog, discovered: readonly Tool[]): Catalog {
  const own = discovered.filter(({ name }) => catalog.findTool(name) === undefined);
  const byName = new Map(own.map((tool) => [tool.name, tool]));
  return {
    ...catalog,
    tools: [...catalog.tools, ...own],
    findTool: (name) => catalog.findTool(name) ?? byName.get(name),
  };
}
