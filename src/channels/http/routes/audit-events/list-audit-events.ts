import type { AuditLog } from '#audit/audit-event.ts';
import { auditListQuery, auditListView } from '../../contract/audit-events.ts';
import { defineRoute, type Route } from '../../route.ts';
import { type ActorNaming, presentAuditEvents } from './audit-event-view.ts';
import { readFilter, visibleTo } from './visible-events.ts';

/** GET /api/v1/audit-events */
export function createListAuditEvents(deps: { audit: AuditLog; actorNames: ActorNaming }): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/audit-events',
    tag: 'Activity',
    summary: 'What happened, newest first; without audit:read what one has caused oneself',
    access: 'audit:own',
    query: auditListQuery,
    answer: auditListView,
    async handle({ actor, query: { cursor, limit, ...asked } }) {
      const { organizationId } = actor;
      const filter = visibleTo(actor, readFilter(asked));
      if (filter === null) return { items: [], nextCursor: null };
      const before = cursor === undefined ? {} : { before: cursor };
      const page = await deps.audit.list({ organizationId, filter, limit, ...before });
      return {
        items: await presentAuditEvents(deps.actorNames, organizationId, page.items),
        nextCursor: page.nextBefore === null ? null : String(page.nextBefore),
      };
    },
  });
}
