import type { CallErrorCode } from './denials.ts';

export const runStatuses = [
  'running',
  'waiting',
  'succeeded',
  'stopped',
  'failed',
  'interrupted',
  'budget_exceeded',
] as const;
export type RunStatus = (typeof runStatuses)[number];

/** Why a run did not end with a full answer. */
export const runFaultCodes = [
  'MODEL_UNAVAILABLE',
  'MODEL_UNAUTHORIZED',
  'MODEL_RATE_LIMITED',
  'MODEL_REQUEST_REFUSED',
  'MODEL_INTERRUPTED',
  'MODEL_EMPTY',
  'MODEL_LENGTH',
  'MODEL_CONTENT_FILTER',
  'STOPPED',
  'BUDGET_EXCEEDED',
  'AUDIT_UNAVAILABLE',
  'SERVICE_STOPPED',
  'PERSONA_UNAVAILABLE',
  'INTERNAL',
] as const;
export type RunFaultCode = (typeof runFaultCodes)[number];

export interface RunFault {
  readonly code: RunFaultCode;
  /** Plain words: what happened, why, what to do next. */
  readonly message: string;
}

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What stands where a tool's result would. `durationMs` is null when the call was never sent. */
export type CallResult =
  | { readonly ok: true; readonly output: unknown; readonly durationMs: number }
  | {
      readonly ok: false;
      readonly outcome: 'denied' | 'failed' | 'outcome_unknown';
      readonly code: CallErrorCode;
      readonly message: string;
      readonly durationMs: number | null;
    };

/** What is known of a call beside its result. */
export interface CallMarks {
  /** It was sent and changes something. */
  readonly isEffect?: boolean;
  /** Its unknown outcome was found out by reading back. */
  readonly reconciled?: boolean;
  readonly undone?: boolean;
}

export interface RunEnd {
  readonly status: Exclude<RunStatus, 'running' | 'waiting'>;
  readonly fault: RunFault | null;
  readonly usage: Usage;
  readonly steps: number;
}

/** Events after which a run sends nothing more, at least for now. */
export function isLast(event: RunEvent): boolean {
  return event.type === 'run-finished' || event.type === 'run-waiting';
}

/** Everything a channel or the store can learn of a run, in the order it happens. */
export type RunEvent =
  | {
      readonly type: 'run-started';
      readonly runId: string;
      readonly messageId: string;
      readonly personaVersion: string;
      readonly model: string;
    }
  | { readonly type: 'step-started' }
  | { readonly type: 'text-started'; readonly id: string }
  | { readonly type: 'text-delta'; readonly id: string; readonly delta: string }
  | { readonly type: 'text-ended'; readonly id: string }
  /** Comes again for a call that has waited and is made with other arguments now. */
  | { readonly type: 'call-requested'; readonly callId: string; readonly tool: string; readonly input: unknown }
  | {
      readonly type: 'call-finished';
      readonly callId: string;
      readonly tool: string;
      readonly result: CallResult;
      readonly marks?: CallMarks;
    }
  /** The call was not sent: it waits for a person. */
  | { readonly type: 'call-waiting'; readonly callId: string; readonly tool: string; readonly approvalId: string }
  | { readonly type: 'step-finished' }
  /** The run is stored and goes on once all of its questions are decided; nothing follows this. */
  | { readonly type: 'run-waiting'; readonly approvals: readonly string[]; readonly usage: Usage }
  | ({ readonly type: 'run-finished' } & RunEnd);

export type EmitRunEvent = (event: RunEvent) => void;
