import type { RequestHandler } from 'express';
import type { ConnectionService } from '#connections/connection-service.ts';
import { connectionView, createConnectionRequest } from '../../contract/connections.ts';
import { defineRoute } from '../../route.ts';
import { presentConnection } from './connection-view.ts';

export function createCreateConnection({
  connections,
  before,
}: {
  connections: Pick<ConnectionService, 'create'>;
  before: readonly RequestHandler[];
}) {
  return defineRoute({
    method: 'post',
    path: '/api/v1/connections',
    tag: 'Connections',
    summary: 'Connect with a key, which is tested first',
    access: 'connections:own',
    before,
    status: 201,
    body: createConnectionRequest,
    answer: connectionView,
    async handle({ actor, body }) {
      const { address = null, key = null, fields = null, ...wanted } = body;
      return presentConnection(await connections.create(actor, { ...wanted, address, key, fields }));
    },
  });
}
