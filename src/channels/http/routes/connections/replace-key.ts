import type { RequestHandler } from 'express';
import type { ConnectionService } from '#connections/connection-service.ts';
import { idPath } from '../../contract/common.ts';
import { replacedKeyView, replaceKeyRequest } from '../../contract/connections.ts';
import { defineRoute } from '../../route.ts';
import { presentConnection } from './connection-view.ts';

export function createReplaceKey({
  connections,
  before,
}: {
  connections: Pick<ConnectionService, 'replaceKey'>;
  before: readonly RequestHandler[];
}) {
  return defineRoute({
    method: 'post',
    path: '/api/v1/connections/:id/key',
    tag: 'Connections',
    summary: 'Replace a connection’s key, once the new one has proved to see as much',
    access: 'connections:own',
    before,
    params: idPath,
    body: replaceKeyRequest,
    answer: replacedKeyView,
    async handle({ actor, params, body }) {
      const { replaced, lost, connection } = await connections.replaceKey(actor, { id: params.id, ...body });
      return { replaced, lost: [...lost], connection: presentConnection(connection) };
    },
  });
}
