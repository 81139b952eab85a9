/**
 * The life of a call that changes something. `intended` and `sent` are open; `outcome_unknown` is looked up until it is
 * `reconciled`; the others are how it ended.
 */
export const effectStates = ['intended', 'sent', 'succeeded', 'failed', 'outcome_unknown', 'reconciled'] as const;
export type EffectState = (typeof effectStates)[number];

export const effectEvents = ['send', 'succeed', 'fail', 'lose', 'reconcile'] as const;
/** `lose`: nobody knows what became of it, because the answer or the process is lost. */
export type EffectEvent = (typeof effectEvents)[number];

const transitions: Readonly<Record<EffectState, Partial<Record<EffectEvent, EffectState>>>> = {
  intended: { send: 'sent', fail: 'failed', lose: 'outcome_unknown' },
  sent: { succeed: 'succeeded', fail: 'failed', lose: 'outcome_unknown' },
  outcome_unknown: { reconcile: 'reconciled' },
  succeeded: {},
  failed: {},
  reconciled: {},
};

/** The next state, or null where the event cannot happen: no call is sent twice, and nothing leaves an end. */
export function nextEffectState(state: EffectState, event: EffectEvent): EffectState | null {
  return transitions[state][event] ?? null;
}

/** The states an event may come from. */
export function statesBefore(event: EffectEvent): readonly EffectState[] {
  return effectStates.filter((state) => nextEffectState(state, event) !== null);
}

export interface Effect {
  /** The call's id; an undo has one of its own. */
  readonly id: string;
  readonly organizationId: string;
  readonly kind: 'call' | 'undo';
  /** For an undo, the call it takes back. */
  readonly undoes: string | null;
  readonly state: EffectState;
  /** Whether it had its effect; null as long as nobody knows. */
  readonly happened: boolean | null;
  readonly personaId: string;
  readonly personaVersion: string;
  readonly tool: string;
  readonly channel: string;
  readonly conversationId: string;
  readonly runId: string;
  /** The message whose part shows the call. */
  readonly messageId: string;
  readonly actorKind: 'user' | 'visitor' | 'schedule' | 'key';
  readonly actorId: string;
  readonly connectionId: string;
  readonly approvalId: string | null;
  readonly rows: number;
  readonly arguments: unknown;
  readonly code: string | null;
  readonly processId: string;
  readonly intendedAt: Date;
  readonly sentAt: Date | null;
  readonly endedAt: Date | null;
  readonly reconciledAt: Date | null;
  readonly tries: number;
}

/** `held` can be used for one undo; `erased` has expired. */
export const snapshotStates = ['held', 'restoring', 'restored', 'erased'] as const;
export type SnapshotState = (typeof snapshotStates)[number];

export interface Snapshot {
  readonly callId: string;
  readonly organizationId: string;
  readonly state: SnapshotState;
  readonly undoId: string | null;
  readonly expiresAt: Date;
  /** JSON of the tool's own shape; undefined once erased. */
  readonly content: unknown;
}
