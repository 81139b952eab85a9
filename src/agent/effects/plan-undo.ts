import type { AuditLog } from '#audit/audit-event.ts';
import type { Actor } from '#auth/actor.ts';
import type { ChangePlan } from '#integrations/change-plan.ts';
import type { UndoHooks } from '#integrations/tool-definition.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import type { Logger } from '#log';
import { type Scrub, scrubJson } from '#vault/scrub.ts';
import type { Approval, Question } from '../approvals/approval.ts';
import type { Effect } from './effect.ts';
import { effectEvent } from './effect-event.ts';
import type { NewEffect } from './effect-store.ts';
import { type ReachDeps, type Reached, visit } from './reach-call.ts';
import { type UndoFacts, whyNotPossible } from './undo-facts.ts';

export interface PlanningDeps extends ReachDeps {
  readonly audit: Pick<AuditLog, 'append'>;
  readonly scrub: Scrub;
  readonly processId: string;
  readonly log: Logger;
}

/** Somebody who takes a call back, under an id of its own. */
export interface UndoAttempt {
  readonly id: string;
  readonly actor: Actor;
  /** Where they ask for it. */
  readonly channel: string;
  readonly facts: UndoFacts;
  readonly approval: Approval | null;
}

/** An undo whose way is free, as far as anybody knows. */
export interface PlannedUndo extends UndoAttempt {
  readonly reached: Reached;
  readonly hooks: UndoHooks;
  readonly snapshot: unknown;
  readonly plan: ChangePlan;
}

/** `passing`: trying again later may help. */
export type UndoRefusal = { readonly type: 'refused'; readonly message: string; readonly passing: boolean };

const timeoutMs = 30_000;

/**
 * Reads upstream what would be restored, and whether anything stands in the way. A row of the audit comes before the first
 * request, and one more when it ends here.
 */
export async function planUndo(
  deps: PlanningDeps,
  attempt: UndoAttempt,
): Promise<{ readonly type: 'planned'; readonly undo: PlannedUndo } | UndoRefusal> {
  const { facts } = attempt;
  const ready = readyOf(facts);
  if (ready === null)
    return { type: 'refused', message: whyNotPossible(facts) ?? 'It cannot be taken back.', passing: false };
  const row = undoEffect(deps, attempt);
  await deps.audit.append(effectEvent(row, { action: 'tool.planned', body: {} }), 'stored');
  const found = await look(deps, ready);
  if (found.type === 'planned') return { type: 'planned', undo: { ...attempt, ...ready, plan: found.plan } };
  const { message, code } = found;
  await deps.audit.append(effectEvent(row, { action: 'undo.failed', code, body: { error: message } }));
  return { type: 'refused', message, passing: passingCodes.includes(code) };
}

const passingCodes: readonly string[] = ['UPSTREAM_UNAVAILABLE', 'RATE_LIMITED', 'CALL_FAILED'];

type Ready = Pick<PlannedUndo, 'reached' | 'hooks' | 'snapshot'>;

function readyOf(facts: UndoFacts): Ready | null {
  const { reach, snapshot } = facts;
  if (whyNotPossible(facts) !== null || !reach.ok || snapshot === null) return null;
  const hooks = reach.call.change?.undo ?? null;
  return hooks === null ? null : { reached: reach, hooks, snapshot: snapshot.content };
}

type Look =
  | { readonly type: 'planned'; readonly plan: ChangePlan }
  | { readonly type: 'obstacle'; readonly message: string; readonly code: string };

async function look(deps: PlanningDeps, { reached, hooks, snapshot }: Ready): Promise<Look> {
  try {
    return await visit(deps, { reached, timeoutMs }, async (context): Promise<Look> => {
      const obstacle = await hooks.obstacle(context, snapshot);
      if (obstacle !== null) return { type: 'obstacle', message: deps.scrub(obstacle), code: 'UNDO_REFUSED' };
      return { type: 'planned', plan: scrubJson(deps.scrub, await hooks.plan(context, snapshot)) as ChangePlan };
    });
  } catch (error) {
    const { code, message } = failureOf(deps, error);
    return { type: 'obstacle', message: `It could not be looked up what would be restored: ${message}`, code };
  }
}

/** What went wrong while the service was asked, in words that are safe to show. */
export function failureOf({ log, scrub }: Pick<PlanningDeps, 'log' | 'scrub'>, error: unknown) {
  if (error instanceof UpstreamError) return { code: error.code, message: scrub(error.message) };
  log.error({ err: error }, 'an undo failed in a way it should not');
  return { code: 'CALL_FAILED' as const, message: 'Something went wrong inside the service.' };
}

export function questionOf({ facts, plan }: Pick<PlannedUndo, 'facts' | 'plan'>): Question {
  const { effect, tool } = facts;
  const title = `Take back “${tool?.title ?? effect.tool}”`;
  return { kind: 'undo', tool: effect.tool, arguments: effect.arguments, plan, title };
}

/** The undo as an effect of its own: by whoever takes back, in the place of the call that is taken back. */
export function undoEffect({ processId }: Pick<PlanningDeps, 'processId'>, attempt: UndoAttempt): NewEffect {
  const { id, actor, channel, facts, approval } = attempt;
  const { effect } = facts;
  const place = placeOf(effect);
  return {
    ...place,
    id,
    kind: 'undo',
    undoes: effect.id,
    channel,
    actorKind: actor.kind,
    actorId: actor.id,
    approvalId: approval?.id ?? null,
    processId,
  };
}

function placeOf(effect: Effect) {
  const { organizationId, personaId, personaVersion, tool, conversationId, runId, messageId } = effect;
  const { connectionId, rows, arguments: args } = effect;
  return {
    organizationId,
    personaId,
    personaVersion,
    tool,
    conversationId,
    runId,
    messageId,
    connectionId,
    rows,
    arguments: args,
  };
}
