import type { Actor } from '#auth/actor.ts';
import { AppError } from '#errors';
import type { Allowance, Checkpoint } from './checkpoint.ts';
import type { ClaimedRun } from './conversation-store.ts';
import {
  type BudgetApproval,
  type Decisions,
  decidePending,
  followReplaced,
  isBudget,
  overOf,
} from './decide-pending.ts';
import { endClaimedRun } from './end-waiting.ts';
import { failedInside, type Judgement } from './judge-run.ts';
import { grantMore } from './run-budgets.ts';
import type { RunInHand, RunServiceDeps } from './run-deps.ts';
import type { RunFaultCode } from './run-events.ts';
import { madeCalls, replayRun } from './stored-answer.ts';

/** Whether something of what a run waits for is still to be decided. */
export async function isUndecided(
  { approvals }: Pick<RunServiceDeps, 'approvals'>,
  organizationId: string,
  runId: string,
): Promise<boolean> {
  const all = await approvals.ofRun(organizationId, runId);
  return all.some(({ status, question }) => status === 'pending' && question.kind !== 'undo');
}

/** All that is needed to go on with a run that was taken up; null where it cannot, and is ended with a reason. */
export async function resumeRun(deps: RunServiceDeps, claimed: ClaimedRun): Promise<RunInHand | null> {
  const checkpoint = readCheckpoint(claimed);
  if (checkpoint === null) return refuse(deps, claimed, failedInside);
  const { actor, persona, model: modelId } = checkpoint;
  if ((await deps.actors.current(actor)) === null) return refuse(deps, claimed, actorGone);
  const isThere = (await deps.personas.find(actor.organizationId, persona.id)) !== null;
  if (!isThere) return refuse(deps, claimed, personaGone(persona.name));
  const model = findModel(deps, modelId);
  if (model === null) return refuse(deps, claimed, modelGone(modelId));
  const { decisions, allowance } = await readDecisions(deps, claimed, checkpoint);
  const { run, ownerId, answer } = claimed;
  const { prompt, steps, usage, turns, pending, waitingFor, ledger } = checkpoint;
  const { id: runId, conversationId, messageId, channel, place, jobRunId } = run;
  const trial = run.trial === true;
  return {
    identity: { runId, conversationId, messageId, channel, place, ownerId, actor, persona, prompt, jobRunId, trial },
    ledger: {
      calls: ledger.calls,
      seenCallIds: new Set(ledger.seenCallIds),
      startedAt: Date.now(),
      spentMs: ledger.spentMs,
      outsideText: ledger.outsideText,
      allowance,
    },
    model,
    modelId,
    progress: {
      steps,
      usage,
      turns,
      made: madeCalls(turns, answer),
      continued: pending.map((call) => decidePending(call, decisions)),
      over: overOf(waitingFor, decisions),
    },
    told: replayRun(claimed),
  };
}

function readCheckpoint({ run }: ClaimedRun): Checkpoint | null {
  const stored = run.checkpoint as Partial<Checkpoint> | null;
  return stored?.version === 1 ? (stored as Checkpoint) : null;
}

/** Budgets that were raised are used here, before anything goes on: each counts once. */
async function readDecisions(
  { approvals, namesOf }: Pick<RunServiceDeps, 'approvals' | 'namesOf'>,
  { run }: ClaimedRun,
  { waitingFor, ledger, turns }: Checkpoint,
): Promise<{ decisions: Decisions; allowance: Allowance }> {
  const all = await approvals.ofRun(run.organizationId, run.id);
  const approvalOf = followReplaced(all);
  const granted = new Set<string>();
  let { allowance } = ledger;
  for (const approval of waitingFor.map(approvalOf)) {
    if (!isBudget(approval) || !(await isGranted(approvals, approval))) continue;
    granted.add(approval.id);
    allowance = grantMore(allowance, approval.question, approval.more ?? approval.question.more);
  }
  const deciders = all.flatMap(({ decidedBy }) => (decidedBy === null ? [] : [decidedBy]));
  const names = await namesOf(run.organizationId, [...new Set(deciders)]);
  const calls = turns.flat().filter((part) => part.type === 'call');
  const asWritten = new Map(calls.map(({ callId, rawInput }) => [callId, rawInput]));
  return { decisions: { approvalOf, granted, asWritten, names }, allowance };
}

/** One that is used was so by a process that was lost before the run got any further. */
async function isGranted(
  approvals: Pick<RunServiceDeps['approvals'], 'use'>,
  { organizationId, id, hash, status }: BudgetApproval,
): Promise<boolean> {
  if (status === 'used') return true;
  return status === 'approved' && approvals.use({ organizationId, id, hash });
}

function findModel({ models }: Pick<RunServiceDeps, 'models'>, modelId: string) {
  try {
    // Whoever began the run has held it against who chose it.
    return models.resolve(modelId, 'service');
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

async function refuse(deps: RunServiceDeps, claimed: ClaimedRun, judgement: Judgement): Promise<null> {
  const { id: runId, actorKind, actorId } = claimed.run;
  deps.log.warn({ runId, code: judgement.fault?.code }, 'a run that waited could not go on');
  const actor = { kind: actorKind as Actor['kind'], id: actorId };
  await endClaimedRun(deps, claimed, { actor, judgement, reason: 'The answer could not go on.' });
  return null;
}

const actorGone = failed(
  'STOPPED',
  'The person for whom this was done does not belong to the organization any more, or their API key is over, so nothing more of it was done.',
);

function personaGone(name: string): Judgement {
  const message = `The persona “${name}” is not there any more, so its answer could not go on and nothing more of it was done. Restore the persona, or ask another one.`;
  return failed('PERSONA_UNAVAILABLE', message);
}

function modelGone(modelId: string): Judgement {
  const message = `The model “${modelId}” with which this answer was begun is not configured any more, so it could not go on and nothing more of it was done. Choose another model for the persona and send your message again.`;
  return failed('MODEL_UNAVAILABLE', message);
}

function failed(code: RunFaultCode, message: string): Judgement {
  return { status: 'failed', fault: { code, message } };
}
