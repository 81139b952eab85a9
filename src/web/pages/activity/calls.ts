import type { AuditEventView } from '#channels/http/contract/audit-events.ts';
import { closesCall } from '../../words.ts';

/** The name of the choice in the page's address: both rows of each call instead of one. */
export const bothRows = { name: 'rows', value: 'both' } as const;

/** The events without the intents whose outcome is among them. A denial never had an intent, so it hides none. */
export function oneRowPerCall(events: readonly AuditEventView[]): readonly AuditEventView[] {
  const closed = new Set(events.filter(closesCall).map(callOf));
  return events.filter((event) => event.action !== 'tool.intended' || !closed.has(callOf(event)));
}

/** A call id alone is not enough: older rows hold the model’s own, which it may use again in another run. */
function callOf({ conversationId, runId, callId }: AuditEventView): string {
  return [conversationId, runId, callId].join('\n');
}
