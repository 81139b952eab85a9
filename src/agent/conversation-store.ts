import type { Actor } from '#auth/actor.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { CallResult, RunEnd, Usage } from './run-events.ts';
import type { CallSummary, StoredMessage } from './stored-message.ts';

/** Whose a conversation is: an actor's, or a place's where several people write to it. */
export interface ConversationOwner {
  readonly organizationId: string;
  readonly id: string;
}

export interface NewRun {
  readonly id: string;
  /** The id of the message the run writes. */
  readonly messageId: string;
  readonly personaId: string;
  readonly personaVersion: string;
  readonly model: string;
  readonly jobRunId: string | null;
  readonly trial: boolean;
}

export interface RunStart {
  readonly actor: Actor;
  readonly conversation: {
    readonly id: string;
    /** Whose it is: the actor's, or a place's where several people write to it. */
    readonly ownerId: string;
    readonly personaId: string;
    readonly channel: string;
    readonly place: string | null;
    readonly title: string;
  };
  readonly message: StoredMessage;
  readonly run: NewRun;
  readonly processId: string;
  /** Where text from outside came in with the message; null where it holds none. */
  readonly outsideText: string | null;
}

export type RunStartOutcome =
  /** `outsideText`: where text from outside was read in the conversation so far, the message included. */
  | { readonly outcome: 'started'; readonly outsideText: string | null }
  | { readonly outcome: 'busy' | 'waiting' | 'duplicate_message' | 'other_persona' | 'not_yours' };

/** A run with its answer, in the hands of a process: `processId` null is what a run has that none has. */
export interface RunAnswer {
  readonly organizationId: string;
  readonly conversationId: string;
  readonly runId: string;
  readonly processId: string | null;
  readonly outsideText: string | null;
  readonly answer: StoredMessage;
}

/** What a run has used so far. */
export interface RunUse {
  readonly steps: number;
  readonly usage: Usage;
}

/** A run that waited and was taken up, with what it had answered. */
export interface ClaimedRun {
  readonly run: {
    readonly id: string;
    readonly organizationId: string;
    readonly conversationId: string;
    readonly messageId: string;
    readonly personaVersion: string;
    readonly model: string;
    readonly channel: string;
    readonly place: string | null;
    readonly jobRunId: string | null;
    readonly trial: boolean | null;
    readonly actorKind: string;
    readonly actorId: string;
    readonly outsideText: string | null;
    readonly steps: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly checkpoint: object | null;
  };
  /** Whose the conversation is. */
  readonly ownerId: string;
  readonly answer: StoredMessage | null;
}

/**
 * Where conversations and runs are kept. A conversation of another organization or owner is answered as if it were not
 * there and can never be written. What is written of a run is refused, by false, once its process has it no more.
 */
export interface ConversationStore {
  find(
    owner: ConversationOwner,
    conversationId: string,
  ): Promise<{ readonly personaId: string; readonly channel: string; readonly activeRunId: string | null } | null>;
  /** How many conversations of the actor wait for a person. */
  countWaiting(actor: Actor): Promise<number>;
  /** One transaction: the conversation exists, is claimed by this run, and holds the message. */
  startRun(start: RunStart): Promise<RunStartOutcome>;
  /** All messages in their order. */
  messages(organizationId: string, conversationId: string): Promise<readonly StoredMessage[]>;
  /** The ids of those messages that were answered on behalf of this actor. */
  answersFor(actor: Actor, conversationId: string): Promise<ReadonlySet<string>>;
  /** Inserts or replaces the answer being written. From here on the run cannot be put back to where it waited. */
  saveAnswer(answer: RunAnswer & RunUse): Promise<boolean>;
  /** One transaction: answer and checkpoint, and the run waits. */
  suspendRun(
    suspension: RunAnswer & RunUse & { readonly checkpoint: Checkpoint; readonly processId: string },
  ): Promise<boolean>;
  /** One transaction: a run that waits runs again, for one caller in any number of processes; null for the others. */
  claimRun(run: {
    readonly organizationId: string;
    readonly id: string;
    readonly processId: string;
  }): Promise<ClaimedRun | null>;
  /** One transaction: the final answer, the run's end, and the conversation free for the next message. */
  finishRun(finish: RunAnswer & { readonly end: RunEnd }): Promise<boolean>;
}

/** What a stored answer shows of one call, changed after its run went on or ended. */
export interface CallAmendment {
  readonly organizationId: string;
  readonly conversationId: string;
  readonly messageId: string;
  readonly callId: string;
  /** How the call ended after all, e.g. once an unknown outcome was found out; absent where that stays. */
  readonly result?: CallResult;
  /** Merged into the call's summary. */
  readonly summary: Partial<CallSummary>;
}

export interface AnswerAmendments {
  /**
   * Changes the part of one call. `busy` while its run is at work, which would write over it: ask again later. `gone`
   * where there is no such answer or call any more.
   */
  amendCall(amendment: CallAmendment): Promise<'amended' | 'busy' | 'gone'>;
}
