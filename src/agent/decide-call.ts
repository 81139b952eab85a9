import type { Actor } from '#auth/actor.ts';
import type { Connection } from '#integrations/connection.ts';
import type { ApprovalPolicy, Grant, ResourceTarget } from '#integrations/rights.ts';
import type { ArgumentProblem, PreparedCall, Tool } from '#integrations/tool-definition.ts';
import { actorHoldsScope, allowsTarget, holdsScope, holdsTool, mayHaveCallsMade } from '#personas/grants.ts';
import type { Persona } from '#personas/persona-schema.ts';
import type { Denial } from './denials.ts';
import { attachedTo, type PinnedPersona } from './narrow-persona.ts';

/*
 * The guard's decisions, each a pure function from facts to a denial or null (allowed so far), in the order in which
 * `judgeCall` asks them; the first denial is the answer.
 */

export function denyUnknownTool(name: string, tool: Tool | undefined): Denial | null {
  if (tool !== undefined) return null;
  return {
    code: 'TOOL_UNKNOWN',
    message: `There is no tool named “${name.slice(0, 80)}”. Use one of the tools you were given.`,
  };
}

export function denyRepeatedCall(repeated: boolean): Denial | null {
  if (!repeated) return null;
  return {
    code: 'ARG_INVALID',
    message: 'A call with this id was already made in this run, and one call has at most one effect. Nothing was sent.',
  };
}

export function denyArguments(prepared: PreparedCall | ArgumentProblem): Denial | null {
  if (prepared.ok) return null;
  return { code: 'ARG_INVALID', message: `The arguments do not fit the tool. ${prepared.problem}` };
}

export function denyUnusedPersona(tool: Tool, { name }: Persona, current: Persona | null): Denial | null {
  if (current !== null) return null;
  return {
    code: 'TOOL_NOT_GRANTED',
    message: `The persona “${name}” was archived or removed, so it may not use “${tool.title}” any more. Nothing was sent. Whoever manages the personas can restore it.`,
  };
}

export function denyScope(tool: Tool, name: string, grant: Grant): Denial | null {
  if (holdsTool(grant, tool)) return null;
  if (holdsScope(grant, tool.scope)) {
    return {
      code: 'TOOL_NOT_GRANTED',
      message: `The persona “${name}” was not granted “${tool.title}” by name, which this tool needs. Whoever manages the persona can add ${tool.name} to its tools.`,
    };
  }
  return {
    code: 'TOOL_NOT_GRANTED',
    message: `The persona “${name}” does not hold the permission ${tool.scope} that “${tool.title}” needs. Whoever manages the persona can grant it.`,
  };
}

export function denyGoneActor({ apiKey, role }: Actor, isGone: boolean): Denial | null {
  if (!isGone) return null;
  const why =
    role === 'guest'
      ? 'Guests are not answered here any more'
      : apiKey === null
        ? 'You do not belong to this organization any more'
        : `The API key “${apiKey.name}” was revoked or has expired, or its maker has left`;
  return { code: 'TOOL_NOT_GRANTED', message: `${why}, so nothing was sent.` };
}

/** Whatever was granted to guests: nothing is changed for somebody nobody knows. */
export function denyGuestChange(tool: Tool, { role }: Actor): Denial | null {
  if (role !== 'guest' || tool.effect === 'read') return null;
  return {
    code: 'TOOL_NOT_GRANTED',
    message: `“${tool.title}” changes something, and for guests a persona only reads, so it was not used. Somebody who belongs to the organization can ask for it.`,
  };
}

export function denyRole(tool: Tool, actor: Actor): Denial | null {
  if (mayHaveCallsMade(actor)) return null;
  return {
    code: 'TOOL_NOT_GRANTED',
    message: `You have the role ${actor.role}, which reads and has nothing done, so “${tool.title}” was not used. An owner or admin can change your role.`,
  };
}

export function denyKeyScope(tool: Tool, actor: Actor): Denial | null {
  if (actorHoldsScope(actor, tool.scope)) return null;
  const key = actor.apiKey === null ? 'The API key' : `The API key “${actor.apiKey.name}”`;
  return {
    code: 'TOOL_NOT_GRANTED',
    message: `${key} was not given ${tool.scope}, which “${tool.title}” needs. Use a key that has this scope.`,
  };
}

