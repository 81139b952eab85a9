import type {
  ApprovalFacts,
  ApprovalRecord,
  ApprovalRepository,
  NewApprovalRecord,
} from '#db/repositories/approvals.ts';
import { type DataKeys, type DataPlace, DataUnreadable } from '#vault/data-keys.ts';
import { SecretUnavailable } from '#vault/vault.ts';
import type { Approval, Question } from './approval.ts';
import type { ApprovalStore, NewApproval, SealedApproval } from './approval-store.ts';

export interface StoredApprovalsDeps {
  readonly rows: ApprovalRepository;
  readonly dataKeys: DataKeys;
  /** Runs work all or nothing; joins a transaction of the caller. */
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Approvals in the database, with what is asked encrypted by a key of the organization. */
export function createApprovalStore({ rows, dataKeys, transaction }: StoredApprovalsDeps): ApprovalStore {
  const open = (row: ApprovalRecord) => openApproval(dataKeys, row);
  const openAll = (found: readonly ApprovalRecord[]) => Promise.all(found.map(open));
  const store: ApprovalStore = {
    async seal(approval) {
      const body = await dataKeys.encrypt(placeOf(approval), JSON.stringify(approval.question));
      return { approval, body };
    },
    insert: (sealed) => rows.insert(toRow(sealed), needsOthers(sealed.approval) ? new Date(0) : null),
    async find(organizationId, id) {
      const row = await rows.find({ organizationId, id });
      return row === null ? null : open(row);
    },
    ofRun: async (organizationId, runId) => openAll(await rows.ofRun(organizationId, runId)),
    list: async (listing) => openAll(await rows.list(listing)),
    decide: ({ organizationId, id, hash, ...decision }) => rows.decide({ organizationId, id, hash }, decision),
    use: (use) => rows.use(use),
    end: ({ organizationId, id, ...end }) => rows.end({ organizationId, id }, end),
    replace: (replaced, next) =>
      transaction(async () => {
        if (!(await rows.markReplaced(replaced, next.approval.id))) return false;
        await store.insert(next);
        return true;
      }),
    openOfConnection: async (organizationId, connectionId) =>
      openAll(await rows.openOfConnection(organizationId, connectionId)),
  };
  return store;
}

function placeOf({ organizationId, id }: Pick<Approval, 'organizationId' | 'id'>): DataPlace {
  return { organizationId, purpose: 'approvals', context: `approval ${id}` };
}

/** Whether somebody else than the requester has to decide, or may have to: they are told of it at once. */
function needsOthers({ approvers, fourEyes, managersOnly, requesterId }: NewApproval): boolean {
  return fourEyes || managersOnly || (approvers !== null && !approvers.includes(requesterId));
}

function toRow({ approval, body }: SealedApproval): NewApprovalRecord {
  const { question, callId, ...facts } = approval;
  return { ...facts, kind: question.kind, tool: question.tool, callId: callId ?? '', body };
}

/** Everything of an approval but what is asked. */
export type ApprovalState = Omit<Approval, 'question'>;

/** Names every column, so that nothing else of a row gets about. */
export function stateOf(row: ApprovalFacts): ApprovalState {
  return {
    id: row.id,
    organizationId: row.organizationId,
    status: row.status,
    conversationId: row.conversationId,
    runId: row.runId,
    callId: row.callId === '' ? null : row.callId,
    personaId: row.personaId,
    personaVersion: row.personaVersion,
    channel: row.channel,
    connectionId: row.connectionId,
    requesterId: row.requesterId,
    editorId: row.editorId,
    hash: row.hash,
    approvers: row.approvers,
    fourEyes: row.fourEyes,
    managersOnly: row.managersOnly,
    expiresAt: row.expiresAt,
    decidedBy: row.decidedBy,
    decidedAt: row.decidedAt,
    reason: row.reason,
    more: row.more,
    replacedBy: row.replacedBy,
    createdAt: row.createdAt,
  };
}

/** One that cannot be read any more must not hold up the others: its run can end, and nothing comes of an approval. */
async function openApproval(dataKeys: DataKeys, row: ApprovalRecord): Promise<Approval> {
  try {
    const question = JSON.parse(await dataKeys.decrypt(placeOf(row), row.body)) as Question;
    return { ...stateOf(row), question };
  } catch (error) {
    if (error instanceof DataUnreadable || error instanceof SecretUnavailable) return unreadable(row);
    throw error;
  }
}

/** Asks for nothing that could be done: there are no such arguments, and the hash is another one. */
function unreadable(row: ApprovalRecord): Approval {
  const { kind } = row;
  const tool = row.tool ?? '';
  const summary = 'What was asked cannot be read any more. Deny it, and ask again.';
  const plan = { summary, targets: [], records: [], count: 0, warnings: [] };
  const about = { tool, arguments: null, plan, title: tool };
  if (kind === 'undo') return { ...stateOf(row), question: { kind, ...about } };
  if (kind === 'call') {
    return { ...stateOf(row), question: { kind, ...about, why: 'policy', words: '', askedFor: null } };
  }
  const nothing = { limit: 0, used: 0, more: 0 };
  return {
    ...stateOf(row),
    question: { kind, budget: 'steps', plan: null, tool: row.tool, title: row.tool, ...nothing },
  };
}
