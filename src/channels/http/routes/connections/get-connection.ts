import type { ConnectionService } from '#connections/connection-service.ts';
import { idPath } from '../../contract/common.ts';
import { connectionView } from '../../contract/connections.ts';
import { defineRoute } from '../../route.ts';
import { presentConnection } from './connection-view.ts';

export function createGetConnection({ connections }: { connections: Pick<ConnectionService, 'find'> }) {
  return defineRoute({
    method: 'get',
    path: '/api/v1/connections/:id',
    tag: 'Connections',
    summary: 'Read a connection and its health',
    access: 'connections:read',
    params: idPath,
    answer: connectionView,
    handle: async ({ actor, params }) => presentConnection(await connections.find(actor, params.id)),
  });
}
