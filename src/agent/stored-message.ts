import type { Attachment } from './attachments.ts';
import type { RunFaultCode, RunStatus } from './run-events.ts';

/** One part of a message as it is stored and shown; the shapes are those of the AI SDK's UI messages. */
export type StoredPart =
  | { readonly type: 'text'; readonly text: string; readonly state?: 'streaming' | 'done' }
  | { readonly type: 'step-start' }
  /** Only in what a person has sent. */
  | { readonly type: 'data-attachment'; readonly data: Attachment }
  | {
      readonly type: `tool-${string}`;
      readonly toolCallId: string;
      readonly state: 'input-available';
      readonly input: unknown;
    }
  | {
      readonly type: `tool-${string}`;
      readonly toolCallId: string;
      readonly state: 'approval-requested';
      readonly input: unknown;
      readonly approval: { readonly id: string };
    }
  | {
      readonly type: `tool-${string}`;
      readonly toolCallId: string;
      readonly state: 'output-available';
      readonly input: unknown;
      readonly output: unknown;
    }
  | {
      readonly type: `tool-${string}`;
      readonly toolCallId: string;
      readonly state: 'output-error';
      readonly input: unknown;
      readonly errorText: string;
    };

export type StoredCallPart = Extract<StoredPart, { toolCallId: string }>;

/** How one call went, by tool call id. */
export interface CallSummary {
  readonly outcome: 'succeeded' | 'failed' | 'denied' | 'outcome_unknown';
  /** Denial or upstream code, e.g. APPROVAL_REQUIRED; absent when the call succeeded. */
  readonly code?: string;
  readonly durationMs: number | null;
  /** Set for calls that change something: their life and a possible undo are at /api/v1/effects/<tool call id>. */
  readonly isEffect?: boolean;
  /** Set once an unknown outcome was found out by reading back. */
  readonly reconciled?: boolean;
  /** Set once the call was taken back. */
  readonly undone?: boolean;
}

export interface StoredMetadata {
  readonly runId?: string;
  readonly personaVersion?: string;
  readonly model?: string;
  readonly calls?: Readonly<Record<string, CallSummary>>;
  readonly status?: RunStatus;
  /** The approvals a waiting run waits for, in the order they were asked. */
  readonly waitingFor?: readonly string[];
  /** A stable code for why the run did not end well. */
  readonly code?: RunFaultCode;
  /** The same in plain words; shown below the message. */
  readonly notice?: string;
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
}

export interface StoredMessage {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly parts: readonly StoredPart[];
  readonly metadata: StoredMetadata | null;
}
