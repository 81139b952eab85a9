import type { ApprovalService } from '#agent/approvals/approval-service.ts';
import { approvalPath, approvalView } from '../../contract/approvals.ts';
import { defineRoute, type Route } from '../../route.ts';
import { type ApprovalPresenter, presentOne } from './approval-view.ts';

/** GET /api/v1/approvals/:id */
export function createGetApproval(deps: {
  approvals: Pick<ApprovalService, 'find'>;
  present: ApprovalPresenter;
}): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/approvals/:id',
    tag: 'Approvals',
    summary: 'Exactly what is asked, and what became of it',
    access: 'approvals:read',
    params: approvalPath,
    answer: approvalView,
    handle: async ({ actor, params }) => presentOne(deps.present, actor, await deps.approvals.find(actor, params.id)),
  });
}
