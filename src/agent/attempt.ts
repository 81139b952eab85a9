import type { AuditLog } from '#audit/audit-event.ts';
import type { Connection, ConnectionStore } from '#integrations/connection.ts';
import { connectionRevoked } from '#integrations/connection.ts';
import type { CallContext, TouchedRecord } from '#integrations/tool-definition.ts';
import { type UpstreamCode, UpstreamError } from '#integrations/upstream-error.ts';
import type { Logger } from '#log';
import { allowsTarget } from '#personas/grants.ts';
import type { Scrub } from '#vault/scrub.ts';
import type { ApprovalStore, NewApproval } from './approvals/approval-store.ts';
import type { EffectStore } from './effects/effect-store.ts';
import { askContainment, type FactSources, type Judged } from './gather-facts.ts';
import type { CallRequest, CallVerdict, GuardedRun } from './guarded-call.ts';
import { type AllowedCall, type CallFacts, judgeCall } from './judge-call.ts';
import type { MandateStore } from './mandates.ts';
import type { CallFailure, CallRecorder } from './record-call.ts';
import type { CallResult } from './run-events.ts';

/** What sending a call takes, once no rule stands in its way. */
export interface SendDeps extends FactSources {
  readonly connections: ConnectionStore;
  readonly audit: AuditLog;
  readonly log: Logger;
  /** Takes every secret in use out of what a tool answers. */
  readonly scrub: Scrub;
  readonly approvals: ApprovalStore;
  /** Stores the question with its audit row, in one transaction. */
  readonly ask: (approval: NewApproval, run: GuardedRun['identity']) => Promise<void>;
  readonly effects: EffectStore;
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
  /** Resolves once everything committed before survives a loss of power. */
  readonly durable: () => Promise<void>;
  /** This process, by which effects of lost ones are told apart. */
  readonly processId: string;
  /** For how many days what was changed is kept for an undo. */
  readonly snapshotDays: number;
  readonly mandates: MandateStore;
  /** Where it is kept which records calls have written; joins the caller's transaction. */
  readonly touches: TouchLog;
  /** Told that an outcome is to be looked up. */
  readonly onUnknown: () => void;
  readonly clock: () => Date;
}

/** What a call has written, with where it came from. */
export interface Touch extends TouchedRecord {
  readonly organizationId: string;
  readonly callId: string;
  readonly channel: string;
  readonly at: Date;
}

export interface TouchLog {
  insert(touches: readonly Touch[]): Promise<void>;
}

/** One call on its way through. */
export interface Attempt {
  readonly deps: SendDeps;
  readonly request: CallRequest;
  readonly run: GuardedRun;
  readonly record: CallRecorder;
  readonly facts: CallFacts;
  readonly allowed: AllowedCall;
}

export function answered(result: CallResult): CallVerdict {
  return { type: 'answered', result };
}

/** The row names a connection only where the call got as far as one that is the actor's to use. */
export async function refuse(record: CallRecorder, { facts, judgement }: Judged): Promise<CallVerdict> {
  const { denial, steps } = judgement;
  const reached = steps.some(({ rule, passed }) => rule === 'There is a connection to use' && passed);
  const unread = { code: 'ARG_INVALID', message: 'The call could not be read.' } as const;
  return answered(await record.denied(denial ?? unread, reached ? (facts.connection ?? null) : null));
}

export function contextOf({ connection, grant }: AllowedCall, signal: AbortSignal): CallContext {
  return { connection, signal, allows: (target) => allowsTarget(grant.limits, target) };
}

/** The same rules once more, with what the service says about where the target lies. */
export async function judgeThere(
  { deps, allowed, facts, run }: Pick<Attempt, 'allowed' | 'facts' | 'run'> & { readonly deps: FactSources },
  signal: AbortSignal,
): Promise<Judged> {
  const judgement = judgeCall(facts);
  if (judgement.open !== 'containment') return { facts, judgement };
  const { tool, call, connection } = allowed;
  const contained = await askContainment(deps, { integration: tool.integration, call, connection }, signal);
  const now = wasRevoked(signal) ? ({ ...connection, status: 'revoked' } as const) : connection;
  const known = { ...facts, contained, connection: now, stopped: run.signal.aborted };
  return { facts: known, judgement: judgeCall(known) };
}

function wasRevoked(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason === connectionRevoked;
}

/** How a call ends whose connection is taken away: it is cancelled, or its credential is gone. */
const codesOfCutOff: readonly string[] = ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_UNAUTHORIZED'] satisfies UpstreamCode[];

/** What went wrong while a service was asked, in words that are safe to show. */
export function failureOf(
  { log, scrub }: Pick<SendDeps, 'log' | 'scrub'>,
  error: unknown,
  cut?: { readonly connection: Connection; readonly signal: AbortSignal },
): CallFailure {
  const failure = toFailure(log, error, scrub);
  return cut !== undefined && wasRevoked(cut.signal) ? asCutOff(failure, cut.connection) : failure;
}

function toFailure(log: Logger, error: unknown, scrub: Scrub): CallFailure {
  if (error instanceof UpstreamError) return { code: error.code, message: scrub(error.message) };
  log.error({ err: error }, 'a tool failed in a way it should not');
  return {
    code: 'CALL_FAILED',
    message: 'The call failed inside the service. It was recorded; try again or ask your administrator.',
  };
}

/** What the service answered, or an outcome nobody knows, stays what it is. */
function asCutOff(failure: CallFailure, { label }: Connection): CallFailure {
  if (!codesOfCutOff.includes(failure.code)) return failure;
  return {
    code: 'CONNECTION_REVOKED',
    message: `The connection “${label}” was revoked while this call was under way, so the call was cut off and has had no effect. Connect it again to go on.`,
  };
}
