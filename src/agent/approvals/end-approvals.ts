import type { AuditLog } from '#audit/audit-event.ts';
import type { Database } from '#db/database.ts';
import type { ApprovalFacts, ApprovalRepository } from '#db/repositories/approvals.ts';
import type { Logger } from '#log';
import type { Question } from './approval.ts';
import { approvalEvent, service } from './approval-events.ts';
import type { ApprovalStore } from './approval-store.ts';
import type { FollowUps } from './follow-up.ts';
import { type ApprovalState, stateOf } from './stored-approvals.ts';

export interface EndingDeps {
  readonly store: ApprovalStore;
  readonly rows: Pick<ApprovalRepository, 'listExpired'>;
  readonly db: Pick<Database, 'transaction' | 'durable'>;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly followUps: FollowUps;
  readonly log: Logger;
}

interface Ending {
  readonly approval: ApprovalState;
  readonly question: Question | null;
  readonly status: 'expired' | 'void';
  readonly reason: string | null;
}

const actions = { expired: 'approval.expired', void: 'approval.fell' } as const;

async function end({ store, db, audit }: EndingDeps, { approval, question, status, reason }: Ending) {
  const { organizationId, id } = approval;
  return db.transaction(async () => {
    if (!(await store.end({ organizationId, id, status, reason }))) return false;
    const details = reason === null ? {} : { reason };
    await audit.append(approvalEvent({ action: actions[status], approval, question, by: service, details }));
    return true;
  });
}

/** A run that waits goes on, and is told what became of its question; an undo simply does not happen. */
function goOn({ followUps }: EndingDeps, { organizationId, runId }: ApprovalState, kind: string): void {
  followUps.changed(organizationId);
  if (kind !== 'undo') followUps.resume(organizationId, runId);
}

/** Ends whatever waits for a connection that is gone. */
export async function fallOfConnection(deps: EndingDeps, organizationId: string, connectionId: string): Promise<void> {
  const reason = 'The connection it would have used was revoked.';
  for (const approval of await deps.store.openOfConnection(organizationId, connectionId)) {
    const { question } = approval;
    if (!(await end(deps, { approval, question, status: 'void', reason }))) continue;
    await deps.db.durable();
    goOn(deps, approval, question.kind);
  }
}

const batch = 100;

/** Ends what nobody decided in time, of every organization; answers how many. Of several processes one does it. */
export async function expireDue(deps: EndingDeps): Promise<number> {
  let ended = 0;
  for (;;) {
    const due = await deps.rows.listExpired(batch);
    let now = 0;
    for (const row of due) if (await expireOne(deps, row)) now += 1;
    ended += now;
    if (due.length < batch || now === 0) return ended;
  }
}

async function expireOne(deps: EndingDeps, row: ApprovalFacts): Promise<boolean> {
  const { organizationId, id, kind } = row;
  try {
    const question = await readQuestion(deps, row);
    const reason = 'Nobody decided in time.';
    const approval = stateOf(row);
    if (!(await end(deps, { approval, question, status: 'expired', reason }))) return false;
    await deps.db.durable();
    goOn(deps, approval, kind);
    return true;
  } catch (error) {
    deps.log.error({ err: error, organizationId, approvalId: id }, 'an approval could not be ended; trying again');
    return false;
  }
}

/** It must expire even where what was asked cannot be read any more. */
async function readQuestion({ store, log }: EndingDeps, { organizationId, id }: ApprovalFacts) {
  try {
    return (await store.find(organizationId, id))?.question ?? null;
  } catch (error) {
    log.warn({ err: error, organizationId, approvalId: id }, 'what an approval asks cannot be read');
    return null;
  }
}
