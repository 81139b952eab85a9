import type { Approval, Question } from './approvals/approval.ts';
import { plainPlan } from './approvals/ask-for-call.ts';
import { contextOf, failureOf, judgeThere } from './attempt.ts';
import type { Checkpoint } from './checkpoint.ts';
import { judgeHere, prepareCall } from './gather-facts.ts';
import type { GuardDeps } from './guard-tool-call.ts';
import type { GuardedRun } from './guarded-call.ts';
import { type AllowedCall, allowedCall, type CallFacts } from './judge-call.ts';
import { planChange } from './plan-change.ts';
import { createCallRecorder } from './record-call.ts';

export interface ReplanDeps extends GuardDeps {
  /** Null once the run waits for nothing any more. */
  readonly checkpointOf: (organizationId: string, runId: string) => Promise<Checkpoint | null>;
}

export type Replanned =
  | { readonly ok: true; readonly question: Question }
  | { readonly ok: false; readonly problem: string };

/**
 * Plans a waiting call anew with arguments that a person changed, by the same rules as the guard and with the rights of
 * the run, not of that person. Nothing is sent but reads.
 */
export type ReplanCall = (approval: Approval, args: unknown) => Promise<Replanned>;

const over = 'This call does not wait any more, so its arguments cannot be changed. Ask the persona again.';

const otherConnection =
  'The connection that was in use when this was asked is not the one that would be used now, so its arguments cannot be changed. Deny it and ask the persona again.';

export function createReplanCall(deps: ReplanDeps): ReplanCall {
  return async (approval, args) => {
    const { question, organizationId, runId, callId } = approval;
    const checkpoint = await deps.checkpointOf(organizationId, runId);
    if (question.kind !== 'call' || checkpoint === null || callId === null) return { ok: false, problem: over };
    const run = runOf(approval, checkpoint);
    const facts = await factsOf(deps, { run, tool: question.tool, args });
    const judged = await judgeHere(deps, facts);
    const allowed = allowedCall(judged.facts);
    if (allowed === null) return { ok: false, problem: judged.judgement.denial?.message ?? over };
    if (allowed.connection.id !== approval.connectionId) return { ok: false, problem: otherConnection };
    const request = { callId, tool: question.tool };
    const record = createCallRecorder({ ...deps, request, identity: run.identity, input: args });
    if (!(await record.planned(allowed.connection, allowed.call.arguments))) {
      return {
        ok: false,
        problem: 'The record of calls cannot be written, so nothing was looked up. Try again later.',
      };
    }
    const planned = await lookUp(deps, { run, facts: judged.facts, allowed });
    if (!planned.ok) return planned;
    const askedFor = question.askedFor ?? question.arguments;
    return { ok: true, question: { ...question, arguments: allowed.call.arguments, plan: planned.plan, askedFor } };
  };
}

interface Lookup {
  readonly run: GuardedRun;
  readonly facts: CallFacts;
  readonly allowed: AllowedCall;
}

async function lookUp(deps: ReplanDeps, { run, facts, allowed }: Lookup) {
  const { tool, connection } = allowed;
  if (tool.effect === 'read') return { ok: true, plan: plainPlan(tool, { allowed }) } as const;
  const followed = deps.connections.follow(connection, run.signal);
  try {
    const { judgement } = await judgeThere({ deps, allowed, facts, run }, followed.signal);
    if (judgement.denial !== null) return { ok: false, problem: judgement.denial.message } as const;
    const { plan } = await planChange(allowed, contextOf(allowed, followed.signal));
    return { ok: true, plan } as const;
  } catch (error) {
    return { ok: false, problem: failureOf(deps, error, { connection, signal: followed.signal }).message } as const;
  } finally {
    followed.release();
  }
}

async function factsOf(
  deps: ReplanDeps,
  { run, tool, args }: { readonly run: GuardedRun; readonly tool: string; readonly args: unknown },
): Promise<CallFacts> {
  const { actor, persona } = run.identity;
  const { organizationId } = actor;
  const [asked, current, actorNow] = await Promise.all([
    prepareCall(deps, { organizationId, toolName: tool, input: args }),
    deps.personas.find(organizationId, persona.id),
    deps.actors.current(actor),
  ]);
  return {
    ...asked,
    repeated: false,
    persona,
    current,
    actor: actorNow ?? actor,
    actorIsGone: actorNow === null,
    // The call was counted when the model made it.
    spent: { calls: 0, elapsedMs: 0, allowance: run.ledger.allowance },
    stopped: false,
    outsideText: run.ledger.outsideText,
  };
}

/** Planning shows nothing in a conversation. */
const nowhere = { messageId: '', place: null, jobRunId: null, trial: false };

/** How long looking up may take while a person waits for it. */
const lookupMs = 30_000;

function runOf({ conversationId, runId, channel }: Approval, checkpoint: Checkpoint): GuardedRun {
  const { actor, persona, prompt, ledger } = checkpoint;
  return {
    identity: { ...nowhere, runId, conversationId, channel, ownerId: actor.id, actor, persona, prompt },
    signal: AbortSignal.timeout(lookupMs),
    ledger: { ...ledger, seenCallIds: new Set(ledger.seenCallIds), startedAt: Date.now() },
  };
}
