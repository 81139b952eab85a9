import { randomUUID } from 'node:crypto';
import type { Actor } from '#auth/actor.ts';
import { AppError } from '#errors';
import type { Restored } from '#integrations/change-plan.ts';
import { type Approval, hashQuestion } from '../approvals/approval.ts';
import { approvalEvent, service } from '../approvals/approval-events.ts';
import type { ApprovalStore, NewApproval } from '../approvals/approval-store.ts';
import type { AskApproval } from '../approvals/ask-approval.ts';
import { describeMoved } from '../approvals/describe-moved.ts';
import { approvalRuleFor } from '../narrow-persona.ts';
import type { Effect } from './effect.ts';
import { type PlannedUndo, planUndo, questionOf, type UndoAttempt } from './plan-undo.ts';
import { type SendingDeps, sendUndo } from './send-undo.ts';
import {
  askedFor,
  gatherUndoFacts,
  isTheirs,
  maySeeEffect,
  needsApproval,
  type UndoSources,
  whyNotPossible,
  whyNotTheirs,
} from './undo-facts.ts';
import { describeEffect, type EffectSight } from './undo-sight.ts';

export interface UndoServiceDeps
  extends Omit<SendingDeps, 'clock' | 'approvals'>,
    Omit<UndoSources, 'clock' | 'approvals'> {
  readonly approvals: Pick<ApprovalStore, 'ofRun' | 'use' | 'end'>;
  /** Joins the transaction it is called in, and tells nobody: `onChange` does. */
  readonly ask: AskApproval;
  /** Inside a transaction: nobody else who locks the same name gets further until it ends. */
  readonly lock: (name: string) => Promise<void>;
  /** A member with the rights of this moment; null once they have left. */
  readonly people: { find(organizationId: string, id: string): Promise<Actor | null> };
  /** Told that there is a new approval, or that one is used or over. */
  readonly onChange: (organizationId: string) => void;
  readonly clock?: () => Date;
}

export interface UndoResult {
  readonly status: 'done' | 'waiting_for_approval' | 'outcome_unknown';
  /** What happened and what to do next, in plain words. */
  readonly message: string;
  readonly approvalId: string | null;
  readonly restored: Restored | null;
}

export interface UndoService {
  /** Throws AppError NOT_FOUND for what is not there or not the actor’s to see. */
  view(actor: Actor, effectId: string): Promise<EffectSight>;
  /**
   * `channel`: where it is asked for, if neither on the pages nor with an API key. Throws AppError: NOT_FOUND, FORBIDDEN,
   * or UNDO_REFUSED with why it cannot be taken back.
   */
  undo(actor: Actor, effectId: string, channel?: string): Promise<UndoResult>;
  /** Takes back what an approved undo is about; however often it is asked, once. Refusals are recorded, not thrown. */
  perform(approval: Approval): Promise<UndoResult | { readonly status: 'refused'; readonly message: string }>;
}

type Deps = UndoServiceDeps & Required<Pick<UndoServiceDeps, 'clock'>>;

export function createUndoService(given: UndoServiceDeps): UndoService {
  const deps: Deps = { ...given, clock: given.clock ?? (() => new Date()) };
  return {
    async view(actor, effectId) {
      const effect = await requireVisible(deps, actor, effectId);
      const facts = await gatherUndoFacts(deps, effect);
      return describeEffect(deps, facts, actor);
    },
    undo: (actor, effectId, channel = channelOf(actor)) => undo(deps, { actor, effectId, channel }),
    perform: (approval) => perform(deps, approval),
  };
}

async function requireVisible({ store }: Deps, actor: Actor, id: string): Promise<Effect> {
  const effect = await store.find(actor.organizationId, id);
  if (effect !== null && maySeeEffect(actor, effect)) return effect;
  throw new AppError('NOT_FOUND', 'There is no such call.');
}

function channelOf({ apiKey }: Actor): string {
  return apiKey === null ? 'web' : 'api';
}

interface Asking {
  readonly actor: Actor;
  readonly effectId: string;
  readonly channel: string;
}

async function undo(deps: Deps, { actor, effectId, channel }: Asking): Promise<UndoResult> {
  const effect = await requireVisible(deps, actor, effectId);
  const facts = await gatherUndoFacts(deps, effect);
  const notTheirs = whyNotTheirs(actor, facts);
  if (notTheirs !== null) throw new AppError('FORBIDDEN', notTheirs);
  const notPossible = whyNotPossible(facts);
  if (notPossible !== null) throw refused(notPossible);
  if (facts.asked?.status === 'pending') return waiting(facts.asked.id);
  if (facts.asked !== null) return orThrow(await perform(deps, facts.asked));
  const planned = await planUndo(deps, { id: randomUUID(), actor, channel, facts, approval: null });
  if (planned.type === 'refused') throw refused(planned.message);
  return needsApproval(facts) ? ask(deps, planned.undo) : orThrow(await send(deps, planned.undo));
}

type Performed = Awaited<ReturnType<UndoService['perform']>>;

function orThrow(performed: Performed): UndoResult {
  if (performed.status === 'refused') throw refused(performed.message);
  return performed;
}

function refused(message: string): AppError {
  return new AppError('UNDO_REFUSED', message);
}

