import { compileInput } from './check-input.ts';
import type { PinnedTool } from './discovered-tool.ts';
import { discoveredScopes } from './rights.ts';
import type { CallContext, Tool } from './tool-definition.ts';

export interface DiscoveredToolSpec {
  readonly integration: string;
  /** What it is, before its own words, such as “A tool of an MCP server”. */
  readonly kind: string;
  /** Where its answers come from, in words for people. */
  readonly readsOutside: string;
  /** Sends the call, whose arguments hold against the schema that was approved. Throws UpstreamError. */
  execute(given: Readonly<Record<string, unknown>>, context: CallContext): Promise<unknown>;
}

/** A tool that a person has approved as its service told of it: granted by name, on its own connection, its answers from outside. */
export function defineDiscoveredTool(pinned: PinnedTool, spec: DiscoveredToolSpec): Tool {
  const { name, connectionId, title, description, inputSchema, effect } = pinned;
  const { integration, kind, readsOutside } = spec;
  const scope = discoveredScopes[integration];
  if (scope === undefined) throw new Error(`No scope is known for discovered tools of ${integration}.`);
  const check = compileInput(inputSchema);
  return {
    name,
    slug: name.replaceAll('_', '-'),
    integration,
    title,
    description: `${kind}, in its own words: ${description}`,
    scope,
    effect,
    defaultApproval: effect === 'read' ? 'auto' : 'ask',
    parameters: inputSchema,
    readsRecords: false,
    readsOutside,
    byName: true,
    connectionId,
    prepare(input) {
      const problem = check === null ? 'This tool cannot be called: its arguments cannot be checked.' : check(input);
      if (problem !== null) return { ok: false, problem };
      // A tool's schema is one of an object.
      const given = input as Readonly<Record<string, unknown>>;
      return {
        ok: true,
        arguments: given,
        target: {},
        change: null,
        execute: (context) => spec.execute(given, context),
      };
    },
  };
}
