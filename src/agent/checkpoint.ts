import type { Actor } from '#auth/actor.ts';
import type { Persona } from '#personas/persona-schema.ts';
import type { StepPart } from './model-step.ts';
import type { Usage } from './run-events.ts';

/** What people have allowed a run beyond its budgets. */
export interface Allowance {
  readonly steps: number;
  readonly calls: number;
  readonly seconds: number;
  readonly tokens: number;
  /** By the budget's and the tool's name, e.g. `effects_day ninox_delete_record`. */
  readonly effects: Readonly<Record<string, number>>;
}

export const noAllowance: Allowance = { steps: 0, calls: 0, seconds: 0, tokens: 0, effects: {} };

/** A call that was asked for and not sent: it goes through the guard again once its approval is decided. */
export interface PendingCall {
  readonly callId: string;
  readonly modelCallId: string;
  readonly tool: string;
  readonly rawInput: string;
  readonly words: string;
  readonly approvalId: string;
}

/**
 * All that a process needs to go on with a run that waits for a person. JSON. The results of earlier calls are not in
 * here: they are the parts of the stored answer.
 */
export interface Checkpoint {
  readonly version: 1;
  /** How often a process was lost that had taken the run up; absent where none was. */
  readonly lost?: number;
  readonly actor: Actor;
  /** As the run began with it. */
  readonly persona: Persona;
  readonly model: string;
  /** The person's message. */
  readonly prompt: string;
  readonly steps: number;
  readonly usage: Usage;
  /** What the model said in each step of this run, with what its provider wants to see again. */
  readonly turns: readonly (readonly StepPart[])[];
  readonly pending: readonly PendingCall[];
  /** Everything that must be decided first: of pending calls, or of a budget of the whole run. */
  readonly waitingFor: readonly string[];
  readonly ledger: {
    readonly calls: number;
    readonly seenCallIds: readonly string[];
    /** Worked so far, without the waiting. */
    readonly spentMs: number;
    readonly outsideText: string | null;
    readonly allowance: Allowance;
  };
}