/** A run begun with one connection neither goes on with it nor changes over to another without being asked. */
export function denyMovedPersona(tool: Tool, { persona, current }: PinnedPersona): Denial | null {
  const now = attachedTo(current, tool.integration);
  if (now === null || now === attachedTo(persona, tool.integration)) return null;
  return {
    code: 'CONNECTION_NOT_FOUND',
    message: `The persona “${persona.name}” was attached to another connection while it was working. Nothing was sent. Send your message again to go on with that one.`,
  };
}

export function denyMissingConnection(tool: Tool, connection: Connection | null, actor: Actor): Denial | null {
  if (connection !== null && isFor(connection, tool, actor)) return null;
  return {
    code: 'CONNECTION_NOT_FOUND',
    message: `There is no connection to ${tool.integration} that may be used here. Connect it first, then ask again.`,
  };
}

function isFor({ organizationId, integration, ownerId }: Connection, tool: Tool, actor: Actor): boolean {
  const isOurs = organizationId === actor.organizationId && (ownerId === null || ownerId === actor.id);
  return isOurs && integration === tool.integration;
}

export function denyDeadConnection({ status, label }: Connection): Denial | null {
  if (status === 'active') return null;
  if (status === 'revoked') {
    return {
      code: 'CONNECTION_REVOKED',
      message: `The connection “${label}” was revoked. Nothing was sent. Connect it again to go on.`,
    };
  }
  return {
    code: 'CONNECTION_NEEDS_RECONNECT',
    message: `The connection “${label}” has to be connected again, because its credential is not accepted any more. Nothing was sent. Whoever manages the connection can do that on the integrations page.`,
  };
}

export function denyConnectionScope(tool: Tool, connection: Connection): Denial | null {
  if (holdsScope(connection.grant, tool.scope)) return null;
  return {
    code: 'TOOL_NOT_GRANTED',
    message: `The connection “${connection.label}” does not allow ${tool.scope}, which “${tool.title}” needs. Whoever manages the connection can allow it.`,
  };
}

export interface TargetSides {
  readonly persona: Grant;
  readonly connection: Connection;
  /** What both allow together, which can be less than what each allows alone. */
  readonly effective: Grant;
}

export function denyTarget({ persona, connection, effective }: TargetSides, target: ResourceTarget): Denial | null {
  if (allowsTarget(effective.limits, target)) return null;
  const [limited, manages] = allowsTarget(persona.limits, target)
    ? [`The connection “${connection.label}”`, 'the connection']
    : ['The persona', 'the persona'];
  return {
    code: 'RESOURCE_NOT_GRANTED',
    message: `${limited} is limited to other resources; ${describeTarget(target)} is not among them. Whoever manages ${manages} can widen its limits.`,
  };
}

export function denyApproval(tool: Tool, policy: ApprovalPolicy): Denial | null {
  if (policy !== 'deny') return null;
  return {
    code: 'APPROVAL_DENIED',
    message: `The persona’s rules do not allow “${tool.title}” at all. Nothing was changed. Whoever manages the persona can change that rule.`,
  };
}

export function denyStopped(stopped: boolean): Denial | null {
  if (!stopped) return null;
  return { code: 'RUN_STOPPED', message: 'The run was stopped before this call was sent. Nothing was changed.' };
}

/** What the service itself answered about the database lying in the team, or why that could not be found out. */
export type Containment = boolean | { readonly problem: string };

/** Asked last, once the intent is stored: the question goes to the service. */
export function denyForeignDatabase(target: ResourceTarget, contained: Containment): Denial | null {
  if (contained === true) return null;
  if (contained !== false) {
    return {
      code: 'RESOURCE_NOT_GRANTED',
      message: `It could not be checked that the database belongs to the team, so nothing was sent. ${contained.problem}`,
    };
  }
  return {
    code: 'RESOURCE_NOT_GRANTED',
    message: `Database ${target.database ?? ''} is not in team ${target.team ?? ''}, and the persona is limited by team. Get the databases of the team first and use an id from there.`,
  };
}

function describeTarget(target: ResourceTarget): string {
  const levels = [
    target.team !== undefined && `team ${target.team}`,
    target.database !== undefined && `database ${target.database}`,
    target.table !== undefined && `table ${target.table}`,
  ].filter((level) => level !== false);
  return levels.join(', ') || 'this resource';
}
