import type { Actor } from '#auth/actor.ts';
import type { Connection } from '#integrations/connection.ts';
import type {
  ApprovalPolicy,
  ArgumentProblem,
  Grant,
  PreparedCall,
  ResourceTarget,
  Tool,
} from '#integrations/tool-definition.ts';
import { allowsTarget, holdsScope } from '#personas/grants.ts';
import type { Denial } from './denials.ts';

/*
 * The guard's decisions, each a pure function from facts to a denial or null (allowed so far). The guard asks them in
 * the order in which they stand here; the first denial is the answer.
 */

export function denyUnknownTool(name: string, tool: Tool | undefined): Denial | null {
  if (tool !== undefined) return null;
  return {
    code: 'TOOL_UNKNOWN',
    message: `There is no tool named “${name.slice(0, 80)}”. Use one of the tools you were given.`,
  };
}

export function denyRepeatedCall(modelCallId: string, seen: ReadonlySet<string>): Denial | null {
  if (!seen.has(modelCallId)) return null;
  return {
    code: 'ARG_INVALID',
    message: 'A call with this id was already made in this run, and one call has at most one effect. Nothing was sent.',
  };
}

export function denyArguments(prepared: PreparedCall | ArgumentProblem): Denial | null {
  if (prepared.ok) return null;
  return { code: 'ARG_INVALID', message: `The arguments do not fit the tool. ${prepared.problem}` };
}

export function denyScope(tool: Tool, persona: { name: string; grant: Grant }): Denial | null {
  if (holdsScope(persona.grant, tool.scope)) return null;
  return {
    code: 'TOOL_NOT_GRANTED',
    message: `The persona “${persona.name}” does not hold the permission ${tool.scope} that “${tool.title}” needs. Whoever manages the persona can grant it.`,
  };
}

export function denyConnection(tool: Tool, connection: Connection | null, actor: Actor): Denial | null {
  if (connection === null || (connection.ownerId !== null && connection.ownerId !== actor.id)) {
    return {
      code: 'CONNECTION_NOT_FOUND',
      message: `There is no connection to ${tool.integration} that may be used here. Connect it first, then ask again.`,
    };
  }
  if (connection.status === 'revoked') {
    return {
      code: 'CONNECTION_REVOKED',
      message: `The connection “${connection.label}” was revoked. Nothing was sent. Connect it again to go on.`,
    };
  }
  if (!holdsScope(connection.grant, tool.scope)) {
    return {
      code: 'TOOL_NOT_GRANTED',
      message: `The connection “${connection.label}” does not allow ${tool.scope}, which “${tool.title}” needs. Whoever manages the connection can allow it.`,
    };
  }
  return null;
}

export function denyTarget(grant: Grant, target: ResourceTarget): Denial | null {
  if (allowsTarget(grant.limits, target)) return null;
  return {
    code: 'RESOURCE_NOT_GRANTED',
    message: `The persona is limited to other resources; ${describeTarget(target)} is not among them. Whoever manages the persona can widen its limits.`,
  };
}

export function denyApproval(tool: Tool, policy: ApprovalPolicy): Denial | null {
  if (policy === 'auto') return null;
  if (policy === 'deny') {
    return {
      code: 'APPROVAL_DENIED',
      message: `The persona’s rules do not allow “${tool.title}” at all. Nothing was changed. Whoever manages the persona can change that rule.`,
    };
  }
  return {
    code: 'APPROVAL_REQUIRED',
    message: `“${tool.title}” needs a person’s approval, and approvals cannot be given here yet. Nothing was changed. Do it in Ninox yourself, or have the persona’s file allow it without approval.`,
  };
}

export function denyStopped(signal: AbortSignal): Denial | null {
  if (!signal.aborted) return null;
  return { code: 'RUN_STOPPED', message: 'The run was stopped before this call was sent. Nothing was changed.' };
}

/** Asked last, once the intent is stored: `contained` is what the service itself answered about the database lying in the team. */
export function denyForeignDatabase(target: ResourceTarget, contained: boolean): Denial | null {
  if (contained) return null;
  return {
    code: 'RESOURCE_NOT_GRANTED',
    message: `Database ${target.database ?? ''} is not in team ${target.team ?? ''}, and the persona is limited by team. Get the databases of the team first and use an id from there.`,
  };
}

/** The policy that counts for a call: the persona's own, else the tool's default. */
export function approvalPolicyFor(tool: Tool, approvals: Readonly<Record<string, ApprovalPolicy>>): ApprovalPolicy {
  return Object.hasOwn(approvals, tool.name) ? (approvals[tool.name] ?? tool.defaultApproval) : tool.defaultApproval;
}

function describeTarget(target: ResourceTarget): string {
  const levels = [
    target.team !== undefined && `team ${target.team}`,
    target.database !== undefined && `database ${target.database}`,
    target.table !== undefined && `table ${target.table}`,
  ].filter((level) => level !== false);
  return levels.join(', ') || 'this resource';
}
