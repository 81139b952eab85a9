import type { ConnectionService } from '#connections/connection-service.ts';
import { idPath } from '../../contract/common.ts';
import { changeConnectionRequest, connectionView } from '../../contract/connections.ts';
import { defineRoute } from '../../route.ts';
import { presentConnection } from './connection-view.ts';

export function createChangeConnection({ connections }: { connections: Pick<ConnectionService, 'change'> }) {
  return defineRoute({
    method: 'patch',
    path: '/api/v1/connections/:id',
    tag: 'Connections',
    summary: 'Change a connection’s name, permissions and limits',
    access: 'connections:own',
    params: idPath,
    body: changeConnectionRequest,
    answer: connectionView,
    handle: async ({ actor, params, body }) =>
      presentConnection(await connections.change(actor, { id: params.id, ...body })),
  });
}
