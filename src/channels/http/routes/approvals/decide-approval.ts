import type { ApprovalService } from '#agent/approvals/approval-service.ts';
import { approvalPath, approvalView, decisionRequest } from '../../contract/approvals.ts';
import { defineRoute, type Route } from '../../route.ts';
import { type ApprovalPresenter, presentOne } from './approval-view.ts';

/** POST /api/v1/approvals/:id/decision */
export function createDecideApproval(deps: {
  approvals: Pick<ApprovalService, 'decide'>;
  present: ApprovalPresenter;
}): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/approvals/:id/decision',
    tag: 'Approvals',
    summary: 'Approve or deny what was shown, once; whatever waits for it goes on',
    access: 'approvals:decide',
    params: approvalPath,
    body: decisionRequest,
    answer: approvalView,
    async handle({ actor, params: { id }, body }) {
      const { decision, hash, more } = body;
      const reason = body.reason === undefined || body.reason === '' ? null : body.reason;
      const decided = await deps.approvals.decide(actor, { id, decision, hash, reason, more: more ?? null });
      return presentOne(deps.present, actor, decided);
    },
  });
}
