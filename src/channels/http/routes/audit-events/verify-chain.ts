import type { AuditLog } from '#audit/audit-event.ts';
import type { AuditChainView } from '../../contract.ts';
import type { ActorOf, Route } from '../../route.ts';

/** GET /api/v1/audit-chain */
export function createVerifyChain(deps: { audit: AuditLog; actorOf: ActorOf }): Route {
  return {
    method: 'get',
    path: '/api/v1/audit-chain',
    async handle(request, response) {
      const verdict = await deps.audit.verify(deps.actorOf(request).organizationId);
      const view: AuditChainView = verdict.ok ? verdict : { ok: false, seq: verdict.seq, reason: verdict.reason };
      response.json(view);
    },
  };
}
