import type { AuditLog } from '#audit/audit-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { Approval } from './approval.ts';
import { approvalEvent } from './approval-events.ts';
import type { ApprovalStore } from './approval-store.ts';

export interface Withdrawal {
  readonly organizationId: string;
  readonly runId: string;
  readonly actor: Pick<Actor, 'kind' | 'id'>;
  /** In plain words. */
  readonly reason: string;
}

/** Ends whatever of a run's approvals is still open, with an audit row each. For a transaction of the caller. */
export type WithdrawApprovals = (withdrawal: Withdrawal) => Promise<void>;

export interface WithdrawApprovalsDeps {
  readonly store: Pick<ApprovalStore, 'ofRun' | 'end'>;
  readonly audit: Pick<AuditLog, 'append'>;
}

export function createWithdrawApprovals({ store, audit }: WithdrawApprovalsDeps): WithdrawApprovals {
  return async ({ organizationId, runId, actor, reason }) => {
    for (const approval of await store.ofRun(organizationId, runId)) {
      const { id, question } = approval;
      if (!isOpen(approval)) continue;
      if (!(await store.end({ organizationId, id, status: 'withdrawn', reason }))) continue;
      const action = 'approval.withdrawn';
      await audit.append(approvalEvent({ action, approval, question, by: actor, details: { reason } }));
    }
  };
}

/** An undo lives longer than the run whose call it takes back. */
function isOpen({ status, question }: Approval): boolean {
  return question.kind !== 'undo' && (status === 'pending' || status === 'approved');
}
