import type { AuditAction, AuditBody, AuditDurability, AuditLog, NewAuditEvent } from '#audit/audit-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { Catalog } from '#integrations/catalog.ts';
import type { Connection, ConnectionStore } from '#integrations/connection.ts';
import type { Grant, PreparedCall, ResourceTarget, Tool } from '#integrations/tool-definition.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import type { Logger } from '#log';
import { allowsTarget, intersectGrants, limitsNeedContainment } from '#personas/grants.ts';
import type { Persona } from '#personas/persona-schema.ts';
import { createScrubber, type Scrub, scrubJson } from '#vault/scrub.ts';
import { denyOverBudget } from './budgets.ts';
import {
  approvalPolicyFor,
  denyApproval,
  denyArguments,
  denyConnection,
  denyForeignDatabase,
  denyRepeatedCall,
  denyScope,
  denyTarget,
  denyUnknownTool,
} from './decide-call.ts';
import type { Denial } from './denials.ts';
import type { CallResult } from './run-events.ts';

/** Who and what a run is; the same for all its calls. */
export interface RunIdentity {
  readonly runId: string;
  readonly conversationId: string;
  readonly channel: string;
  readonly actor: Actor;
  readonly persona: Persona;
  /** The message that started the run, as the person wrote it. */
  readonly prompt: string;
}

/** What a run has used; the guard is the only one that writes it. */
export interface RunLedger {
  calls: number;
  readonly seenCallIds: Set<string>;
  readonly startedAt: number;
}

export interface CallRequest {
  readonly callId: string;
  readonly tool: string;
  /** The arguments as the model wrote them: JSON text. */
  readonly rawInput: string;
}

export interface GuardedRun {
  readonly identity: RunIdentity;
  readonly ledger: RunLedger;
  readonly signal: AbortSignal;
}

export type GuardToolCall = (request: CallRequest, run: GuardedRun) => Promise<CallResult>;

interface GuardDeps {
  readonly catalog: Catalog;
  readonly connections: ConnectionStore;
  readonly audit: AuditLog;
  readonly log: Logger;
}

/** A call that may be sent, with everything that is needed to send it. */
interface AllowedCall {
  readonly call: PreparedCall;
  readonly connection: Connection;
  readonly grant: Grant;
  readonly effect: Tool['effect'];
}

type Verdict = { allowed: AllowedCall } | { denial: Denial; connection: Connection | null };

const maxInputBytes = 64 * 1024;
const maxOutputBytes = 256 * 1024;

/**
 * The one door every tool call goes through: decide, record the intent, send, record the outcome, answer. Never throws;
 * whatever goes wrong is a typed result. Without a stored intent nothing is sent.
 */
