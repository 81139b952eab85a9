import type { AuditLog } from '#audit/audit-event.ts';
import { AppError } from '#errors';
import { type AuditDetailView, auditEventPath } from '../../contract.ts';
import type { ActorOf, Route } from '../../route.ts';
import { presentAuditEvent } from './audit-event-view.ts';

/** GET /api/v1/audit-events/:id */
export function createGetAuditEvent(deps: { audit: AuditLog; actorOf: ActorOf }): Route {
  return {
    method: 'get',
    path: '/api/v1/audit-events/:id',
    async handle(request, response) {
      const { id } = auditEventPath.parse(request.params);
      const found = await deps.audit.find(deps.actorOf(request).organizationId, id);
      if (found === null) throw new AppError('NOT_FOUND', 'There is no such audit event.');
      const view: AuditDetailView = { event: presentAuditEvent(found.event), body: found.body };
      response.json(view);
    },
  };
}
