import type { AuditEventView } from '#channels/http/contract/audit-events.ts';
import { closesCall } from '../../words.ts';

/** The name of the choice in the page's address: every row of each call instead of its last one. */
export const bothRows = { name: 'rows', value: 'both' } as const;

type Action = AuditEventView['action'];

/** How far a call had come with an event; those left out do not lead to anything. */
const stages: Partial<Record<Action, number>> = {
  'audit.exported': 1,
  'tool.planned': 1,
  'approval.requested': 2,
  'tool.denied': 3,
  'tool.tried': 3,
  'approval.denied': 3,
  'approval.expired': 3,
  'approval.withdrawn': 3,
  'approval.fell': 3,
  'tool.intended': 4,
  'undo.intended': 4,
  'tool.outcome_unknown': 5,
  'undo.outcome_unknown': 5,
};
const refused = 3;
const closed = 6;

/**
 * The events, newest first, without those that only led to a later one: of a call, its undo, or an export. What was refused
 * never had an intent, so it hides none.
 */
export function oneRowPerCall(events: readonly AuditEventView[]): readonly AuditEventView[] {
  const reached = new Map<string, number>();
  return events.filter((event) => {
    const { action } = event;
    const stage = stages[action] ?? (closesCall(event) ? closed : null);
    if (stage === null) return true;
    const key = callOf(event);
    const later = reached.get(key) ?? 0;
    reached.set(key, Math.max(later, stage));
    return stage === closed || stage === refused || stage > later;
  });
}

/** A call id alone is not enough: older rows hold the model’s own, which it may use again in another run. */
function callOf({ id, conversationId, runId, callId }: AuditEventView): string {
  return callId === null ? id : [conversationId, runId, callId].join('\n');
}
