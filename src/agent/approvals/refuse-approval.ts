import type { ChangePlan } from '#integrations/change-plan.ts';
import { type Attempt, answered } from '../attempt.ts';
import type { Denial } from '../denials.ts';
import type { CallVerdict } from '../guarded-call.ts';
import { outsideTextOf } from '../outside-text.ts';
import type { Approval, ApprovalStatus } from './approval.ts';
import { describeMoved } from './describe-moved.ts';

/** What was approved is not what would happen now: the approval is over, and the call says what moved. */
export async function refuseStale(attempt: Attempt, approval: Approval, plan: ChangePlan): Promise<CallVerdict> {
  const { question, organizationId, id } = approval;
  const moved = question.kind === 'budget' ? 'it is not the same any more' : describeMoved(question.plan, plan);
  const reason = `Since the approval, ${moved}.`;
  const { run, allowed } = attempt;
  // What moved can name the record, and so say what strangers wrote.
  run.ledger.outsideText ??= outsideTextOf(allowed.personas, { readsRecords: true }, allowed.call.target);
  await attempt.deps.approvals.end({ organizationId, id, status: 'void', reason });
  return deny(attempt, {
    code: 'APPROVAL_INVALID',
    message: `${reason} So nothing was done. Look at it as it is now and ask again if it is still wanted.`,
  });
}

const problems: Partial<Record<ApprovalStatus, string>> = {
  used: 'It was used already, and an approval lets one call through once.',
  expired: 'Nobody used it in time.',
  withdrawn: 'It was withdrawn.',
  replaced: 'The arguments were changed since, and the new ones need an approval of their own.',
  void: 'What it was about has changed, or its connection was revoked.',
  denied: 'It was denied.',
  pending: 'Nobody has decided it yet.',
  approved: 'It was given more than a day ago, or for something else.',
};

/** The approval could not be used; why is read afresh. */
export async function refuseApproval(attempt: Attempt, { organizationId, id }: Approval): Promise<CallVerdict> {
  const now = await attempt.deps.approvals.find(organizationId, id);
  const why = now === null ? 'There is no such approval.' : (problems[now.status] ?? 'It is for something else.');
  return deny(attempt, { code: 'APPROVAL_INVALID', message: `The approval does not hold. ${why} Nothing was done.` });
}

async function deny({ record, allowed }: Attempt, denial: Denial): Promise<CallVerdict> {
  return answered(await record.denied(denial, allowed.connection));
}
