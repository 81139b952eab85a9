import type { CurrentActors } from '#auth/current-actor.ts';
import type { Persona } from '#personas/persona-schema.ts';
import { approvalOf } from './approvals/ask-for-call.ts';
import { type Attempt, answered, failureOf, refuse, type SendDeps } from './attempt.ts';
import { changeCall } from './change-call.ts';
import { type Judged, judgeHere, prepareCall, readInput } from './gather-facts.ts';
import type { CallRequest, CallVerdict, GuardedRun, GuardToolCall } from './guarded-call.ts';
import { allowedCall } from './judge-call.ts';
import { readCall } from './read-call.ts';
import { createCallRecorder } from './record-call.ts';

export interface GuardDeps extends SendDeps {
  /** The persona as it is now, asked for on every call; null where it is archived or gone. */
  readonly personas: { find(organizationId: string, id: string): Promise<Persona | null> };
  /** The person behind a run as they are now: null once they left or their API key is over. */
  readonly actors: CurrentActors;
}

/**
 * The one door every tool call goes through: decide, look up what would change, ask where a person must decide, record
 * the intent, send, record the outcome, answer. Never throws; whatever goes wrong is a typed result. Without a stored
 * intent nothing is sent.
 */
export function createGuard(deps: GuardDeps): GuardToolCall {
  return async (request, run) => {
    if (request.resumedWith === null) run.ledger.calls += 1;
    const input = readInput(request.rawInput);
    const record = createCallRecorder({ ...deps, request, identity: run.identity, input });
    try {
      const judged = await decide({ deps, request, run, input });
      const allowed = allowedCall(judged.facts);
      if (allowed === null) return await refuse(record, judged);
      if (!isForThisCall(request, run)) return answered(await record.denied(foreignApproval, allowed.connection));
      const attempt: Attempt = { deps, request, run, record, facts: judged.facts, allowed };
      const verdict = await makeCall(attempt);
      await endUnused(attempt, verdict);
      return verdict;
    } catch (error) {
      return answered({ ok: false, outcome: 'failed', ...failureOf(deps, error), durationMs: null });
    }
  };
}

async function makeCall(attempt: Attempt): Promise<CallVerdict> {
  const { record, allowed } = attempt;
  const approval = approvalOf(attempt);
  // Which one is used can change without anybody doing anything, e.g. when a person's own is not accepted any more.
  if (approval !== null && approval.connectionId !== allowed.connection.id) {
    return answered(await record.denied(otherConnection, allowed.connection));
  }
  return allowed.tool.effect === 'read' ? readCall(attempt) : changeCall(attempt);
}

const otherConnection = {
  code: 'APPROVAL_INVALID',
  message:
    'The approval was given for the connection that was in use then, and another one would be used now. Nothing was done. Ask again if it is still wanted.',
} as const;

/** An approval whose call did not come through is over: what failed is asked for anew. Where it was used, nothing changes. */
async function endUnused(attempt: Attempt, verdict: CallVerdict): Promise<void> {
  const approval = approvalOf(attempt);
  if (approval?.status !== 'approved' || verdict.type !== 'answered' || verdict.result.ok) return;
  // Nothing can be stored now; the run ends with it.
  if (verdict.result.code === 'AUDIT_UNAVAILABLE') return;
  const { organizationId, id } = approval;
  const reason = verdict.result.message;
  await attempt.deps.approvals.end({ organizationId, id, status: 'void', reason }).catch((error: unknown) => {
    attempt.deps.log.error({ err: error, approvalId: id }, 'an unused approval could not be ended');
  });
}

const foreignApproval = {
  code: 'APPROVAL_INVALID',
  message: 'The approval was given for another call, and it lets through that one alone. Nothing was done.',
} as const;

function isForThisCall({ callId, resumedWith }: CallRequest, { identity }: GuardedRun): boolean {
  if (resumedWith === null) return true;
  const { organizationId, runId } = resumedWith;
  const isOwnRun = organizationId === identity.actor.organizationId && runId === identity.runId;
  return isOwnRun && resumedWith.callId === callId;
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
  const { seenCallIds, calls, startedAt, spentMs, allowance, outsideText } = run.ledger;
  const repeated = request.resumedWith === null && seenCallIds.has(request.modelCallId);
  // Before anything is waited for: the same call may come again meanwhile.
  seenCallIds.add(request.modelCallId);
  const [asked, current, actorNow] = await Promise.all([
    prepareCall(deps, { organizationId, toolName: request.tool, input }),
    deps.personas.find(organizationId, persona.id),
    deps.actors.current(actor),
  ]);
  return judgeHere(deps, {
    ...asked,
    repeated,
    persona,
    current,
    actor: actorNow ?? actor,
    actorIsGone: actorNow === null,
    spent: { calls, elapsedMs: spentMs + Date.now() - startedAt, allowance },
    stopped: run.signal.aborted,
    outsideText,
  });
}
