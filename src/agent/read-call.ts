import { UpstreamError } from '#integrations/upstream-error.ts';
import { scrubJson } from '#vault/scrub.ts';
import { type GateReason, hashQuestion } from './approvals/approval.ts';
import { approvalOf, askForCall, callQuestion, plainPlan } from './approvals/ask-for-call.ts';
import { refuseApproval, refuseStale } from './approvals/refuse-approval.ts';
import { type Attempt, answered, contextOf, failureOf, judgeThere, refuse } from './attempt.ts';
import type { CallVerdict } from './guarded-call.ts';
import { gateOf } from './judge-call.ts';
import { outsideTextOf } from './outside-text.ts';
import { auditUnavailable } from './record-call.ts';
import { standIn } from './stand-in.ts';

const maxOutputBytes = 256 * 1024;

/** A call that changes nothing: the intent is stored, then it is sent. Where the policy asks for it, a person is asked first. */
export async function readCall(attempt: Attempt): Promise<CallVerdict> {
  const { deps, run, record, facts, allowed } = attempt;
  const { call, connection, tool, personas } = allowed;
  const why = gateOf(tool, { ...facts, ...personas });
  const approval = approvalOf(attempt);
  if (approval === null && why !== null) {
    const stopped = await askOrStandIn(attempt, why);
    if (stopped !== null) return stopped;
  } else if (approval === null) {
    if (!(await record.intended(connection, call.arguments))) return answered(auditUnavailable);
  } else {
    const stopped = await consumeApproval(attempt);
    if (stopped !== null) return stopped;
  }
  const followed = deps.connections.follow(connection, run.signal);
  try {
    // The check asks the service, and nothing goes there without an intent.
    const whole = await judgeThere(attempt, followed.signal);
    if (whole.judgement.denial !== null) return await refuse(record, whole);
    return await execute(attempt, followed.signal);
  } finally {
    followed.release();
  }
}

/** Null where a mandate lets the call through: it is used and the intent is stored then. */
async function askOrStandIn(attempt: Attempt, why: GateReason): Promise<CallVerdict | null> {
  const { deps, run, record, allowed } = attempt;
  const { call, connection } = allowed;
  const standing = await standIn(attempt, 1);
  if (standing.type === 'ask') return askFirst(attempt, why);
  if (standing.type === 'deny') return answered(await record.denied(standing.denial, connection));
  const { id } = standing.mandate;
  const { organizationId } = run.identity.actor;
  try {
    const isUsed = await deps.transaction(async () => {
      if (!(await deps.mandates.use({ organizationId, id, rows: 1, now: deps.clock() }))) return false;
      await record.writeIntended(connection, call.arguments, { mandate: id });
      return true;
    });
    return isUsed ? null : await askFirst(attempt, why);
  } catch (error) {
    deps.log.error({ err: error, mandateId: id }, 'the intent of a call under a mandate could not be stored');
    return answered(auditUnavailable);
  }
}

/** Nobody is asked about what would be refused afterwards, so it is found out first whether the database lies in the team. */
async function askFirst(attempt: Attempt, why: GateReason): Promise<CallVerdict> {
  const { deps, run, record, allowed } = attempt;
  const { call, connection, tool } = allowed;
  if (!(await record.planned(connection, call.arguments))) return answered(auditUnavailable);
  const followed = deps.connections.follow(connection, run.signal);
  try {
    const whole = await judgeThere(attempt, followed.signal);
    if (whole.judgement.denial !== null) return await refuse(record, whole);
    return await askForCall(attempt, { plan: plainPlan(tool, attempt), why });
  } finally {
    followed.release();
  }
}

/** The approval is used and the intent stored together; a verdict where that is refused. */
async function consumeApproval(attempt: Attempt): Promise<CallVerdict | null> {
  const { deps, record, allowed } = attempt;
  const approval = approvalOf(attempt);
  if (approval === null) return null;
  const { call, connection, tool } = allowed;
  const hash = hashQuestion(callQuestion(attempt, { plan: plainPlan(tool, attempt), why: 'policy' }));
  if (hash !== approval.hash) return refuseStale(attempt, approval, plainPlan(tool, attempt));
  try {
    const isUsed = await deps.transaction(async () => {
      const { organizationId, id } = approval;
      if (!(await deps.approvals.use({ organizationId, id, hash }))) return false;
      await record.writeIntended(connection, call.arguments, { approval: id });
      return true;
    });
    return isUsed ? null : await refuseApproval(attempt, approval);
  } catch (error) {
    deps.log.error({ err: error, approvalId: approval.id }, 'the intent of an approved call could not be stored');
    return answered(auditUnavailable);
  }
}

async function execute(attempt: Attempt, signal: AbortSignal): Promise<CallVerdict> {
  const { deps, run, record, allowed } = attempt;
  const { call, connection, tool, personas } = allowed;
  const startedAt = performance.now();
  const elapsed = () => Math.round(performance.now() - startedAt);
  try {
    const output = await call.execute(contextOf(allowed, signal));
    // Before anything of it reaches the model.
    run.ledger.outsideText ??= tool.readsOutside ?? outsideTextOf(personas, tool, call.target);
    const bounded = boundOutput(scrubJson(deps.scrub, output));
    return answered(await record.ended(connection, { outcome: { ok: true, output: bounded }, durationMs: elapsed() }));
  } catch (error) {
    const failure = failureOf(deps, error, { connection, signal });
    return answered(await record.ended(connection, { outcome: { ok: false, failure }, durationMs: elapsed() }));
  }
}

function boundOutput(output: unknown): unknown {
  if (Buffer.byteLength(JSON.stringify(output) ?? '') <= maxOutputBytes) return output;
  throw new UpstreamError('OUTPUT_TOO_LARGE', 'The answer is too large to be used. Ask for less at once.');
}
