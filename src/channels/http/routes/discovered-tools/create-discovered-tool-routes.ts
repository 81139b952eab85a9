import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { DiscoveryService } from '#connections/discovery/discovery-service.ts';
import { id, idPath, nothing } from '../../contract/common.ts';
import { discoveredToolListView, discoveredToolView, toolApprovalRequest } from '../../contract/discovered-tools.ts';
import { defineRoute } from '../../route.ts';
import { type NamesOf, presentTools } from './discovered-tool-view.ts';

export interface DiscoveredToolRouteDeps {
  readonly discovery: DiscoveryService;
  readonly namesOf: NamesOf;
  /** Runs before what asks a service. */
  readonly before: readonly RequestHandler[];
}

const toolPath = z.strictObject({ id, name: z.string().regex(/^[a-z0-9_]{1,64}$/, 'must be the name of a tool') });
const tag = 'Connections' as const;

/** The tools that a connection's own service tells of, and their approval. */
export function createDiscoveredToolRoutes({ discovery, namesOf, before }: DiscoveredToolRouteDeps) {
  const list = defineRoute({
    method: 'get',
    path: '/api/v1/connections/:id/tools',
    tag,
    summary: 'List the tools that were looked up on a connection',
    access: 'connections:own',
    params: idPath,
    answer: discoveredToolListView,
    handle: async ({ actor, params }) => whole(await presentTools(namesOf, await discovery.list(actor, params.id))),
  });
  const discover = defineRoute({
    method: 'post',
    path: '/api/v1/connections/:id/tools/discover',
    tag,
    summary: 'Look up which tools the connection’s service has now',
    access: 'connections:own',
    before,
    params: idPath,
    body: nothing,
    answer: discoveredToolListView,
    handle: async ({ actor, params }) => whole(await presentTools(namesOf, await discovery.discover(actor, params.id))),
  });
  const approve = defineRoute({
    method: 'post',
    path: '/api/v1/connections/:id/tools/:name/approve',
    tag,
    summary: 'Approve a tool as it was read, and say what it does',
    access: 'connections:own',
    params: toolPath,
    body: toolApprovalRequest,
    answer: discoveredToolView,
    async handle({ actor, params, body }) {
      const row = await discovery.approve(actor, { connectionId: params.id, name: params.name, ...body });
      return only(await presentTools(namesOf, [row]));
    },
  });
  return [list, discover, approve, createWithdraw({ discovery, namesOf })];
}

function createWithdraw({ discovery, namesOf }: Pick<DiscoveredToolRouteDeps, 'discovery' | 'namesOf'>) {
  return defineRoute({
    method: 'post',
    path: '/api/v1/connections/:id/tools/:name/withdraw',
    tag,
    summary: 'Take the approval of a tool back; it stops at once',
    access: 'connections:own',
    params: toolPath,
    body: nothing,
    answer: discoveredToolView,
    handle: async ({ actor, params }) =>
      only(await presentTools(namesOf, [await discovery.withdraw(actor, params.id, params.name)])),
  });
}

function whole<T>(items: readonly T[]) {
  return { items: [...items], nextCursor: null };
}

function only<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error('Nothing was presented.');
  return item;
}
