import { boundOf } from '#integrations/rights.ts';
import type { PlannedChange } from '#integrations/tool-definition.ts';
import type { Approval } from '../approvals/approval.ts';
import { approvalOf } from '../approvals/ask-for-call.ts';
import type { Attempt } from '../attempt.ts';
import type { Mandate } from '../mandates.ts';
import { narrowedEffects, narrowedPolicy } from '../narrow-persona.ts';
import type { CallBasis } from '../record-call.ts';
import { type UsedBudget, usedUpBudget } from './effect-gate.ts';
import type { NewEffect } from './effect-store.ts';

export type EffectGate = { readonly type: 'budget'; readonly used: UsedBudget } | { readonly type: 'bound' };

export type IntentVerdict =
  | { readonly type: 'committed' }
  | EffectGate
  | { readonly type: 'approval_invalid'; readonly approval: Approval }
  /** Others have used the mandate up in the meantime. */
  | { readonly type: 'mandate_over' }
  /** Nothing could be stored, so nothing may be sent. */
  | { readonly type: 'unavailable' };

const dayMs = 86_400_000;

/**
 * The last step before the request: in one transaction the budgets are held against what all processes have done, the
 * approval or the mandate is used up, and the effect, what it is about to change, and the intent are stored.
 */
export async function commitIntent(
  attempt: Attempt,
  planned: PlannedChange,
  mandate: Mandate | null = null,
): Promise<IntentVerdict> {
  const { deps, run, record, allowed, request } = attempt;
  const approval = approvalOf(attempt);
  const { connection, call } = allowed;
  const { organizationId } = run.identity.actor;
  let isInserted = false;
  try {
    const sealed = await deps.effects.seal(newEffect(attempt, planned), planned.snapshot);
    const verdict = await deps.transaction(async (): Promise<IntentVerdict> => {
      await deps.effects.lockCounts(questionOf(attempt));
      const gate = await effectGate(attempt, planned.plan.count);
      if (gate?.type === 'budget' || (gate !== null && approval === null && mandate === null)) return gate;
      if (approval !== null) {
        const { id, hash } = approval;
        if (!(await deps.approvals.use({ organizationId, id, hash }))) return { type: 'approval_invalid', approval };
      }
      const rows = Math.max(1, planned.plan.count);
      if (mandate !== null && !(await deps.mandates.use({ organizationId, id: mandate.id, rows, now: deps.clock() }))) {
        return { type: 'mandate_over' };
      }
      await deps.effects.insert(sealed, new Date(deps.clock().getTime() + deps.snapshotDays * dayMs));
      isInserted = true;
      await record.writeIntended(connection, call.arguments, basisOf(approval, mandate));
      return { type: 'committed' };
    });
    if (verdict.type === 'committed') await deps.durable();
    return verdict;
  } catch (error) {
    deps.log.error({ err: error, callId: request.callId }, 'the intent of a call could not be stored');
    // What could not be inserted may be there all the same: of another process that makes the same call.
    if (isInserted) await giveUp(attempt);
    return { type: 'unavailable' };
  }
}

export function basisOf(approval: Approval | null, mandate: Mandate | null): CallBasis {
  if (approval !== null) return { approval: approval.id };
  return mandate === null ? {} : { mandate: mandate.id };
}

/** Where the intent was stored after all, it is closed: it will not be sent. */
async function giveUp({ deps, request, run }: Attempt): Promise<void> {
  const { organizationId } = run.identity.actor;
  const end = { state: 'failed', happened: false, code: 'AUDIT_UNAVAILABLE', nextTryAt: null } as const;
  await deps.effects.end({ organizationId, id: request.callId, ...end }).catch(() => false);
}

/** What stands in the way of changing so many records more: a used-up budget, or the bound up to which nobody is asked. */
export async function effectGate(attempt: Attempt, rows: number): Promise<EffectGate | null> {
  const { deps, run, allowed } = attempt;
  const { tool, personas } = allowed;
  const budget = narrowedEffects(tool, personas);
  const bound = boundOf(narrowedPolicy(tool, personas));
  if (bound === null && budget.run === null && budget.hour === null && budget.day === null) return null;
  const counts = await deps.effects.counts(questionOf(attempt), deps.clock());
  const used = usedUpBudget({ tool: tool.name, rows, counts, budget, allowance: run.ledger.allowance });
  if (used !== null) return { type: 'budget', used };
  return bound !== null && counts.run + rows > bound ? { type: 'bound' } : null;
}

function questionOf({ run, allowed }: Attempt) {
  const { actor, persona, runId } = run.identity;
  return { organizationId: actor.organizationId, personaId: persona.id, tool: allowed.tool.name, runId };
}

function newEffect(attempt: Attempt, { plan }: PlannedChange): NewEffect {
  const { deps, request, run, allowed } = attempt;
  const { actor, persona, channel, conversationId, runId, messageId } = run.identity;
  return {
    id: request.callId,
    organizationId: actor.organizationId,
    kind: 'call',
    undoes: null,
    personaId: persona.id,
    personaVersion: persona.version,
    tool: allowed.tool.name,
    channel,
    conversationId,
    runId,
    messageId,
    actorKind: actor.kind,
    actorId: actor.id,
    connectionId: allowed.connection.id,
    approvalId: approvalOf(attempt)?.id ?? null,
    rows: plan.count,
    arguments: allowed.call.arguments,
    processId: deps.processId,
  };
}
