import type { AuditLog } from '#audit/audit-event.ts';
import { AppError } from '#errors';
import { auditDetailView } from '../../contract/audit-events.ts';
import { idPath } from '../../contract/common.ts';
import { defineRoute, type Route } from '../../route.ts';
import { type ActorNaming, presentAuditEvents } from './audit-event-view.ts';
import { maySee } from './visible-events.ts';

/** GET /api/v1/audit-events/:id. Another person's event is answered as if it were not there. */
export function createGetAuditEvent(deps: { audit: AuditLog; actorNames: ActorNaming }): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/audit-events/:id',
    tag: 'Activity',
    summary: 'One event with its prompt, arguments and response',
    access: 'audit:own',
    params: idPath,
    answer: auditDetailView,
    async handle({ actor, params }) {
      const found = await deps.audit.find(actor.organizationId, params.id);
      const visible = found !== null && maySee(actor, found.event) ? found : null;
      if (visible === null) throw new AppError('NOT_FOUND', 'There is no such audit event.');
      const [event] = await presentAuditEvents(deps.actorNames, actor.organizationId, [visible.event]);
      if (event === undefined) throw new Error('An event was not presented.');
      return { event, body: visible.body, bodyProblem: visible.bodyProblem };
    },
  });
}
