import type { AuditLog } from '#audit/audit-event.ts';
import type { CurrentActors } from '#auth/current-actor.ts';
import { type Connection, type ConnectionStore, connectionRevoked } from '#integrations/connection.ts';
import { type UpstreamCode, UpstreamError } from '#integrations/upstream-error.ts';
import type { Logger } from '#log';
import { allowsTarget } from '#personas/grants.ts';
import type { Persona } from '#personas/persona-schema.ts';
import { type Scrub, scrubJson } from '#vault/scrub.ts';
import { askContainment, type FactSources, type Judged, judgeHere, prepareCall, readInput } from './gather-facts.ts';
import { type AllowedCall, allowedCall, type CallFacts, judgeCall } from './judge-call.ts';
import { auditUnavailable, type CallFailure, type CallRecorder, createCallRecorder } from './record-call.ts';
import type { CallResult } from './run-events.ts';
import type { CallRequest, RunIdentity } from './run-identity.ts';

/** What a run has used; the guard is the only one that writes it. */
export interface RunLedger {
  calls: number;
  readonly seenCallIds: Set<string>;
  readonly startedAt: number;
}

export interface GuardedRun {
  readonly identity: RunIdentity;
  readonly ledger: RunLedger;
  readonly signal: AbortSignal;
}

export type GuardToolCall = (request: CallRequest, run: GuardedRun) => Promise<CallResult>;

export interface GuardDeps extends FactSources {
  readonly connections: ConnectionStore;
  /** The persona as it is now, asked for on every call; null where it is archived or gone. */
  readonly personas: { find(organizationId: string, id: string): Promise<Persona | null> };
  /** The person behind a run as they are now: null once they left or their API key is over. */
  readonly actors: CurrentActors;
  readonly audit: AuditLog;
  readonly log: Logger;
  /** Takes every secret in use out of what a tool answers. */
  readonly scrub: Scrub;
}

const maxOutputBytes = 256 * 1024;

/**
 * The one door every tool call goes through: decide, record the intent, send, record the outcome, answer. Never throws;
 * whatever goes wrong is a typed result. Without a stored intent nothing is sent.
 */
export function createGuard(deps: GuardDeps): GuardToolCall {
  return async (request, run) => {
    run.ledger.calls += 1;
    const input = readInput(request.rawInput);
    const record = createCallRecorder({ ...deps, request, identity: run.identity, input });
    try {
      const judged = await decide({ deps, request, run, input });
      const allowed = allowedCall(judged.facts);
      if (allowed === null) return await refuse(record, judged);
      return await send({ deps, allowed, facts: judged.facts, run, record });
    } catch (error) {
      const failure = toFailure(deps.log, error, deps.scrub);
      return { ok: false, outcome: 'failed', ...failure, durationMs: null };
    }
  };
}

interface Question {
  readonly deps: GuardDeps;
  readonly request: CallRequest;
  readonly run: GuardedRun;
  readonly input: unknown;
}

async function decide({ deps, request, run, input }: Question): Promise<Judged> {
  const { persona, actor } = run.identity;
  const { organizationId } = actor;
  const { seenCallIds, calls, startedAt } = run.ledger;
  const repeated = seenCallIds.has(request.modelCallId);
  // Before anything is waited for: the same call may come again meanwhile.
  seenCallIds.add(request.modelCallId);
  const [current, actorNow] = await Promise.all([
    deps.personas.find(organizationId, persona.id),
    deps.actors.current(actor),
  ]);
  return judgeHere(deps, {
    ...prepareCall(deps, request.tool, input),
    repeated,
    persona,
    current,
    actor: actorNow ?? actor,
    actorIsGone: actorNow === null,
    spent: { calls, elapsedMs: Date.now() - startedAt },
    stopped: run.signal.aborted,
  });
}

/** The row names a connection only where the call got as far as one that is the actor's to use. */
function refuse(record: CallRecorder, { facts, judgement }: Judged): Promise<CallResult> {
  const { denial, steps } = judgement;
  const reached = steps.some(({ rule, passed }) => rule === 'There is a connection to use' && passed);
  const unread = { code: 'ARG_INVALID', message: 'The call could not be read.' } as const;
  return record.denied(denial ?? unread, reached ? (facts.connection ?? null) : null);
}

interface Sending {
  readonly deps: GuardDeps;
  readonly allowed: AllowedCall;
  readonly facts: CallFacts;
  readonly run: GuardedRun;
  readonly record: CallRecorder;
}

async function send(sending: Sending): Promise<CallResult> {
  const { deps, allowed, run, record } = sending;
  const { call, connection, tool } = allowed;
  if (!(await record.intended(connection, call.arguments, tool.effect))) return auditUnavailable;
  const followed = deps.connections.follow(connection, run.signal);
  try {
    // The check asks the service, and nothing goes there without an intent.
    const whole = await judgeThere(sending, followed.signal);
    if (whole.judgement.denial !== null) return await refuse(record, whole);
    return await execute(sending, followed.signal);
  } finally {
    followed.release();
  }
}

/** The same rules once more, with what the service says about where the target lies. */
async function judgeThere({ deps, allowed, facts, run }: Sending, signal: AbortSignal): Promise<Judged> {
  const judgement = judgeCall(facts);
  if (judgement.open !== 'containment') return { facts, judgement };
  const { tool, call, connection } = allowed;
  const contained = await askContainment(deps, { integration: tool.integration, call, connection }, signal);
  const now = wasRevoked(signal) ? ({ ...connection, status: 'revoked' } as const) : connection;
  const known = { ...facts, contained, connection: now, stopped: run.signal.aborted };
  return { facts: known, judgement: judgeCall(known) };
}

async function execute({ deps, allowed, record }: Sending, signal: AbortSignal): Promise<CallResult> {
  const { call, connection, grant } = allowed;
  const { scrub } = deps;
  const startedAt = performance.now();
  const elapsed = () => Math.round(performance.now() - startedAt);
  try {
    const output = await call.execute({
      connection,
      signal,
      allows: (target) => allowsTarget(grant.limits, target),
    });
    return await record.succeeded(connection, boundOutput(scrubJson(scrub, output)), elapsed());
  } catch (error) {
    const failure = toFailure(deps.log, error, scrub);
    return record.failed(connection, wasRevoked(signal) ? asCutOff(failure, connection) : failure, elapsed());
  }
}

function wasRevoked(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason === connectionRevoked;
}

/** How a call ends whose connection is taken away: it is cancelled, or its credential is gone. */
const codesOfCutOff: readonly string[] = ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_UNAUTHORIZED'] satisfies UpstreamCode[];

/** What the service answered, or an outcome nobody knows, stays what it is. */
function asCutOff(failure: CallFailure, { label }: Connection): CallFailure {
  if (!codesOfCutOff.includes(failure.code)) return failure;
  return {
    code: 'CONNECTION_REVOKED',
    message: `The connection “${label}” was revoked while this call was under way, so the call was cut off and has had no effect. Connect it again to go on.`,
  };
}

function toFailure(log: Logger, error: unknown, scrub: Scrub): CallFailure {
  if (error instanceof UpstreamError) return { code: error.code, message: scrub(error.message) };
  log.error({ err: error }, 'a tool failed in a way it should not');
  return {
    code: 'CALL_FAILED',
    message: 'The call failed inside the service. It was recorded; try again or ask your administrator.',
  };
}

function boundOutput(output: unknown): unknown {
  if (Buffer.byteLength(JSON.stringify(output) ?? '') <= maxOutputBytes) return output;
  throw new UpstreamError('OUTPUT_TOO_LARGE', 'The answer is too large to be used. Ask for less at once.');
}
