import { placeOf, summarizeCall, withResult } from './build-message.ts';
import type { AnswerAmendments, CallAmendment } from './conversation-store.ts';
import type { CallSummary, StoredMessage } from './stored-message.ts';

export interface ChangeableMessages {
  changeMessage(
    key: { readonly organizationId: string; readonly conversationId: string; readonly id: string },
    change: (message: StoredMessage) => StoredMessage | null,
  ): Promise<'changed' | 'busy' | 'gone'>;
}

/** Tells conversations what became of a call later on. */
export function createAnswerAmendments(messages: ChangeableMessages): AnswerAmendments {
  return {
    async amendCall(amendment) {
      const { organizationId, conversationId, messageId: id } = amendment;
      const outcome = await messages.changeMessage({ organizationId, conversationId, id }, (message) =>
        amend(message, amendment),
      );
      return outcome === 'changed' ? 'amended' : outcome;
    },
  };
}

/** Null where the answer has no such call. */
function amend(message: StoredMessage, { callId, result, summary }: CallAmendment): StoredMessage | null {
  const index = placeOf(message.parts, callId);
  const part = message.parts[index];
  if (part === undefined || !('toolCallId' in part)) return null;
  const calls = message.metadata?.calls ?? {};
  const { code, ...before }: CallSummary = calls[callId] ?? { outcome: 'outcome_unknown', durationMs: null };
  const ended = result === undefined ? { ...before, ...(code === undefined ? {} : { code }) } : summarizeCall(result);
  return {
    ...message,
    parts: result === undefined ? message.parts : message.parts.with(index, withResult(part, result)),
    metadata: { ...message.metadata, calls: { ...calls, [callId]: { ...before, ...ended, ...summary } } },
  };
}
