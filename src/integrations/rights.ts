/** Every scope that exists. A persona, a connection and a tool speak of rights in these words only. */
export const scopes = [
  'ninox:teams:read',
  'ninox:databases:read',
  'ninox:records:read',
  'ninox:records:write',
  'ninox:records:delete',
  'slack:messages:read',
  'slack:messages:write',
  'email:messages:send',
  'mcp:tools:call',
  'http:operations:call',
] as const;
export type Scope = (typeof scopes)[number];

/** The scopes of integrations whose tools are known only once they are connected. Their tools' names begin with the key. */
export const discoveredScopes: Readonly<Record<string, Scope>> = {
  mcp: 'mcp:tools:call',
  http: 'http:operations:call',
};

/** The scope of a tool that only the organization knows which has approved it; null for all others. */
export function discoveredScopeOf(tool: string): Scope | null {
  const [prefix = ''] = tool.split('_', 1);
  return Object.hasOwn(discoveredScopes, prefix) ? (discoveredScopes[prefix] ?? null) : null;
}

export const plainPolicies = ['auto', 'ask', 'deny'] as const;

/** `ask above 5` lets a run change so many records by itself with one tool, and asks for whatever goes beyond. */
export type ApprovalPolicy = (typeof plainPolicies)[number] | `ask above ${number}`;

export const approvalPolicyPattern = /^(?:auto|ask|deny|ask above [1-9]\d{0,3})$/;

/** How many records one run may change before it asks; null where the policy names no bound. */
export function boundOf(policy: ApprovalPolicy): number | null {
  return policy.startsWith('ask above ') ? Number(policy.slice('ask above '.length)) : null;
}

/**
 * `read` changes nothing upstream; `write` adds or changes something; `destructive` takes something away that only an undo
 * brings back, or may do so as far as anybody knows.
 */
export const effects = ['read', 'write', 'destructive'] as const;
export type Effect = (typeof effects)[number];

/** What one call touches, as far as its arguments tell. Ids are the integration's own. */
export interface ResourceTarget {
  readonly team?: string;
  readonly database?: string;
  readonly table?: string;
  readonly record?: string;
  /** Of Slack. */
  readonly channel?: string;
  /** Addresses that something is sent to. */
  readonly recipients?: readonly string[];
}

/** Narrows a grant. An absent list means no limit at that level; tables are written `databaseId/tableId`. */
export interface Limits {
  readonly teams?: readonly string[];
  readonly databases?: readonly string[];
  readonly tables?: readonly string[];
  /** Of Slack, by their ids. */
  readonly channels?: readonly string[];
  /** Whom something may be sent to: addresses, or `@example.com` for everybody there. */
  readonly recipients?: readonly string[];
  /** Of those that must be granted one by one, such as an MCP server’s: by name. Absent: none of them. */
  readonly tools?: readonly string[];
}

export interface Grant {
  readonly scopes: readonly Scope[];
  readonly limits: Limits;
}
