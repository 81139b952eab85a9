import type { ApprovalView } from '#channels/http/contract/approvals.ts';
import type { AuditEventView } from '#channels/http/contract/audit-events.ts';
import type { EffectView } from '#channels/http/contract/effects.ts';
import { closesCall, headlineOf } from '../../words.ts';
import { actorName } from './event-words.ts';

/* The life of one call, step by step, out of everything the pages can learn of it. */

export interface LifeStep {
  readonly key: string;
  readonly at: string;
  readonly text: string;
  readonly tone: 'plain' | 'good' | 'bad' | 'warn';
  /** The event that records it; null where the step is known otherwise. */
  readonly eventId: string | null;
}

interface Known {
  /** Those of the call and of its undo, in any order. */
  readonly events: readonly AuditEventView[];
  readonly effect: EffectView | null;
  /** Of the call; it tells who decided where the record of that is not the reader's. */
  readonly approval: ApprovalView | null;
  /** The id of the person who reads. */
  readonly you: string;
}

/** The steps in their order. What is recorded counts; what only the call itself or its approval knows is put in between. */
export function lifeOf({ events, effect, approval, you }: Known): readonly LifeStep[] {
  const sorted = events.toSorted((one, other) => one.seq - other.seq);
  const end = sorted.findIndex((event) => closesCall(event));
  const steps = sorted.map((event, index) => {
    const again = sorted
      .slice(0, index)
      .some(({ action, callId }) => action === event.action && callId === event.callId);
    return stepOf(event, { you, again, afterEnd: end !== -1 && index > end });
  });
  const has = (prefix: string) => sorted.some(({ action }) => action.startsWith(prefix));
  if (approval !== null && !has('approval.requested'))
    insert(steps, { at: approval.createdAt, text: 'Approval asked' });
  if (approval !== null && !has('approval.approved') && !has('approval.denied')) insertDecision(steps, approval, you);
  if (effect !== null && effect.sentAt !== null) insert(steps, { at: effect.sentAt, text: 'Sent' });
  return steps;
}

function insertDecision(steps: LifeStep[], { decidedBy, decidedAt, status }: ApprovalView, you: string): void {
  if (decidedBy === null || decidedAt === null) return;
  const who = decidedBy.id === you ? 'you' : decidedBy.name;
  const denied = status === 'denied';
  insert(steps, { at: decidedAt, text: `${denied ? 'Denied' : 'Approved'} by ${who}`, tone: denied ? 'bad' : 'good' });
}

/** After everything that was not later. */
function insert(steps: LifeStep[], step: Pick<LifeStep, 'at' | 'text'> & Partial<LifeStep>): void {
  const next = steps.findIndex(({ at }) => Date.parse(at) > Date.parse(step.at));
  const place = next === -1 ? steps.length : next;
  steps.splice(place, 0, { key: `${step.at} ${step.text}`, tone: 'plain', eventId: null, ...step });
}

type Words = Pick<LifeStep, 'text' | 'tone'>;
type Action = AuditEventView['action'];

const lookedUpForUndo: Words = { text: 'Undo: looked up what would be restored', tone: 'plain' };
const lookedUpAgain: Words = { text: 'Looked up again before it was sent', tone: 'plain' };

const words: Partial<Record<Action, (who: string, why: string) => Words>> = {
  'tool.planned': () => ({ text: 'Planned: looked up what would happen', tone: 'plain' }),
  'tool.tried': () => ({ text: 'Tried out: told what would happen, and not sent', tone: 'plain' }),
  'approval.requested': () => ({ text: 'Approval asked', tone: 'plain' }),
  'approval.edited': (who) => ({ text: `Arguments changed by ${who}`, tone: 'plain' }),
  'approval.approved': (who) => ({ text: `Approved by ${who}`, tone: 'good' }),
  'approval.denied': (who) => ({ text: `Denied by ${who}`, tone: 'bad' }),
  'approval.expired': () => ({ text: 'Approval expired: nobody decided in time', tone: 'warn' }),
  'approval.withdrawn': (who) => ({ text: `Withdrawn by ${who}`, tone: 'warn' }),
  'approval.fell': () => ({ text: 'Approval no longer valid: something has moved', tone: 'warn' }),
  'tool.intended': () => ({ text: 'Intended: recorded before it was sent', tone: 'plain' }),
  'tool.succeeded': () => ({ text: 'Succeeded', tone: 'good' }),
  'tool.failed': (_who, why) => ({ text: `Failed${why}`, tone: 'bad' }),
  'tool.denied': (_who, why) => ({ text: `Not sent${why}`, tone: 'warn' }),
  'tool.outcome_unknown': () => ({ text: 'Outcome unknown', tone: 'warn' }),
  'undo.intended': (who) => ({ text: `Undo begun by ${who}`, tone: 'plain' }),
  'undo.succeeded': (who) => ({ text: `Taken back by ${who}`, tone: 'good' }),
  'undo.failed': (_who, why) => ({ text: `Undo failed${why}`, tone: 'bad' }),
  'undo.outcome_unknown': () => ({ text: 'Undo: outcome unknown', tone: 'warn' }),
};

interface Around {
  readonly you: string;
  /** Whether the same step of the same call came before. */
  readonly again: boolean;
  readonly afterEnd: boolean;
}

function stepOf(event: AuditEventView, { you, again, afterEnd }: Around): LifeStep {
  const { id, at } = event;
  const { text, tone } = again && event.action === 'tool.planned' ? lookedUpAgain : wordsOf(event, you);
  // An undo is planned and asked for in the same words as a call; it comes after the call's end.
  if (afterEnd && event.action === 'tool.planned') return { key: id, at, eventId: id, ...lookedUpForUndo };
  const ofUndo = afterEnd && event.action.startsWith('approval.');
  return { key: id, at, eventId: id, tone, text: ofUndo ? `Undo: ${lowerFirst(text)}` : text };
}

function wordsOf({ action, actor, code }: AuditEventView, you: string): Words {
  if (action === 'tool.reconciled' || action === 'undo.reconciled') {
    const found = action === 'tool.reconciled' ? 'Found out afterwards' : 'Undo: found out afterwards';
    return code === 'NOT_HAPPENED'
      ? { text: `${found}: it was not done`, tone: 'warn' }
      : { text: `${found}: it was done`, tone: 'good' };
  }
  const name = actorName(actor, you);
  const headline = headlineOf(code);
  const why = headline === null ? '' : `: ${lowerFirst(headline)}`;
  return words[action]?.(name === 'You' ? 'you' : name, why) ?? { text: action, tone: 'plain' };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
