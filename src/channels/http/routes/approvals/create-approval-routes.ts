import type { ApprovalService } from '#agent/approvals/approval-service.ts';
import type { Route } from '../../route.ts';
import { type ApprovalPresenterDeps, createApprovalPresenter } from './approval-view.ts';
import { createChangeArguments } from './change-arguments.ts';
import { createCountApprovals } from './count-approvals.ts';
import { createDecideApproval } from './decide-approval.ts';
import { createGetApproval } from './get-approval.ts';
import { createListApprovals } from './list-approvals.ts';
import { createStreamApprovals, type StreamApprovalsDeps } from './stream-approvals.ts';

export interface ApprovalRouteDeps extends ApprovalPresenterDeps, Omit<StreamApprovalsDeps, 'approvals'> {
  readonly approvals: ApprovalService;
}

/** Every endpoint about approvals. */
export function createApprovalRoutes(deps: ApprovalRouteDeps): readonly Route[] {
  const parts = { ...deps, present: createApprovalPresenter(deps) };
  return [
    createListApprovals(parts),
    createGetApproval(parts),
    createDecideApproval(parts),
    createChangeArguments(parts),
    createCountApprovals(parts),
    createStreamApprovals(parts),
  ];
}
