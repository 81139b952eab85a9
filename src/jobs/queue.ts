/** One piece of work, small enough to be told: what is to be done lies in the rows it names. */
export interface WorkItem {
  readonly organizationId: string;
  readonly topic: Topic;
  readonly payload: Readonly<Record<string, string>>;
  /** Not before; at once where left out. */
  readonly dueAt?: Date;
}

export const topics = ['job-run', 'delivery'] as const;
export type Topic = (typeof topics)[number];

/** An item in the hands of a worker. */
export interface HeldItem extends WorkItem {
  readonly id: string;
  /** Counts from 1. */
  readonly attempt: number;
}

/** `later` is no fault: its time has not come, and the attempt does not count. */
export type WorkResult = { readonly type: 'done' } | { readonly type: 'later'; readonly dueAt: Date };

export interface DeadItem {
  readonly id: string;
  readonly topic: Topic;
  readonly payload: WorkItem['payload'];
  readonly problem: string;
  readonly diedAt: Date;
}

/** What takes items up: each by one worker at a time, over all processes. */
export interface Worker {
  readonly topic: Topic;
  /** How many at a time in this process. */
  readonly atOnce: number;
  /**
   * Does the work, and may be called again for the same item after a crash. What it throws is tried again after a growing
   * pause, at most `queueAttempts` times; then the item is dead. `signal`: the process is closing, or the lease was lost.
   */
  work(item: HeldItem, signal: AbortSignal): Promise<WorkResult>;
  /** The item is dead now. Must not throw. */
  gaveUp(item: HeldItem, problem: string): Promise<void>;
}

export const queueAttempts = 6;

/**
 * Work that is not lost: an item that was added in a transaction is there exactly where the transaction was committed, is
 * worked by one worker at a time, and by another one once the process that has it is lost.
 */
export interface Queue {
  /** Joins the caller's transaction. */
  add(item: WorkItem): Promise<void>;
  /** Begins to take items up; `add` of this process wakes it at once, those of others within a second. */
  start(workers: readonly Worker[]): Promise<void>;
  /** Newest first, at most 100. */
  dead(organizationId: string): Promise<readonly DeadItem[]>;
  /** A dead item is worked anew, with all its attempts. False where there is none. */
  replay(organizationId: string, id: string): Promise<boolean>;
  /** Takes nothing more and waits for what it has in hand, at most so long; the rest is for others at once. */
  close(graceMs: number): Promise<void>;
}
