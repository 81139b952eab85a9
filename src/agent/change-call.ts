import type { ChangePlan } from '#integrations/change-plan.ts';
import type { CallContext, PlannedChange, TouchedRecord } from '#integrations/tool-definition.ts';
import { scrubJson } from '#vault/scrub.ts';
import { type GateReason, hashQuestion } from './approvals/approval.ts';
import { approvalOf, askForBudget, askForCall, callQuestion } from './approvals/ask-for-call.ts';
import { refuseApproval, refuseStale } from './approvals/refuse-approval.ts';
import { type Attempt, answered, contextOf, failureOf, judgeThere, refuse, type Touch } from './attempt.ts';
import { commitIntent, effectGate, type IntentVerdict } from './effects/commit-intent.ts';
import type { UsedBudget } from './effects/effect-gate.ts';
import type { EffectEnd } from './effects/effect-store.ts';
import type { CallVerdict } from './guarded-call.ts';
import { gateOf } from './judge-call.ts';
import type { Mandate } from './mandates.ts';
import { narrowedEffects } from './narrow-persona.ts';
import { planChange } from './plan-change.ts';
import { auditUnavailable, type CallOutcome } from './record-call.ts';
import type { CallResult } from './run-events.ts';
import { mayAskForMore, standIn } from './stand-in.ts';

/**
 * A call that changes something: looked up, held against the budgets of effects, asked for where a person must decide,
 * and sent at most once. What comes back after its approval is looked up again and must be what was approved.
 */
export async function changeCall(attempt: Attempt): Promise<CallVerdict> {
  const { deps, request, run, record, allowed } = attempt;
  const { connection, call } = allowed;
  // Nothing is asked of the service without a row; a call that comes back has had one.
  const hasRow = request.resumedWith !== null || (await record.planned(connection, call.arguments));
  if (!hasRow) return answered(auditUnavailable);
  const followed = deps.connections.follow(connection, run.signal);
  try {
    const whole = await judgeThere(attempt, followed.signal);
    if (whole.judgement.denial !== null) return await refuse(record, whole);
    const planned = await lookUp(attempt, followed.signal);
    if (!('plan' in planned)) return planned;
    return await decideAndSend({ attempt, planned, signal: followed.signal });
  } finally {
    followed.release();
  }
}

async function lookUp(attempt: Attempt, signal: AbortSignal): Promise<PlannedChange | CallVerdict> {
  const { deps, record, allowed } = attempt;
  const startedAt = performance.now();
  try {
    return await planChange(allowed, contextOf(allowed, signal));
  } catch (error) {
    const failure = failureOf(deps, error, { connection: allowed.connection, signal });
    const durationMs = Math.round(performance.now() - startedAt);
    return answered(await record.ended(allowed.connection, { outcome: { ok: false, failure }, durationMs }));
  }
}

interface Planned {
  readonly attempt: Attempt;
  readonly planned: PlannedChange;
  readonly signal: AbortSignal;
}

async function decideAndSend(step: Planned): Promise<CallVerdict> {
  const { attempt, planned } = step;
  const { record, facts, allowed } = attempt;
  const { plan, answer } = planned;
  const approval = approvalOf(attempt);
  if (answer !== undefined && approval === null) {
    return answered(await record.ended(allowed.connection, { outcome: { ok: true, output: answer }, durationMs: 0 }));
  }
  const tooMany = denyTooManyRows(attempt, plan.count);
  if (tooMany !== null) return answered(await record.denied(tooMany, allowed.connection));
  if (attempt.run.identity.trial) return answered(await tell(attempt, plan));
  if (approval !== null) {
    const now = callQuestion(attempt, { plan, why: 'policy' });
    if (hashQuestion(now) !== approval.hash) return refuseStale(attempt, approval, plan);
    return commitAndSend(step, null);
  }
  const used = await effectGate(attempt, plan.count);
  if (used?.type === 'budget') return askForMore(step, used.used);
  const why = gateOf(allowed.tool, { ...facts, ...allowed.personas }) ?? (used === null ? null : 'bound');
  return why === null ? commitAndSend(step, null) : askOrStandIn(step, why);
}

