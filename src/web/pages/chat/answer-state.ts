import type { ChatMessage, ConversationDetailView } from '#channels/http/contract/conversations.ts';

/* What the messages of a conversation say about how its last answer stands. */

/** A stream that ends without one of these was cut: what the page shows may be incomplete. */
export function isFinal(status: string | undefined): boolean {
  return status !== undefined && status !== 'running';
}

/** Whether the last answer waits for a person. */
export function waitsForDecision(messages: readonly ChatMessage[]): boolean {
  const last = messages.at(-1);
  return last?.role === 'assistant' && last.metadata?.status === 'waiting';
}

/** Whether the service still looks up what became of a call: its answer changes once that is found out. */
export function hasUnknownOutcome(messages: readonly ChatMessage[]): boolean {
  return messages.some(({ metadata }) =>
    Object.values(metadata?.calls ?? {}).some(
      ({ outcome, isEffect = false, reconciled = false }) => outcome === 'outcome_unknown' && isEffect && !reconciled,
    ),
  );
}

/**
 * What the service has, and after it the answer that is shown and left out there, because it is being written: it is about
 * to be sent again from its beginning, and until then nobody should see it go.
 */
export function withHeldAnswer(current: ConversationDetailView, held: readonly ChatMessage[]): ChatMessage[] {
  const last = held.at(-1);
  const left = last?.role === 'assistant' && !current.messages.some(({ id }) => id === last.id);
  return current.conversation.running && left ? [...current.messages, last] : [...current.messages];
}

export function isSame(one: readonly ChatMessage[], other: readonly ChatMessage[]): boolean {
  return one.length === other.length && one.every((message, index) => describe(message) === describe(other[index]));
}

/** Without what only a stream leaves behind in a message and the service does not keep. */
function describe(message: ChatMessage | undefined): string {
  if (message === undefined) return '';
  const parts = message.parts.map((part) =>
    'toolCallId' in part ? [part.type, part.toolCallId, part.state] : part.type,
  );
  const texts = message.parts.map((part) => (part.type === 'text' ? part.text : ''));
  const { status, waitingFor, calls } = message.metadata ?? {};
  return JSON.stringify([message.id, message.role, parts, texts, status, waitingFor, sorted(calls)]);
}

function sorted(calls: NonNullable<ChatMessage['metadata']>['calls']) {
  return Object.entries(calls ?? {})
    .map(([id, { outcome, reconciled = false, undone = false }]) => [id, outcome, reconciled, undone].join(' '))
    .sort();
}

/** The approvals of an answer that waits: those its calls show in their places, and the others, such as budgets. */
export function approvalsOf(message: ChatMessage): {
  readonly ofCalls: readonly string[];
  readonly others: readonly string[];
} {
  const ofCalls = message.parts.flatMap((part) => {
    const id = 'toolCallId' in part && part.state === 'approval-requested' ? part.approval?.id : undefined;
    return id === undefined ? [] : [id];
  });
  const others = (message.metadata?.waitingFor ?? []).filter((id) => !ofCalls.includes(id));
  return { ofCalls, others };
}
