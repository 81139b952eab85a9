import { z } from 'zod';
import { effects } from '#integrations/rights.ts';
import { listOf } from './common.ts';

export const discoveredToolStates = ['new', 'approved', 'changed', 'gone'] as const;

/** What a tool says of itself: what is approved, or what it has become. */
const offeredTool = z.object({
  title: z.string(),
  description: z.string(),
  /** JSON Schema of what it takes. */
  inputSchema: z.record(z.string(), z.unknown()),
  fingerprint: z.string(),
});

/** A tool that a connection's own service told of. */
export const discoveredToolView = z
  .object({
    /** As personas name it in their `limits.tools`. */
    name: z.string(),
    connectionId: z.string(),
    integration: z.string(),
    /** As its own service calls it. */
    remoteName: z.string(),
    ...offeredTool.shape,
    /** As the person has said who approved it; `destructive` until then. */
    effect: z.enum(effects),
    /** Only `approved` ones can be used. `changed`: it is another one now. `gone`: its service tells of it no more. */
    state: z.enum(discoveredToolStates),
    /** What a changed one has become; null for all others. */
    offered: offeredTool.nullable(),
    approvedBy: z.object({ id: z.string(), name: z.string() }).nullable(),
    approvedAt: z.string().nullable(),
    seenAt: z.string(),
  })
  .meta({ id: 'DiscoveredTool' });
export type DiscoveredToolView = z.output<typeof discoveredToolView>;

/** GET /api/v1/connections/{id}/tools, and what POST /api/v1/connections/{id}/tools/discover answers. */
export const discoveredToolListView = listOf(discoveredToolView);
export type DiscoveredToolListView = z.output<typeof discoveredToolListView>;

/** POST /api/v1/connections/{id}/tools/{name}/approve */
export const toolApprovalRequest = z.strictObject({
  /** Of what the person has read; another one meanwhile is refused. */
  fingerprint: z.string().min(1).max(128),
  effect: z.enum(effects),
});
export type ToolApprovalRequest = z.output<typeof toolApprovalRequest>;
