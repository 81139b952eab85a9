import type { ApprovalPolicy, Grant } from '#integrations/rights.ts';
import type { Tool } from '#integrations/tool-definition.ts';
import { intersectGrants } from '#personas/grants.ts';
import type { Persona } from '#personas/persona-schema.ts';
import type { Budget } from './budgets.ts';

/*
 * A run keeps the version of its persona it began with, and never a right that was taken away since: what counts is
 * what both that version and the newest one allow.
 */

/** The same persona twice: at the version a run is pinned to, and as it is now. */
export interface PinnedPersona {
  readonly persona: Persona;
  readonly current: Persona;
}

export function narrowedGrant({ persona, current }: PinnedPersona): Grant {
  return persona.version === current.version ? persona.grant : intersectGrants(persona.grant, current.grant);
}

/** Each by itself, for questions that an intersection cannot answer. */
export function grantsOf({ persona, current }: PinnedPersona): readonly Grant[] {
  return persona.version === current.version ? [persona.grant] : [persona.grant, current.grant];
}

export function narrowedBudget({ persona, current }: PinnedPersona): Budget {
  return {
    steps: Math.min(persona.budget.steps, current.budget.steps),
    calls: Math.min(persona.budget.calls, current.budget.calls),
    seconds: Math.min(persona.budget.seconds, current.budget.seconds),
  };
}

/** The stricter of the two. */
export function narrowedPolicy(tool: Tool, { persona, current }: PinnedPersona): ApprovalPolicy {
  const policies = [approvalPolicyFor(tool, persona.approvals), approvalPolicyFor(tool, current.approvals)];
  if (policies.includes('deny')) return 'deny';
  return policies.includes('ask') ? 'ask' : 'auto';
}

/** The policy that counts for a call: the persona's own, else the tool's default. */
export function approvalPolicyFor(tool: Tool, approvals: Readonly<Record<string, ApprovalPolicy>>): ApprovalPolicy {
  return Object.hasOwn(approvals, tool.name) ? (approvals[tool.name] ?? tool.defaultApproval) : tool.defaultApproval;
}

/** The connection a persona is attached to for an integration; null where whatever the caller has is used. */
export function attachedTo(persona: Pick<Persona, 'connections'>, integration: string): string | null {
  return Object.hasOwn(persona.connections, integration) ? (persona.connections[integration] ?? null) : null;
}