/** One approval for one call, however many ask at once. */
async function ask(deps: Deps, undo: PlannedUndo): Promise<UndoResult> {
  const { effect } = undo.facts;
  const approval = newApproval(deps, undo);
  const id = await deps.transaction(async () => {
    await deps.lock(`undo of ${JSON.stringify([effect.organizationId, effect.id])}`);
    const earlier = await askedFor(deps, effect, deps.clock());
    if (earlier !== null) return earlier.id;
    await deps.ask(approval, { actor: undo.actor, prompt: '' });
    return approval.id;
  });
  await deps.durable();
  deps.onChange(effect.organizationId);
  return waiting(id);
}

function newApproval({ clock }: Deps, undo: PlannedUndo): NewApproval {
  const { actor, channel, facts, reached } = undo;
  const { effect, persona, snapshot } = facts;
  const rule = approvalRuleFor(reached.tool, persona ?? { approvers: {} });
  const question = questionOf(undo);
  const inTime = clock().getTime() + rule.hours * 3_600_000;
  return {
    id: randomUUID(),
    organizationId: effect.organizationId,
    conversationId: effect.conversationId,
    runId: effect.runId,
    callId: effect.id,
    personaId: effect.personaId,
    personaVersion: persona?.version ?? effect.personaVersion,
    channel,
    connectionId: effect.connectionId,
    requesterId: actor.id,
    editorId: null,
    question,
    hash: hashQuestion(question),
    approvers: rule.people,
    fourEyes: rule.fourEyes,
    managersOnly: false,
    expiresAt: new Date(Math.min(inTime, snapshot?.expiresAt.getTime() ?? inTime)),
  };
}

function waiting(approvalId: string): UndoResult {
  const message = 'A person has to approve this first. It is taken back as soon as somebody does.';
  return { status: 'waiting_for_approval', message, approvalId, restored: null };
}

async function perform(deps: Deps, approval: Approval): Promise<Performed> {
  const { organizationId, callId, question, status, expiresAt, channel } = approval;
  if (question.kind !== 'undo' || status !== 'approved') return { status: 'refused', message: 'It is not approved.' };
  if (expiresAt <= deps.clock()) return { status: 'refused', message: 'Nobody used the approval in time.' };
  const effect = callId === null ? null : await deps.store.find(organizationId, callId);
  const actor = await deps.people.find(organizationId, approval.requesterId);
  if (effect === null) return fall(deps, approval, 'There is no such call any more.');
  if (actor === null) return fall(deps, approval, 'Whoever asked to take it back has left the organization.');
  if (!isTheirs(actor, effect)) return fall(deps, approval, 'Whoever asked to take it back may not do that any more.');
  const attempt = { id: randomUUID(), actor, channel, facts: await gatherUndoFacts(deps, effect), approval };
  const notTheirs = whyNotTheirs(actor, attempt.facts);
  return notTheirs === null ? performPlanned(deps, attempt, approval) : fall(deps, approval, notTheirs);
}

async function performPlanned(deps: Deps, attempt: UndoAttempt, approval: Approval): Promise<Performed> {
  const planned = await planUndo(deps, attempt);
  if (planned.type === 'refused') {
    // What passes by itself leaves the approval as it is: it is tried again.
    if (planned.passing) return { status: 'refused', message: planned.message };
    return fall(deps, approval, planned.message);
  }
  const question = questionOf(planned.undo);
  if (hashQuestion(question) === approval.hash) return send(deps, planned.undo);
  const moved = approval.question.kind === 'undo' ? describeMoved(approval.question.plan, planned.undo.plan) : '';
  return fall(deps, approval, `Since the approval, ${moved}.`);
}

/** The approval is over; whoever looks at it is told why. */
async function fall(deps: Deps, approval: Approval, reason: string): Promise<Performed> {
  const { organizationId, id, question } = approval;
  await deps.transaction(async () => {
    if (!(await deps.approvals.end({ organizationId, id, status: 'void', reason }))) return;
    const row = { action: 'approval.fell', approval, question, by: service, details: { reason } } as const;
    await deps.audit.append(approvalEvent(row));
  });
  await deps.durable();
  deps.onChange(organizationId);
  return { status: 'refused', message: `${reason} So nothing was restored. Ask again if it is still wanted.` };
}

async function send(deps: Deps, undo: PlannedUndo): Promise<Performed> {
  const end = await sendUndo(deps, undo);
  if (undo.approval !== null) deps.onChange(undo.facts.effect.organizationId);
  switch (end.type) {
    case 'done':
      return { status: 'done', message: doneWords(undo, end.restored), approvalId: null, restored: end.restored };
    case 'unknown':
      return { status: 'outcome_unknown', message: unknownWords, approvalId: null, restored: null };
    case 'taken':
      return { status: 'refused', message: await takenWords(deps, undo) };
    default:
      return { status: 'refused', message: `Nothing was restored. ${end.message}` };
  }
}

const unknownWords =
  'The request was sent, but no answer came back: nobody knows yet whether it was restored. It is being looked up, and what is found out is shown here.';

function doneWords({ facts }: PlannedUndo, { notRestored }: Restored): string {
  const done = `What “${facts.tool?.title ?? facts.effect.tool}” had done was taken back.`;
  if (notRestored.length === 0) return done;
  return `${done} Not everything could be restored: ${notRestored.map(({ what }) => what).join(', ')}.`;
}

async function takenWords(deps: Deps, { facts }: PlannedUndo): Promise<string> {
  const now = await gatherUndoFacts(deps, facts.effect);
  return whyNotPossible(now) ?? 'The approval was used already. Ask again if it is still wanted.';
}
