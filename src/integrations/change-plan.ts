export const targetLevels = [
  'team',
  'database',
  'table',
  'record',
  'channel',
  'recipient',
  'server',
  'operation',
] as const;

/** One level of where a change happens, outermost first; the name is null where the service gives none. */
export interface PlannedTarget {
  readonly level: (typeof targetLevels)[number];
  readonly id: string;
  readonly name: string | null;
}

export interface PlannedRecord {
  /** Null for one that does not exist yet. */
  readonly id: string | null;
  /** What people know the record by: its first telling field. */
  readonly title: string;
  /**
   * In the service's order: for what goes away as they stand upstream, for what is written what they become. `before`: what
   * stands there now, null where that is nothing; left out where nothing is replaced.
   */
  readonly fields: readonly { readonly name: string; readonly value: unknown; readonly before?: unknown }[];
}

/**
 * What a call would do, made by the server from what it has read upstream and never by the model. An approval is bound
 * to exactly this: everything in it is part of the hash, so it holds nothing that changes by itself.
 */
export interface ChangePlan {
  /** In the server's words, e.g. “Delete 1 record from Customers”. */
  readonly summary: string;
  readonly targets: readonly PlannedTarget[];
  /** At most twenty; `count` tells how many there are. */
  readonly records: readonly PlannedRecord[];
  readonly count: number;
  /** What a person should know first: linked records, files, what an undo cannot bring back. */
  readonly warnings: readonly string[];
}

/** What cannot be restored, and why, in plain words. */
export interface NotRestored {
  readonly what: string;
  readonly why: string;
}

export interface Restored {
  /** Where the record is now. */
  readonly target: readonly PlannedTarget[];
  readonly notRestored: readonly NotRestored[];
}