export function createGuard(deps: GuardDeps): GuardToolCall {
  return async (request, run) => {
    run.ledger.calls += 1;
    const input = parseInput(request.rawInput);
    const record = createRecorder(deps, request, run.identity, input);
    try {
      const verdict = await decide({ deps, request, run, input });
      if ('denial' in verdict) return await record.denied(verdict.denial, verdict.connection);
      return await send({ allowed: verdict.allowed, run, record, log: deps.log });
    } catch (error) {
      const failure = toFailure(deps.log, error, (text) => text);
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

async function decide({ deps, request, run, input }: Question): Promise<Verdict> {
  const { persona, actor } = run.identity;
  const { seenCallIds, calls, startedAt } = run.ledger;
  const tool = deps.catalog.findTool(request.tool);
  const repeated = denyRepeatedCall(request.callId, seenCallIds);
  seenCallIds.add(request.callId);
  if (tool === undefined) return refuse(denyUnknownTool(request.tool, tool));
  const prepared = tool.prepare(input);
  const early = repeated ?? denyArguments(prepared) ?? denyScope(tool, persona);
  if (early !== null || !prepared.ok) return refuse(early);

  const connection = await deps.connections.find(actor.organizationId, tool.integration);
  const unusable = denyConnection(tool, connection, actor);
  if (unusable !== null || connection === null) return refuse(unusable, connection);

  const grant = intersectGrants(persona.grant, connection.grant);
  const denial =
    denyTarget(grant, prepared.target) ??
    (await denyUncontained({ deps, tool, persona, connection, target: prepared.target, signal: run.signal })) ??
    denyOverBudget(persona.budget, { calls, elapsedMs: Date.now() - startedAt }) ??
    denyApproval(tool, approvalPolicyFor(tool, persona.approvals));
  if (denial !== null) return refuse(denial, connection);
  return { allowed: { call: prepared, connection, grant, effect: tool.effect } };
}

function refuse(denial: Denial | null, connection: Connection | null = null): Verdict {
  return { denial: denial ?? { code: 'ARG_INVALID', message: 'The call could not be read.' }, connection };
}

interface ContainmentQuestion {
  readonly deps: GuardDeps;
  readonly tool: Tool;
  readonly persona: Persona;
  readonly connection: Connection;
  readonly target: ResourceTarget;
  readonly signal: AbortSignal;
}

/**
 * A granted team in the path proves nothing about the database behind it, so the service is asked. Each side’s limits
 * are looked at by themselves: a database named by the one says nothing about the team that the other means.
 */
async function denyUncontained(question: ContainmentQuestion): Promise<Denial | null> {
  const { deps, tool, persona, connection, target, signal } = question;
  const sides = [persona.grant, connection.grant];
  if (!sides.some(({ limits }) => limitsNeedContainment(limits, target))) return null;
  const integration = deps.catalog.findIntegration(tool.integration);
  try {
    return denyForeignDatabase(target, (await integration?.contains(connection, target, signal)) ?? false);
  } catch (error) {
    const why = error instanceof UpstreamError ? error.message : 'The check failed.';
    return {
      code: 'RESOURCE_NOT_GRANTED',
      message: `It could not be checked that the database belongs to the team, so nothing was sent. ${why}`,
    };
  }
}

interface Sending {
  readonly allowed: AllowedCall;
  readonly run: GuardedRun;
  readonly record: Recorder;
  readonly log: Logger;
}

async function send({ allowed, run, record, log }: Sending): Promise<CallResult> {
  const { call, connection, grant } = allowed;
  const scrub = createScrubber([connection.secret]);
  if (!(await record.intended(connection, call.arguments, allowed.effect))) return auditUnavailable;
  const startedAt = performance.now();
  const elapsed = () => Math.round(performance.now() - startedAt);
  try {
    const output = await call.execute({
      connection,
      // An effect that is under way is finished and recorded even when the run is stopped; only reads are cut short.
      signal: allowed.effect === 'read' ? run.signal : neverAborted,
      allows: (target) => allowsTarget(grant.limits, target),
    });
    return await record.succeeded(connection, boundOutput(scrubJson(scrub, output)), elapsed());
  } catch (error) {
    return record.failed(connection, toFailure(log, error, scrub), elapsed());
  }
}

const neverAborted = new AbortController().signal;

const auditUnavailable: CallResult = {
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
  message: 'The call was sent, but its result could not be recorded and is therefore not shown. Look in Ninox before you ask again.',
  durationMs: null,
};

interface Failure {
  readonly code: (CallResult & { ok: false })['code'];
  readonly message: string;
}

function toFailure(log: Logger, error: unknown, scrub: Scrub): Failure {
  if (error instanceof UpstreamError) return { code: error.code, message: scrub(error.message) };
  log.error({ err: error }, 'a tool failed in a way it should not');
  return { code: 'CALL_FAILED', message: 'The call failed inside the service. It was recorded; try again or ask your administrator.' };
}

function boundOutput(output: unknown): unknown {
  if (Buffer.byteLength(JSON.stringify(output) ?? '') <= maxOutputBytes) return output;
  throw new UpstreamError('OUTPUT_TOO_LARGE', 'The answer is too large to be used. Ask for less at once.');
}

function parseInput(rawInput: string): unknown {
  if (rawInput.length > maxInputBytes) return rawInput.slice(0, 200);
  if (rawInput.trim() === '') return {};
  try {
    return JSON.parse(rawInput) as unknown;
  } catch {
    return rawInput;
  }
}

interface RecordedRow {
  readonly action: AuditAction;
  readonly connection: Connection | null;
  readonly code?: string;
  readonly durationMs?: number;
  readonly body: AuditBody;
  readonly until?: AuditDurability;
}

interface Recorder {
  /** False when the intent could not be stored. */
  intended(connection: Connection, args: unknown, effect: Tool['effect']): Promise<boolean>;
  denied(denial: Denial, connection: Connection | null): Promise<CallResult>;
  succeeded(connection: Connection, output: unknown, durationMs: number): Promise<CallResult>;
  failed(connection: Connection, failure: Failure, durationMs: number): Promise<CallResult>;
}

function createRecorder(deps: GuardDeps, request: CallRequest, identity: RunIdentity, input: unknown): Recorder {
  const append = async (row: RecordedRow) => {
    const event: NewAuditEvent = {
      organizationId: identity.actor.organizationId,
      action: row.action,
      actorKind: identity.actor.kind,
      actorId: identity.actor.id,
      connectionId: row.connection?.id ?? null,
      personaId: identity.persona.id,
      personaVersion: identity.persona.version,
      channel: identity.channel,
      conversationId: identity.conversationId,
      runId: identity.runId,
      callId: request.callId,
      tool: request.tool.slice(0, 80),
      code: row.code ?? null,
      durationMs: row.durationMs ?? null,
      credits: 0,
      body: row.body,
    };
    try {
      await deps.audit.append(event, row.until ?? 'durable');
      return true;
    } catch (error) {
      deps.log.error({ err: error, runId: identity.runId, callId: request.callId, action: row.action }, 'the audit could not be written');
      return false;
    }
  };
  const { prompt } = identity;
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
