import type { Effect, EffectState, Snapshot } from './effect.ts';

export type NewEffect = Omit<
  Effect,
  'state' | 'happened' | 'code' | 'intendedAt' | 'sentAt' | 'endedAt' | 'reconciledAt' | 'tries'
>;

/** A new effect, its arguments and what it is about to change encrypted. */
export interface SealedEffect {
  readonly effect: NewEffect;
  readonly arguments: string;
  /** Null where nothing can be taken back. */
  readonly snapshot: string | null;
}

/** How many records one persona has changed with one tool. Calls that are known to have had no effect do not count. */
export interface EffectCounts {
  readonly run: number;
  readonly hour: number;
  readonly day: number;
}

export interface EffectQuestion {
  readonly organizationId: string;
  readonly personaId: string;
  readonly tool: string;
  readonly runId: string;
}

/**
 * The end of an open effect. `happened` null means that nobody knows; it is looked up at `nextTryAt`. Of a known end it
 * is told in its conversation then; null where its own run shows it.
 */
export interface EffectEnd {
  readonly organizationId: string;
  readonly id: string;
  readonly state: Extract<EffectState, 'succeeded' | 'failed' | 'outcome_unknown' | 'reconciled'>;
  readonly happened: boolean | null;
  readonly code: string | null;
  readonly nextTryAt: Date | null;
}

/**
 * Where effects and what they change are kept. Changes are conditional statements that follow `nextEffectState`, true
 * for one caller only; all join a transaction of the caller.
 */
export interface EffectStore {
  /** To be awaited before a transaction begins. */
  seal(effect: NewEffect, snapshot: unknown): Promise<SealedEffect>;
  /** With the snapshot, which is held until `expiresAt`. A call's id is unique: a second insert throws. */
  insert(effect: SealedEffect, expiresAt: Date): Promise<void>;
  /** Inside a transaction, after this no other process counts the same until it ends. */
  lockCounts(question: EffectQuestion): Promise<void>;
  counts(question: EffectQuestion, now: Date): Promise<EffectCounts>;
  markSent(organizationId: string, id: string): Promise<boolean>;
  end(end: EffectEnd): Promise<boolean>;
  find(organizationId: string, id: string): Promise<Effect | null>;
  /** The undo of a call that is under way or has happened; null where there is none. */
  undoOf(organizationId: string, callId: string): Promise<Effect | null>;
  /**
   * Open effects whose process is lost: `alive` are the processes at work. Also those that have been open for longer than
   * any call takes: their process could not store how they ended.
   */
  listLost(alive: readonly string[]): Promise<readonly Effect[]>;
  /** Unknown outcomes that are due to be looked up, oldest first. Claims them: no other process gets them for a minute. */
  claimUnknown(now: Date, limit: number): Promise<readonly Effect[]>;
  /** An unknown outcome is looked up again, or a known one told, not before `at`; null: never, it stays unknown. */
  tryAgain(organizationId: string, id: string, at: Date | null): Promise<void>;
  /** Whether one is open, looked for, or waits to be told; cheap enough to be asked all the time. */
  isAnyUnsettled(): Promise<boolean>;
  /**
   * Not shown in their conversation yet: ended by reconciling, looked up in vain, an undo, or left behind by a run that
   * was interrupted.
   */
  listUntold(limit: number): Promise<readonly Effect[]>;
  markTold(organizationId: string, id: string): Promise<void>;
  snapshot(organizationId: string, callId: string): Promise<Snapshot | null>;
  /** Encrypts a snapshot's new content. To be awaited before a transaction begins. */
  sealSnapshot(organizationId: string, callId: string, content: unknown): Promise<string>;
  /** Puts a sealed content in the place of the one there is, as long as that is held. */
  replaceSnapshot(organizationId: string, callId: string, sealed: string): Promise<void>;
  /** held → restoring, for one undo only. */
  takeSnapshot(organizationId: string, callId: string, undoId: string): Promise<boolean>;
  /** restoring → restored, or back to held where the undo had no effect. */
  settleSnapshot(organizationId: string, undoId: string, restored: boolean): Promise<void>;
  /** Takes away the content of those that have expired; answers how many. */
  eraseExpired(now: Date): Promise<number>;
}
