import type { ConnectionService } from '#connections/connection-service.ts';
import { idPath, nothing } from '../../contract/common.ts';
import { connectionView } from '../../contract/connections.ts';
import { defineRoute } from '../../route.ts';
import { presentConnection } from './connection-view.ts';

export function createRevokeConnection({ connections }: { connections: Pick<ConnectionService, 'revoke'> }) {
  return defineRoute({
    method: 'post',
    path: '/api/v1/connections/:id/revoke',
    tag: 'Connections',
    summary: 'Revoke a connection for good, with effect at once',
    access: 'connections:own',
    params: idPath,
    body: nothing,
    answer: connectionView,
    handle: async ({ actor, params }) => presentConnection(await connections.revoke(actor, params.id)),
  });
}
