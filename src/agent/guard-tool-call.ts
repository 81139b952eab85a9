import type { AuditLog } from '#audit/audit-event.ts';
import type { Catalog } from '#integrations/catalog.ts';
import type { Connection, ConnectionStore } from '#integrations/connection.ts';
import type { Grant, PreparedCall, ResourceTarget, Tool } from '#integrations/tool-definition.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import type { Logger } from '#log';
import { allowsTarget, intersectGrants, limitsNeedContainment } from '#personas/grants.ts';
import type { Persona } from '#personas/persona-schema.ts';
import { createScrubber, type Scrub, scrubJson } from '#vault/scrub.ts';
import type { Secret } from '#vault/secret.ts';
import { denyOverBudget } from './budgets.ts';
import { parseOrText } from './compose-prompt.ts';
import {
  approvalPolicyFor,
  denyApproval,
  denyArguments,
  denyConnection,
  denyForeignDatabase,
  denyRepeatedCall,
  denyScope,
  denyStopped,
  denyTarget,
  denyUnknownTool,
} from './decide-call.ts';
import type { Denial } from './denials.ts';
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

interface GuardDeps {
  readonly catalog: Catalog;
  readonly connections: ConnectionStore;
  readonly audit: AuditLog;
  readonly log: Logger;
}

interface GuardParts extends GuardDeps {
  readonly scrubberFor: (secret: Secret) => Scrub;
}

/** A call that may be sent, with everything that is needed to send it. */
interface AllowedCall {
  readonly call: PreparedCall;
  readonly connection: Connection;
  readonly grant: Grant;
  readonly tool: Tool;
}

type Verdict = { allowed: AllowedCall } | { denial: Denial; connection: Connection | null };

const maxInputBytes = 64 * 1024;
const maxOutputBytes = 256 * 1024;

/**
 * The one door every tool call goes through: decide, record the intent, send, record the outcome, answer. Never throws;
 * whatever goes wrong is a typed result. Without a stored intent nothing is sent.
 */
export function createGuard(given: GuardDeps): GuardToolCall {
  const deps: GuardParts = { ...given, scrubberFor: createScrubberCache() };
  return async (request, run) => {
    run.ledger.calls += 1;
    const input = parseInput(request.rawInput);
    const record = createCallRecorder({ ...deps, request, identity: run.identity, input });
    try {
      const verdict = await decide({ deps, request, run, input });
      if ('denial' in verdict) return await record.denied(verdict.denial, verdict.connection);
      return await send({ deps, allowed: verdict.allowed, run, record });
    } catch (error) {
      const failure = toFailure(deps.log, error, (text) => text);
      return { ok: false, outcome: 'failed', ...failure, durationMs: null };
    }
  };
}

interface Question {
  readonly deps: GuardParts;
  readonly request: CallRequest;
  readonly run: GuardedRun;
  readonly input: unknown;
}

async function decide({ deps, request, run, input }: Question): Promise<Verdict> {
  const { persona, actor } = run.identity;
  const { seenCallIds, calls, startedAt } = run.ledger;
  const tool = deps.catalog.findTool(request.tool);
  const repeated = denyRepeatedCall(request.modelCallId, seenCallIds);
  seenCallIds.add(request.modelCallId);
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
    denyOverBudget(persona.budget, { calls, elapsedMs: Date.now() - startedAt }) ??
    denyApproval(tool, approvalPolicyFor(tool, persona.approvals)) ??
    denyStopped(run.signal);
  if (denial !== null) return refuse(denial, connection);
  return { allowed: { call: prepared, connection, grant, tool } };
}

function refuse(denial: Denial | null, connection: Connection | null = null): Verdict {
  return { denial: denial ?? { code: 'ARG_INVALID', message: 'The call could not be read.' }, connection };
}

interface ContainmentQuestion {
  readonly deps: GuardParts;
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
  readonly record: CallRecorder;
  readonly deps: GuardParts;
}

async function send({ deps, allowed, run, record }: Sending): Promise<CallResult> {
  const { call, connection, grant, tool } = allowed;
  const scrub = deps.scrubberFor(connection.secret);
  if (!(await record.intended(connection, call.arguments, tool.effect))) return auditUnavailable;
  // The check asks the service, and nothing goes there without an intent.
  const { persona } = run.identity;
  const foreign = await denyUncontained({ deps, tool, persona, connection, target: call.target, signal: run.signal });
  if (foreign !== null) return record.denied(foreign, connection);
  const startedAt = performance.now();
  const elapsed = () => Math.round(performance.now() - startedAt);
  try {
    const output = await call.execute({
      connection,
      signal: run.signal,
      allows: (target) => allowsTarget(grant.limits, target),
    });
    return await record.succeeded(connection, boundOutput(scrubJson(scrub, output)), elapsed());
  } catch (error) {
    return record.failed(connection, toFailure(deps.log, error, scrub), elapsed());
  }
}

/** The forms of a secret are worked out once for each. */
function createScrubberCache(): (secret: Secret) => Scrub {
  const scrubbers = new WeakMap<Secret, Scrub>();
  return (secret) => {
    const scrub = scrubbers.get(secret) ?? createScrubber([secret]);
    scrubbers.set(secret, scrub);
    return scrub;
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

/** Too long arguments are kept as the text they begin with, which no tool takes. */
function parseInput(rawInput: string): unknown {
  return rawInput.length > maxInputBytes ? rawInput.slice(0, 200) : parseOrText(rawInput);
}
