import type { StatusView } from '../../contract.ts';
import type { Route } from '../../route.ts';

/** GET /api/v1/status */
export function createGetStatus(status: StatusView): Route {
  return {
    method: 'get',
    path: '/api/v1/status',
    handle(_request, response) {
      response.json(status);
    },
  };
}
