import type { AuditLog, ChainVerdict } from '#audit/audit-event.ts';
import { auditChainView } from '../../contract/audit-events.ts';
import { defineRoute, type Route } from '../../route.ts';

/** Walking a long chain takes seconds: whoever asks within this time of an answer gets that one. */
const keptForMs = 5_000;

/** GET /api/v1/audit-chain */
export function createVerifyChain(deps: { audit: AuditLog }): Route {
  const verify = createSharedWalk(deps.audit);
  return defineRoute({
    method: 'get',
    path: '/api/v1/audit-chain',
    tag: 'Activity',
    summary: 'Walk the chain of the whole record and say whether it holds',
    access: 'audit:own',
    answer: auditChainView,
    async handle({ actor }) {
      const verdict = await verify(actor.organizationId);
      return verdict.ok ? verdict : { ok: false as const, seq: verdict.seq, reason: verdict.reason };
    },
  });
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