/** In a trial: what would have been sent. */
async function tell({ record, allowed }: Attempt, plan: ChangePlan): Promise<CallResult> {
  if (!(await record.tried(allowed.connection, plan))) return auditUnavailable;
  // The fields of what it would change are for people: the persona may not be one that reads records.
  const { summary, count } = plan;
  return { ok: true, output: { trial: true, note: nothingChanged, wouldDo: summary, records: count }, durationMs: 0 };
}

const nothingChanged =
  'This is a trial, so nothing was changed. Go on as if it had been done, and say in the end that it was a trial.';

async function askOrStandIn(step: Planned, why: GateReason): Promise<CallVerdict> {
  const { attempt, planned } = step;
  const { record, allowed } = attempt;
  const standing = await standIn(attempt, Math.max(1, planned.plan.count));
  switch (standing.type) {
    case 'ask':
      return askForCall(attempt, { plan: planned.plan, why });
    case 'deny':
      return answered(await record.denied(standing.denial, allowed.connection));
    case 'mandate':
      return commitAndSend(step, standing.mandate);
  }
}

/** A used-up budget is a limit that no mandate goes beyond; where nobody may be asked, it ends there. */
async function askForMore({ attempt, planned }: Planned, used: UsedBudget): Promise<CallVerdict> {
  const { deps, run, record, allowed } = attempt;
  if (await mayAskForMore(deps, run.identity)) return askForBudget(attempt, used, planned.plan);
  return answered(await record.denied(budgetUsedUp(allowed.tool.title, used), allowed.connection));
}

function budgetUsedUp(title: string, { limit }: UsedBudget) {
  return {
    code: 'BUDGET_EXCEEDED',
    message: `The persona has changed as many records with “${title}” as it may (${limit}), and this job is told not to wait for anybody. Nothing was changed.`,
  } as const;
}

async function commitAndSend(step: Planned, mandate: Mandate | null): Promise<CallVerdict> {
  const intent = await commitIntent(step.attempt, step.planned, mandate);
  return intent.type === 'committed' ? send(step) : answerUncommitted(step, intent);
}

function denyTooManyRows({ allowed }: Attempt, count: number) {
  const { rows } = narrowedEffects(allowed.tool, allowed.personas);
  if (rows === null || count <= rows) return null;
  return {
    code: 'BUDGET_EXCEEDED',
    message: `This call would change ${count} records, and the persona may change at most ${rows} in one call of “${allowed.tool.title}”. Nothing was changed. Do it in smaller parts.`,
  } as const;
}

async function answerUncommitted(step: Planned, intent: IntentVerdict): Promise<CallVerdict> {
  const { attempt } = step;
  switch (intent.type) {
    case 'budget':
      await endUnused(attempt);
      return askForMore(step, intent.used);
    case 'bound':
      return askOrStandIn(step, 'bound');
    case 'mandate_over':
      // The next one may cover it; where none does, a person is asked.
      return askOrStandIn(step, 'policy');
    case 'approval_invalid':
      return refuseApproval(attempt, intent.approval);
    default:
      return answered(auditUnavailable);
  }
}

/** Others used the budget up between the approval and its use: the call is asked for again after the budget. */
async function endUnused(attempt: Attempt): Promise<void> {
  const approval = approvalOf(attempt);
  if (approval === null) return;
  const { organizationId, id } = approval;
  const reason = 'Meanwhile a limit was used up by other runs.';
  await attempt.deps.approvals.end({ organizationId, id, status: 'void', reason });
}

/** Waits between an unknown outcome and the first look at how it went: the request may still be on its way. */
const firstLookAfterMs = 5_000;

/** Another process has closed the effect; sending it now would be an effect that nobody looks after. */
const takenForLost: CallResult = {
  ok: false,
  outcome: 'failed',
  code: 'CALL_FAILED',
  message: 'This process was silent for so long that it was taken for lost, so the call was not sent. Ask again.',
  durationMs: null,
};

