import type { AuditFilter, AuditLog } from '#audit/audit-event.ts';
import { type AuditListView, auditListQuery } from '../../contract.ts';
import type { ActorOf, Route } from '../../route.ts';
import { presentAuditEvent } from './audit-event-view.ts';

/** GET /api/v1/audit-events */
export function createListAuditEvents(deps: { audit: AuditLog; actorOf: ActorOf }): Route {
  return {
    method: 'get',
    path: '/api/v1/audit-events',
    async handle(request, response) {
      const { cursor, limit, from, to, ...equal } = auditListQuery.parse(request.query);
      const filter = withoutUndefined({
        ...equal,
        from: from === undefined ? undefined : new Date(from),
        to: to === undefined ? undefined : new Date(to),
      });
      const page = await deps.audit.list({
        organizationId: deps.actorOf(request).organizationId,
        filter,
        limit,
        ...(cursor === undefined ? {} : { before: cursor }),
      });
      const view: AuditListView = {
        items: page.items.map(presentAuditEvent),
        nextCursor: page.nextBefore === null ? null : String(page.nextBefore),
      };
      response.json(view);
    },
  };
}

type WithUndefined<T> = { [Key in keyof T]: T[Key] | undefined };

function withoutUndefined(filter: WithUndefined<AuditFilter>): AuditFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
