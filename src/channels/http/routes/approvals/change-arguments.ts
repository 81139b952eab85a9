import type { ApprovalService } from '#agent/approvals/approval-service.ts';
import { approvalPath, approvalView, changeArgumentsRequest } from '../../contract/approvals.ts';
import { defineRoute, type Route } from '../../route.ts';
import { type ApprovalPresenter, presentOne } from './approval-view.ts';

/** POST /api/v1/approvals/:id/arguments */
export function createChangeArguments(deps: {
  approvals: Pick<ApprovalService, 'changeArguments'>;
  present: ApprovalPresenter;
}): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/approvals/:id/arguments',
    tag: 'Approvals',
    summary: 'Change the arguments of a call that waits; answers the approval that asks in its place',
    access: 'approvals:decide',
    params: approvalPath,
    body: changeArgumentsRequest,
    answer: approvalView,
    async handle({ actor, params: { id }, body }) {
      const asked = await deps.approvals.changeArguments(actor, { id, hash: body.hash, arguments: body.arguments });
      return presentOne(deps.present, actor, asked);
    },
  });
}
