import type { AuditEventView } from '#channels/http/contract/audit-events.ts';
import { closesCall } from '../../words.ts';

/** The name of the choice in the page's address: both rows of each call instead of one. */
export const bothRows = { name: 'rows', value: 'both' } as const;

/**
 * The events, newest first, without those that only open what another one of them closes: a call, or an export. A denial
 * never had an intent, so it hides none.
 */
export function oneRowPerCall(events: readonly AuditEventView[]): readonly AuditEventView[] {
  const closed = new Set<string>();
  return events.filter((event) => {
    const key = callOf(event);
    if (event.action === 'tool.intended') return !closed.has(key);
    if (event.action === 'audit.exported' && closed.has(key)) return false;
    if (closesCall(event) || event.action === 'audit.exported') closed.add(key);
    return true;
  });
}

/** A call id alone is not enough: older rows hold the model’s own, which it may use again in another run. */
function callOf({ id, conversationId, runId, callId }: AuditEventView): string {
  return callId === null ? id : [conversationId, runId, callId].join('\n');
}
