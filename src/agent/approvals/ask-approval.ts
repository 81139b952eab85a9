import type { AuditLog } from '#audit/audit-event.ts';
import type { RunIdentity } from '../run-identity.ts';
import { approvalFacts } from './approval-facts.ts';
import type { ApprovalStore, NewApproval } from './approval-store.ts';

/** Stores a question with its audit row, in one transaction. */
export type AskApproval = (
  approval: NewApproval,
  /** `prompt` is null where no message led to it. */
  by: Pick<RunIdentity, 'actor'> & { readonly prompt: string | null },
) => Promise<void>;

export interface AskApprovalDeps {
  readonly store: Pick<ApprovalStore, 'seal' | 'insert'>;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
}

export function createAskApproval({ store, audit, transaction }: AskApprovalDeps): AskApproval {
  return async (approval, { actor, prompt }) => {
    const sealed = await store.seal(approval);
    await transaction(async () => {
      await store.insert(sealed);
      const { question } = approval;
      const asked = question.kind === 'budget' ? {} : { arguments: question.arguments };
      const details = { ...detailsOf(approval), expiresAt: approval.expiresAt.toISOString() };
      const body = { ...(prompt === null ? {} : { prompt }), ...asked, details };
      await audit.append({ ...approvalFacts('approval.requested', approval, actor), body });
    });
  };
}

/** What of the question the activity shows. */
function detailsOf({ id, hash, question }: NewApproval): Readonly<Record<string, unknown>> {
  if (question.kind === 'budget') {
    const { budget, limit, used, more } = question;
    return { approval: id, hash, kind: question.kind, budget, limit, used, more };
  }
  return { approval: id, hash, kind: question.kind, plan: question.plan };
}
