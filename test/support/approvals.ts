import { randomUUID } from 'node:crypto';
import { hashQuestion, type Question } from '#agent/approvals/approval.ts';
import type { NewApproval } from '#agent/approvals/approval-store.ts';
import { createApprovalStore } from '#agent/approvals/stored-approvals.ts';
import type { Database } from '#db/open-database.ts';
import { createApprovalRepository } from '#db/repositories/approvals.ts';
import { createSecretRepository } from '#db/repositories/secrets.ts';
import { createDataKeys } from '#vault/data-keys.ts';
import { makeKeyLine, parseKeyRing, type VaultKeys } from '#vault/key-ring.ts';
import { openVault } from '#vault/open-vault.ts';
import { createSecretRegistry } from '#vault/secret-registry.ts';

type CallQuestion = Extract<Question, { kind: 'call' }>;
type BudgetQuestion = Extract<Question, { kind: 'budget' }>;

export const callQuestion = (change: Partial<CallQuestion> = {}): CallQuestion => ({
  kind: 'call',
  tool: 'ninox_delete_record',
  arguments: { team_id: 'T1', database_id: 'D1', table_id: 'A', record_id: '7' },
  plan: {
    summary: 'Delete 1 record from Customers',
    targets: [{ level: 'table', id: 'A', name: 'Customers' }],
    records: [{ id: '7', title: 'Acme', fields: [{ name: 'City', value: 'Berlin' }] }],
    count: 1,
    warnings: ['2 linked records'],
  },
  title: 'Delete a record',
  why: 'policy',
  words: 'I delete the old customer.',
  askedFor: null,
  ...change,
});

export const budgetQuestion = (change: Partial<BudgetQuestion> = {}): BudgetQuestion => ({
  kind: 'budget',
  budget: 'effects_day',
  tool: 'ninox_delete_record',
  title: 'Delete a record',
  limit: 5,
  used: 5,
  more: 5,
  plan: null,
  ...change,
});

export const undoQuestion = (): Question => {
  const { tool, arguments: args, plan, title } = callQuestion();
  return { kind: 'undo', tool, arguments: args, plan: { ...plan, summary: 'Restore 1 record in Customers' }, title };
};

export function newApproval(change: Partial<NewApproval> = {}): NewApproval {
  const question = change.question ?? callQuestion();
  return {
    id: randomUUID(),
    organizationId: 'org',
    conversationId: 'c1',
    runId: 'run-1',
    callId: 'call-1',
    personaId: 'clerk',
    personaVersion: 'v1',
    channel: 'web',
    connectionId: 'connection-1',
    requesterId: 'mia',
    editorId: null,
    hash: hashQuestion(question),
    approvers: null,
    fourEyes: false,
    managersOnly: false,
    expiresAt: new Date('2026-11-25T12:00:00.000Z'),
    ...change,
    question,
  };
}

/** Approvals are part of a conversation. */
export async function insertConversation(db: Database, organizationId = 'org', id = 'c1'): Promise<void> {
  const at = new Date('2026-11-24T12:00:00.000Z');
  const row = { organizationId, id, personaId: 'clerk', actorId: 'mia', channel: 'web', title: 'Old customers' };
  await db.query
    .insert(db.tables.conversations)
    .values({ ...row, activeRunId: null, waitingSince: null, outsideText: null, createdAt: at, updatedAt: at });
}

export const testKeys = (): VaultKeys => {
  const ring = parseKeyRing(makeKeyLine().line);
  return { ring, file: null, isNew: false, reload: () => ring };
};

/** Approvals over a handle on the database, as one process has them. */
export async function openApprovals(db: Database, keys: VaultKeys, clock: () => Date = () => new Date()) {
  const repository = createSecretRepository(db);
  const vault = await openVault({ repository, keys, registry: createSecretRegistry() });
  const dataKeys = createDataKeys({ vault, inTransaction: db.inTransaction });
  const rows = createApprovalRepository(db, clock);
  const store = createApprovalStore({ rows, dataKeys, transaction: db.transaction });
  return {
    rows,
    store,
    dataKeys,
    async add(change: Partial<NewApproval> = {}): Promise<NewApproval> {
      const approval = newApproval(change);
      await store.insert(await store.seal(approval));
      return approval;
    },
  };
}
export type OpenApprovals = Awaited<ReturnType<typeof openApprovals>>;
