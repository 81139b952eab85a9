import { randomUUID } from 'node:crypto';
import type { ChangePlan } from '#integrations/change-plan.ts';
import type { Tool } from '#integrations/tool-definition.ts';
import { type Attempt, answered } from '../attempt.ts';
import type { UsedBudget } from '../effects/effect-gate.ts';
import type { CallVerdict } from '../guarded-call.ts';
import { narrowedRule } from '../narrow-persona.ts';
import { auditUnavailable } from '../record-call.ts';
import { type Approval, type GateReason, hashQuestion, type Question } from './approval.ts';
import type { NewApproval } from './approval-store.ts';

type CallQuestion = Extract<Question, { kind: 'call' }>;
type BudgetQuestion = Extract<Question, { kind: 'budget' }>;

export interface CallToAsk {
  readonly plan: ChangePlan;
  readonly why: GateReason;
}

export function callQuestion({ allowed, request }: Attempt, { plan, why }: CallToAsk): CallQuestion {
  const { tool, call } = allowed;
  return {
    kind: 'call',
    tool: tool.name,
    arguments: call.arguments,
    plan,
    title: tool.title,
    why,
    words: request.words,
    askedFor: null,
  };
}

/** Has a person decide on the call as it is planned; the call waits. */
export function askForCall(attempt: Attempt, asked: CallToAsk): Promise<CallVerdict> {
  return store(attempt, callQuestion(attempt, asked), false);
}

/** Has a person decide whether a used-up budget of effects may be gone beyond; the call waits. */
export function askForBudget(
  attempt: Attempt,
  { budget, limit, used }: UsedBudget,
  plan: ChangePlan,
): Promise<CallVerdict> {
  const { name, title } = attempt.allowed.tool;
  const question: BudgetQuestion = { kind: 'budget', budget, tool: name, title, limit, used, more: limit, plan };
  return store(attempt, question, budget !== 'effects_run');
}

/** The decision a call comes back with, where it is about the call itself. */
export function approvalOf({ request }: Pick<Attempt, 'request'>): Approval | null {
  const { resumedWith } = request;
  return resumedWith?.question.kind === 'call' ? resumedWith : null;
}

/** What is known of a call that cannot be looked up: its own arguments. */
export function plainPlan(tool: Tool, { allowed }: Pick<Attempt, 'allowed'>): ChangePlan {
  const { target } = allowed.call;
  const levels = ['team', 'database', 'table', 'record'] as const;
  const targets = levels.flatMap((level) => {
    const id = target[level];
    return id === undefined ? [] : [{ level, id, name: null }];
  });
  const isRead = tool.effect === 'read';
  const warning = 'What this would change cannot be looked up before, and cannot be taken back afterwards.';
  return { summary: tool.title, targets, records: [], count: isRead ? 0 : 1, warnings: isRead ? [] : [warning] };
}

async function store(attempt: Attempt, question: Question, managersOnly: boolean): Promise<CallVerdict> {
  const { deps, request, run, allowed } = attempt;
  const approval = newApproval(attempt, question, managersOnly);
  try {
    await deps.ask(approval, run.identity);
  } catch (error) {
    deps.log.error(
      { err: error, runId: run.identity.runId, callId: request.callId },
      'an approval could not be stored',
    );
    return answered(auditUnavailable);
  }
  deps.log.info({ approvalId: approval.id, tool: allowed.tool.name, kind: question.kind }, 'a call waits for a person');
  return { type: 'waiting', approvalId: approval.id };
}

function newApproval({ deps, request, run, allowed }: Attempt, question: Question, managersOnly: boolean): NewApproval {
  const { identity } = run;
  const { actor, persona } = identity;
  const { people, fourEyes, hours } = narrowedRule(allowed.tool, allowed.personas);
  return {
    id: randomUUID(),
    organizationId: actor.organizationId,
    conversationId: identity.conversationId,
    runId: identity.runId,
    callId: request.callId,
    personaId: persona.id,
    personaVersion: persona.version,
    channel: identity.channel,
    connectionId: allowed.connection.id,
    requesterId: actor.id,
    editorId: null,
    question,
    hash: hashQuestion(question),
    approvers: managersOnly ? null : people,
    fourEyes: managersOnly ? false : fourEyes,
    managersOnly,
    expiresAt: new Date(deps.clock().getTime() + hours * 3_600_000),
  };
}
