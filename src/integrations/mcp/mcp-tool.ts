import type { Egress } from '#integrations/egress.ts';
import { EgressError } from '#integrations/egress-error.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { defineDiscoveredTool } from '../define-discovered-tool.ts';
import type { PinnedTool } from '../discovered-tool.ts';
import type { CallContext, Tool } from '../tool-definition.ts';
import { fingerprintOf } from '../tool-fingerprint.ts';
import { readAnswer } from './mcp-content.ts';
import { isRefusal, timeoutMs, type Wire, withSession } from './mcp-session.ts';
import { listOffered } from './offered-tools.ts';

export interface McpToolDeps {
  readonly egress: Egress;
  readonly name: string;
}

/** A tool of an MCP server, as it was approved. */
export function createMcpTool({ egress, name: integration }: McpToolDeps, pinned: PinnedTool): Tool {
  return defineDiscoveredTool(pinned, {
    integration,
    kind: 'A tool of an MCP server',
    readsOutside: 'an MCP server’s answer',
    execute: (given, context) => call({ egress, pinned, given, context }),
  });
}

interface Calling {
  readonly egress: Egress;
  readonly pinned: PinnedTool;
  readonly given: Readonly<Record<string, unknown>>;
  readonly context: CallContext;
}

/** The server is asked first what the tool is now: what has become another one is not called. */
async function call({ egress, pinned, given, context }: Calling): Promise<unknown> {
  const { connection, signal } = context;
  const { remoteName } = pinned;
  return withSession({ egress, connection, signal }, async (client, wire) => {
    const offered = (await listOffered(client, signal)).find((one) => one.remoteName === remoteName);
    if (offered === undefined || fingerprintOf(offered) !== pinned.fingerprint) throw notTheSame(pinned, offered);
    try {
      const options = { signal, timeout: timeoutMs };
      return readAnswer(await client.callTool({ name: remoteName, arguments: { ...given }, options }));
    } catch (error) {
      if (pinned.effect === 'read' || isWithoutEffect(error, wire)) throw error;
      throw new UpstreamError(
        'OUTCOME_UNKNOWN',
        'The call was sent, but the MCP server’s answer did not come. Look there before it is made again.',
      );
    }
  });
}

/** Whether it is certain that nothing came of the call: not a byte of it left, or the server has refused it. */
function isWithoutEffect(error: unknown, { status, problem }: Wire): boolean {
  if (problem instanceof EgressError) return !problem.sent;
  if (problem !== null || isRefusal(error)) return true;
  return status !== null && status >= 400 && status < 500;
}

function notTheSame({ title }: PinnedTool, offered: unknown): UpstreamError {
  const what = offered === undefined ? 'is not there any more' : 'is not what was approved any more';
  return new UpstreamError(
    'UPSTREAM_FORBIDDEN',
    `“${title}” ${what}, so it was not called. Whoever manages the connection can look at its tools and approve it again.`,
  );
}
