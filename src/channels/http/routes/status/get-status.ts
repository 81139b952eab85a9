import { type StatusView, statusView } from '../../contract/conversations.ts';
import { defineRoute, type Route } from '../../route.ts';

/** GET /api/v1/status: what the pages need to label stand-ins. */
export function createGetStatus(status: StatusView): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/status',
    tag: 'Service',
    summary: 'The default model, and which stand-ins are in use',
    access: 'anyone',
    answer: statusView,
    handle: () => status,
  });
}
