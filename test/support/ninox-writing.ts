import { createCatalog } from '#integrations/catalog.ts';
import { createNinoxClient } from '#integrations/ninox/client.ts';
import { createNinoxIntegration } from '#integrations/ninox/ninox-integration.ts';
import type { ResourceTarget } from '#integrations/rights.ts';
import type {
  CallContext,
  ChangeHooks,
  PreparedCall,
  TouchedRecord,
  UndoHooks,
} from '#integrations/tool-definition.ts';
import { connectionTo, createTestEgress } from './ninox-connection.ts';

export interface Writing {
  readonly call: PreparedCall;
  readonly context: CallContext;
  readonly change: ChangeHooks;
  readonly undo: UndoHooks;
  /** What the call has noted so far. */
  readonly touched: readonly TouchedRecord[];
  /** A snapshot as the service has it after the call, out of its database. */
  readonly stored: (snapshot: unknown) => unknown;
}

export interface WritingOptions {
  readonly allows?: (target: ResourceTarget) => boolean;
  readonly timeoutMs?: number;
}

/** A tool that writes as a call has it, towards whatever answers at this address. */
export function prepareWriting(
  baseUrl: string,
  { tool, args }: { readonly tool: string; readonly args: unknown },
  { allows = () => true, ...performing }: WritingOptions = {},
): Writing {
  const client = createNinoxClient({ egress: createTestEgress(), sleep: async () => undefined, ...performing });
  const call = createCatalog([createNinoxIntegration({ client })])
    .findTool(tool)
    ?.prepare(args);
  if (call?.ok !== true) throw new Error(`It does not fit ${tool}: ${call?.problem}`);
  const { change } = call;
  if (change === null || change.undo === null) throw new Error('It cannot be taken back.');
  const touched: TouchedRecord[] = [];
  let left = {};
  const context: CallContext = {
    connection: connectionTo(baseUrl),
    signal: new AbortController().signal,
    allows,
    touched: (records) => touched.push(...records),
    keep: (more) => {
      left = { ...left, ...more };
    },
  };
  const stored = (snapshot: unknown): unknown => JSON.parse(JSON.stringify({ ...(snapshot as object), ...left }));
  return { call, context, change, undo: change.undo, touched, stored };
}
