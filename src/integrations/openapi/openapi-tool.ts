import { z } from 'zod';
import type { Egress } from '#integrations/egress.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { compileInput } from '../check-input.ts';
import type { PinnedTool } from '../discovered-tool.ts';
import type { Tool } from '../tool-definition.ts';
import { askOperation, requestOf } from './ask-operation.ts';
import { operationMethods } from './operations.ts';

const names = z.array(z.string());
const detailsSchema = z.object({
  method: z.enum(operationMethods),
  path: z.string(),
  inPath: names,
  inQuery: names,
  body: z.literal('body').nullable(),
});

/** An operation of an HTTP service, as it was approved. The document is not asked again: the request is what was approved. */
export function createOpenapiTool(deps: { readonly egress: Egress; readonly name: string }, pinned: PinnedTool): Tool {
  const { name, connectionId, title, description, inputSchema, effect } = pinned;
  const details = detailsSchema.parse(pinned.details);
  const check = compileInput(inputSchema);
  return {
    name,
    slug: name.replaceAll('_', '-'),
    integration: deps.name,
    title,
    description: `An operation of an HTTP service, in its own words: ${description}`,
    scope: 'http:operations:call',
    effect,
    defaultApproval: effect === 'read' ? 'auto' : 'ask',
    parameters: inputSchema,
    readsRecords: false,
    readsOutside: 'an HTTP service’s answer',
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
        async execute({ connection, signal }) {
          const asking = { egress: deps.egress, connection, signal, mayHaveEffect: effect !== 'read' };
          const { status, headers, text } = await askOperation(asking, requestOf(details, given));
          return { status, answer: readBody(headers.get('content-type') ?? '', text) };
        },
      };
    },
  };
}

function readBody(type: string, text: string): unknown {
  if (!/[/+]json\b/.test(type)) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new UpstreamError('UPSTREAM_INVALID', 'The service’s answer says it is JSON, but it is not.');
  }
}
