import type { ApprovalService } from '#agent/approvals/approval-service.ts';
import { approvalCountView } from '../../contract/approvals.ts';
import { defineRoute, type Route } from '../../route.ts';

/** GET /api/v1/approval-count */
export function createCountApprovals(deps: { approvals: Pick<ApprovalService, 'pendingCount'> }): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/approval-count',
    tag: 'Approvals',
    summary: 'How many approvals one may decide now',
    access: 'approvals:read',
    answer: approvalCountView,
    handle: async ({ actor }) => ({ pending: await deps.approvals.pendingCount(actor) }),
  });
}