async function send({ attempt, planned, signal }: Planned): Promise<CallVerdict> {
  const { deps, request, run, record, allowed } = attempt;
  const { connection } = allowed;
  const { organizationId } = run.identity.actor;
  if (!(await deps.effects.markSent(organizationId, request.callId))) return answered(takenForLost);
  const startedAt = performance.now();
  const touched: TouchedRecord[] = [];
  let left: Readonly<Record<string, unknown>> | null = null;
  const outcome = await execute(attempt, signal, {
    touched: (records) => touched.push(...records),
    keep: (more) => {
      left = { ...left, ...more };
    },
  });
  const durationMs = Math.round(performance.now() - startedAt);
  const end = endOf(outcome, deps.clock());
  const snapshot = left === null ? null : await resealed(attempt, planned.snapshot, left);
  const result = await record.ended(connection, {
    outcome,
    durationMs,
    alongside: async () => {
      if (snapshot !== null) await deps.effects.replaceSnapshot(organizationId, request.callId, snapshot);
      await close(attempt, end);
      await deps.touches.insert(touchesOf(attempt, touched));
    },
  });
  if (end.state === 'outcome_unknown') deps.onUnknown();
  return answered(result);
}

/** With what the call has left behind; null where that cannot be stored: then an undo has to do without. */
async function resealed({ deps, request, run }: Attempt, snapshot: unknown, left: object): Promise<string | null> {
  const { organizationId } = run.identity.actor;
  try {
    const before = typeof snapshot === 'object' ? snapshot : {};
    return await deps.effects.sealSnapshot(organizationId, request.callId, { ...before, ...left });
  } catch (error) {
    deps.log.error(
      { err: error, callId: request.callId },
      'what a call has left behind could not be kept for its undo',
    );
    return null;
  }
}

/** Where another process has taken this one for lost meanwhile, the outcome is what it would have looked up. */
async function close({ deps, request, run }: Attempt, end: Omit<EffectEnd, 'organizationId' | 'id'>): Promise<void> {
  const effect = { organizationId: run.identity.actor.organizationId, id: request.callId };
  if (await deps.effects.end({ ...effect, ...end })) return;
  if (end.happened !== null) await deps.effects.end({ ...effect, ...end, state: 'reconciled' });
}

function touchesOf({ deps, request, run }: Attempt, records: readonly TouchedRecord[]): readonly Touch[] {
  const { actor, channel } = run.identity;
  const common = { organizationId: actor.organizationId, callId: request.callId, channel, at: deps.clock() };
  return records.map((record) => ({ ...record, ...common }));
}

async function execute(
  { deps, request, allowed }: Attempt,
  signal: AbortSignal,
  notes: Required<Pick<CallContext, 'touched' | 'keep'>>,
): Promise<CallOutcome> {
  const { call, connection } = allowed;
  const context = { ...contextOf(allowed, signal), ...notes, callId: request.callId };
  try {
    return { ok: true, output: scrubJson(deps.scrub, await call.execute(context)) };
  } catch (error) {
    const failure = failureOf(deps, error, { connection, signal });
    if (failure.code !== 'CALL_FAILED') return { ok: false, failure };
    // A fault of our own after the request may have gone out says nothing about what became of it.
    const message =
      'The call failed inside the service after it may have been sent. It is being looked up what became of it.';
    return { ok: false, failure: { code: 'OUTCOME_UNKNOWN', message } };
  }
}

function endOf(outcome: CallOutcome, now: Date): Omit<EffectEnd, 'organizationId' | 'id'> {
  if (outcome.ok) return { state: 'succeeded', happened: true, code: null, nextTryAt: null };
  const { code } = outcome.failure;
  if (code !== 'OUTCOME_UNKNOWN') return { state: 'failed', happened: false, code, nextTryAt: null };
  return { state: 'outcome_unknown', happened: null, code, nextTryAt: new Date(now.getTime() + firstLookAfterMs) };
}
