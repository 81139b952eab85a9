import type { AuditAction, AuditBody, AuditDurability, AuditLog, NewAuditEvent } from '#audit/audit-event.ts';
import type { Connection } from '#integrations/connection.ts';
import type { Effect } from '#integrations/rights.ts';
import type { Logger } from '#log';
import type { Denial } from './denials.ts';
import type { CallResult } from './run-events.ts';
import type { CallRequest, RunIdentity } from './run-identity.ts';

/** How a call that was sent did not succeed. */
export interface CallFailure {
  readonly code: (CallResult & { ok: false })['code'];
  readonly message: string;
}

/** Writes the audit of one call. What cannot be written becomes a result that says so; nothing here throws. */
export interface CallRecorder {
  /** False when the intent could not be stored: then nothing may be sent. */
  intended(connection: Connection, args: unknown, effect: Effect): Promise<boolean>;
  denied(denial: Denial, connection: Connection | null): Promise<CallResult>;
  succeeded(connection: Connection, output: unknown, durationMs: number): Promise<CallResult>;
  failed(connection: Connection, failure: CallFailure, durationMs: number): Promise<CallResult>;
}

interface RecorderDeps {
  readonly audit: AuditLog;
  readonly log: Logger;
  readonly request: CallRequest;
  readonly identity: RunIdentity;
  /** The arguments as the model gave them, parsed where they could be. */
  readonly input: unknown;
}

export function createCallRecorder(deps: RecorderDeps): CallRecorder {
  const { input } = deps;
  const { prompt } = deps.identity;
  const append = (row: RecordedRow) => appendRow(deps, row);
  return {
    intended: (connection, args, effect) =>
      append({
        action: 'tool.intended',
        connection,
        body: { prompt, arguments: args },
        // A read that a loss of power made unrecorded has changed nothing; an effect must not come to that.
        until: effect === 'read' ? 'stored' : 'durable',
      }),
    async denied(denial, connection) {
      const body = { prompt, arguments: input, error: denial.message };
      const stored = await append({ action: 'tool.denied', connection, code: denial.code, body });
      return stored ? { ok: false, outcome: 'denied', ...denial, durationMs: null } : auditUnavailable;
    },
    async succeeded(connection, output, durationMs) {
      const body = { arguments: input, response: output };
      const stored = await append({ action: 'tool.succeeded', connection, durationMs, body });
      return stored ? { ok: true, output, durationMs } : outcomeUnrecorded;
    },
    async failed(connection, failure, durationMs) {
      const unknown = failure.code === 'OUTCOME_UNKNOWN';
      const action = unknown ? 'tool.outcome_unknown' : 'tool.failed';
      const body = { arguments: input, error: failure.message };
      const stored = await append({ action, connection, code: failure.code, durationMs, body });
      if (!stored) return outcomeUnrecorded;
      return { ok: false, outcome: unknown ? 'outcome_unknown' : 'failed', ...failure, durationMs };
    },
  };
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

/** False when the row could not be written; why is in the log. */
async function appendRow({ audit, log, request, identity }: RecorderDeps, row: RecordedRow): Promise<boolean> {
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
  try {
    await audit.append(event, row.until ?? 'durable');
    return true;
  } catch (error) {
    const { callId } = request;
    log.error({ err: error, runId, callId, action: row.action }, 'the audit could not be written');
    return false;
  }
}
