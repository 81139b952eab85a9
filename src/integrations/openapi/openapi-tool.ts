import { z } from 'zod';
import type { Egress } from '#integrations/egress.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { defineDiscoveredTool } from '../define-discovered-tool.ts';
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
  const details = detailsSchema.parse(pinned.details);
  return defineDiscoveredTool(pinned, {
    integration: deps.name,
    kind: 'An operation of an HTTP service',
    readsOutside: 'an HTTP service’s answer',
    async execute(given, { connection, signal }) {
      const asking = { egress: deps.egress, connection, signal, mayHaveEffect: pinned.effect !== 'read' };
      const { status, headers, text } = await askOperation(asking, requestOf(details, given));
      return { status, answer: readBody(headers.get('content-type') ?? '', text) };
    },
  });
}

function readBody(type: string, text: string): unknown {
  if (!/[/+]json\b/.test(type)) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new UpstreamError('UPSTREAM_INVALID', 'The service’s answer says it is JSON, but it is not.');
  }
}
