import type { AuditAction, AuditBody, AuditDurability, AuditLog, NewAuditEvent } from '#audit/audit-event.ts';
import type { Connection } from '#integrations/connection.ts';
import type { Logger } from '#log';
import type { Denial } from './denials.ts';
import type { CallRequest } from './guarded-call.ts';
import type { CallResult } from './run-events.ts';
import type { RunIdentity } from './run-identity.ts';

/** How a call that was sent did not succeed. */
export interface CallFailure {
  readonly code: (CallResult & { ok: false })['code'];
  readonly message: string;
}

export type CallOutcome =
  | { readonly ok: true; readonly output: unknown }
  | { readonly ok: false; readonly failure: CallFailure };

/** Writes the audit of one call. What cannot be written becomes a result that says so; only `writeIntended` throws. */
export interface CallRecorder {
  /** Before a change is looked up. False when it could not be stored: then nothing may be asked of the service. */
  planned(connection: Connection, args: unknown): Promise<boolean>;
  /** False when the intent could not be stored: then nothing may be sent. */
  intended(connection: Connection, args: unknown): Promise<boolean>;
  /** The same for a transaction of the caller, which fails with it. */
  writeIntended(connection: Connection, args: unknown, basis: CallBasis): Promise<void>;
  /** In place of sending, in a trial. False when it could not be stored. */
  tried(connection: Connection, plan: unknown): Promise<boolean>;
  denied(denial: Denial, connection: Connection | null): Promise<CallResult>;
  /** How it ended, in one transaction with what `alongside` writes. */
  ended(connection: Connection, end: CallEnd): Promise<CallResult>;
}

/** What lets a call through that is asked for: a decision on it, or a standing one. */
export interface CallBasis {
  readonly approval?: string;
  readonly mandate?: string;
}

export interface CallEnd {
  readonly outcome: CallOutcome;
  readonly durationMs: number;
  readonly alongside?: () => Promise<unknown>;
}

interface RecorderDeps {
  readonly audit: AuditLog;
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
  readonly log: Logger;
  readonly request: Pick<CallRequest, 'callId' | 'tool'>;
  readonly identity: RunIdentity;
  /** The arguments as the model gave them, parsed where they could be. */
  readonly input: unknown;
}

export function createCallRecorder(deps: RecorderDeps): CallRecorder {
  const { input } = deps;
  const { prompt } = deps.identity;
  const append = (row: RecordedRow) => isWritten(deps, row, () => appendRow(deps, row));
  return {
    planned: (connection, args) =>
      append({ action: 'tool.planned', connection, body: { prompt, arguments: args }, until: 'stored' }),
    // A read that a loss of power made unrecorded has changed nothing.
    intended: (connection, args) =>
      append({ action: 'tool.intended', connection, body: { prompt, arguments: args }, until: 'stored' }),
    tried: (connection, plan) =>
      append({ action: 'tool.tried', connection, body: { arguments: input, response: plan }, until: 'stored' }),
    writeIntended(connection, args, basis) {
      const details = Object.keys(basis).length === 0 ? {} : { details: basis };
      return appendRow(deps, { action: 'tool.intended', connection, body: { prompt, arguments: args, ...details } });
    },
    async denied(denial, connection) {
      const body = { prompt, arguments: input, error: denial.message };
      const stored = await append({ action: 'tool.denied', connection, code: denial.code, body });
      return stored ? { ok: false, outcome: 'denied', ...denial, durationMs: null } : auditUnavailable;
    },
    async ended(connection, { outcome, durationMs, alongside }) {
      const row = { ...rowOf(outcome, input), connection, durationMs };
      const both = async () => {
        await alongside?.();
        await appendRow(deps, row);
      };
      const stored = await isWritten(deps, row, () =>
        alongside === undefined ? appendRow(deps, row) : deps.transaction(both),
      );
      return stored ? resultOf(outcome, durationMs) : outcomeUnrecorded;
    },
  };
}

function rowOf(outcome: CallOutcome, input: unknown): Pick<RecordedRow, 'action' | 'code' | 'body'> {
  if (outcome.ok) return { action: 'tool.succeeded', body: { arguments: input, response: outcome.output } };
  const { code, message } = outcome.failure;
  const action = code === 'OUTCOME_UNKNOWN' ? 'tool.outcome_unknown' : 'tool.failed';
  return { action, code, body: { arguments: input, error: message } };
}

function resultOf(outcome: CallOutcome, durationMs: number): CallResult {
  if (outcome.ok) return { ok: true, output: outcome.output, durationMs };
  const { failure } = outcome;
  const kind = failure.code === 'OUTCOME_UNKNOWN' ? 'outcome_unknown' : 'failed';
  return { ok: false, outcome: kind, ...failure, durationMs };
}

export const auditUnavailable: CallResult = {
  ok: false,
  outcome: 'denied',
  code: 'AUDIT_UNAVAILABLE',
  message: 'The call could not be recorded, and nothing is done without a record. Nothing was sent. Try again later.',
  durationMs: null,
};

const outcomeUnrecorded: CallResult = {
  ok: false,
  outcome: 'outcome_unknown',
  code: 'AUDIT_UNAVAILABLE',
  message:
    'The call was sent, but its result could not be recorded and is therefore not shown. Look in Ninox before you ask again.',
  durationMs: null,
};

interface RecordedRow {
  readonly action: AuditAction;
  readonly connection: Connection | null;
  readonly code?: string;
  readonly durationMs?: number;
  readonly body: AuditBody;
  readonly until?: AuditDurability;
}

/** False when it could not be written; why is in the log. */
async function isWritten(
  { log, request, identity }: RecorderDeps,
  { action }: RecordedRow,
  write: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    const { callId } = request;
    log.error({ err: error, runId: identity.runId, callId, action }, 'the audit could not be written');
    return false;
  }
}

async function appendRow({ audit, request, identity }: RecorderDeps, row: RecordedRow): Promise<void> {
  const { actor, persona, channel, conversationId, runId } = identity;
  const event: NewAuditEvent = {
    organizationId: actor.organizationId,
    action: row.action,
    actorKind: actor.kind,
    actorId: actor.id,
    connectionId: row.connection?.id ?? null,
    personaId: persona.id,
    personaVersion: persona.version,
    channel,
    conversationId,
    runId,
    callId: request.callId,
    tool: request.tool.slice(0, 80),
    code: row.code ?? null,
    durationMs: row.durationMs ?? null,
    credits: 0,
    body: row.body,
  };
  await audit.append(event, row.until ?? 'durable');
}
