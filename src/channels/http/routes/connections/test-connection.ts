import type { RequestHandler } from 'express';
import type { ConnectionService } from '#connections/connection-service.ts';
import { connectionTestView, testConnectionRequest } from '../../contract/connections.ts';
import { defineRoute } from '../../route.ts';

export function createTestConnection({
  connections,
  before,
}: {
  connections: Pick<ConnectionService, 'test'>;
  before: readonly RequestHandler[];
}) {
  return defineRoute({
    method: 'post',
    path: '/api/v1/connection-tests',
    tag: 'Connections',
    summary: 'Try a key and see what it can see; nothing is stored',
    access: 'connections:own',
    before,
    body: testConnectionRequest,
    answer: connectionTestView,
    async handle({ actor, body }) {
      const { integration, place, address = null, key = null, fields = null } = body;
      const { baseUrl, sees } = await connections.test(actor, { integration, place, address, key, fields });
      return { baseUrl, sees: [...sees] };
    },
  });
}
