/** Every scope that exists. A persona, a connection and a tool speak of rights in these words only. */
export const scopes = [
  'ninox:teams:read',
  'ninox:databases:read',
  'ninox:records:read',
  'ninox:records:write',
  'ninox:records:delete',
] as const;
export type Scope = (typeof scopes)[number];

export const plainPolicies = ['auto', 'ask', 'deny'] as const;

/** `ask above 5` lets a run change so many records by itself with one tool, and asks for whatever goes beyond. */
export type ApprovalPolicy = (typeof plainPolicies)[number] | `ask above ${number}`;

export const approvalPolicyPattern = /^(?:auto|ask|deny|ask above [1-9]\d{0,3})$/;

/** How many records one run may change before it asks; null where the policy names no bound. */
export function boundOf(policy: ApprovalPolicy): number | null {
  return policy.startsWith('ask above ') ? Number(policy.slice('ask above '.length)) : null;
}

/** `read` changes nothing upstream; `destructive` takes something away that only an undo brings back. */
export type Effect = 'read' | 'destructive';

/** What one call touches, as far as its arguments tell. Ids are the integration's own. */
export interface ResourceTarget {
  readonly team?: string;
  readonly database?: string;
  readonly table?: string;
  readonly record?: string;
}

/** Narrows a grant. An absent list means no limit at that level; tables are written `databaseId/tableId`. */
export interface Limits {
  readonly teams?: readonly string[];
  readonly databases?: readonly string[];
  readonly tables?: readonly string[];
}

export interface Grant {
  readonly scopes: readonly Scope[];
  readonly limits: Limits;
}
