import type { RequestHandler } from 'express';
import type { ConnectionService } from '#connections/connection-service.ts';
import { idPath, nothing } from '../../contract/common.ts';
import { connectionView } from '../../contract/connections.ts';
import { defineRoute } from '../../route.ts';
import { presentConnection } from './connection-view.ts';

export function createCheckConnection({
  connections,
  before,
}: {
  connections: Pick<ConnectionService, 'check'>;
  before: readonly RequestHandler[];
}) {
  return defineRoute({
    method: 'post',
    path: '/api/v1/connections/:id/checks',
    tag: 'Connections',
    summary: 'Check a connection now; what is wrong is in its health',
    access: 'connections:own',
    before,
    params: idPath,
    body: nothing,
    answer: connectionView,
    handle: async ({ actor, params }) => presentConnection(await connections.check(actor, params.id)),
  });
}
