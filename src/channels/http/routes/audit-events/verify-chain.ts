import type { AuditLog, ChainVerdict } from '#audit/audit-event.ts';
import type { AuditChainView } from '../../contract.ts';
import type { ActorOf, Route } from '../../route.ts';

/** Walking a long chain takes seconds: whoever asks within this time of an answer gets that one. */
const keptForMs = 5_000;

/** GET /api/v1/audit-chain */
export function createVerifyChain(deps: { audit: AuditLog; actorOf: ActorOf }): Route {
  const verify = createSharedWalk(deps.audit);
  return {
    method: 'get',
    path: '/api/v1/audit-chain',
    async handle(request, response) {
      const verdict = await verify(deps.actorOf(request).organizationId);
      const view: AuditChainView = verdict.ok ? verdict : { ok: false, seq: verdict.seq, reason: verdict.reason };
      response.json(view);
    },
  };
}

/** One walk at a time for each organization. */
function createSharedWalk(audit: AuditLog): (organizationId: string) => Promise<ChainVerdict> {
  const walks = new Map<string, Promise<ChainVerdict>>();
  return (organizationId) => {
    const known = walks.get(organizationId);
    if (known !== undefined) return known;
    const walk = audit.verify(organizationId);
    walks.set(organizationId, walk);
    const forget = () => walks.delete(organizationId);
    walk.then(() => setTimeout(forget, keptForMs).unref(), forget);
    return walk;
  };
}
