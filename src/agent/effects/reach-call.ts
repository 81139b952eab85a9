import type { Catalog } from '#integrations/catalog.ts';
import type { Connection, ConnectionStore } from '#integrations/connection.ts';
import type { CallContext, PreparedCall, Tool } from '#integrations/tool-definition.ts';
import { allowsTarget, holdsScope } from '#personas/grants.ts';
import type { Effect } from './effect.ts';

export interface ReachDeps {
  readonly catalog: Catalog;
  readonly connections: ConnectionStore;
}

export interface Reached {
  readonly ok: true;
  readonly tool: Tool;
  readonly call: PreparedCall;
  readonly connection: Connection;
}

/** `why` is a sentence for people. `forGood`: it will not become better by itself. */
export type Reach = Reached | { readonly ok: false; readonly why: string; readonly forGood: boolean };

/**
 * What a call was made of, found again: its tool, its stored arguments, and the connection it was made with, as long as
 * that may still do it.
 */
export async function reachCall({ catalog, connections }: ReachDeps, effect: Effect): Promise<Reach> {
  const tool = (await catalog.of(effect.organizationId)).findTool(effect.tool);
  if (tool === undefined) return { ok: false, why: `There is no tool “${effect.tool}” any more.`, forGood: true };
  const call = tool.prepare(effect.arguments);
  if (!call.ok) {
    return { ok: false, why: 'What the call was made with does not fit its tool any more.', forGood: true };
  }
  const connection = await connections.find({
    organizationId: effect.organizationId,
    actorId: effect.actorId,
    integration: tool.integration,
    attached: effect.connectionId,
  });
  const why = connection === null ? goneConnection : whyOutOfReach(tool, call, connection);
  if (connection === null || why !== null) return { ok: false, why: why ?? goneConnection, forGood: false };
  return { ok: true, tool, call, connection };
}

const goneConnection = 'The connection that the call was made with is not there any more.';

function whyOutOfReach(tool: Tool, call: PreparedCall, { label, status, grant }: Connection): string | null {
  if (status === 'revoked') return `The connection “${label}”, which the call was made with, was revoked.`;
  if (status !== 'active') {
    return `The connection “${label}” has to be connected again first: its credential is not accepted any more.`;
  }
  if (!holdsScope(grant, tool.scope)) {
    return `The connection “${label}” does not allow ${tool.scope} any more, which “${tool.title}” needs.`;
  }
  if (!allowsTarget(grant.limits, call.target)) {
    return `The connection “${label}” is limited to other resources now.`;
  }
  return null;
}

export interface Visit {
  readonly reached: Reached;
  readonly timeoutMs: number;
}

/** Asks the service with the call’s own connection; ended when that is revoked, or after the time. */
export async function visit<T>(
  { connections }: Pick<ReachDeps, 'connections'>,
  { reached, timeoutMs }: Visit,
  ask: (context: CallContext) => Promise<T>,
): Promise<T> {
  const { connection } = reached;
  const followed = connections.follow(connection, AbortSignal.timeout(timeoutMs));
  try {
    return await ask({
      connection,
      signal: followed.signal,
      allows: (target) => allowsTarget(connection.grant.limits, target),
    });
  } finally {
    followed.release();
  }
}
