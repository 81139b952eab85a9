import type { Connection } from '#integrations/connection.ts';

/*
 * What watching for changes asks of other parts.
 */

/** What is watched: a database, or one table of it. */
export interface WatchedPlace {
  readonly team: string;
  readonly database: string;
  /** Null: all tables. */
  readonly table: string | null;
}

export interface SeenUpdate {
  readonly table: string;
  readonly record: string;
  /** Of its last change. */
  readonly sequence: number;
  /** Milliseconds since the epoch; null where Ninox did not tell. */
  readonly createdAt: number | null;
  readonly modifiedAt: number | null;
  readonly modifiedBy: string | null;
  /** Values by the ids of their fields. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface SeenRemoval {
  readonly table: string;
  readonly record: string;
}

export interface SeenChanges {
  /** Up to where this reads. */
  readonly sequence: number;
  /** When Ninox answered, by its own clock; null where it did not tell. */
  readonly at: Date | null;
  readonly updated: readonly SeenUpdate[];
  readonly removed: readonly SeenRemoval[];
}

export interface SeenTable {
  readonly id: string;
  readonly name: string;
  readonly fields: readonly {
    readonly id: string;
    readonly name: string;
    readonly choices?: readonly { readonly id: string; readonly caption: string }[];
  }[];
}

/** Everything throws UpstreamError. */
export interface ChangeSource {
  /** What was changed after `sequence`; with `null` nothing but where the place stands. */
  since(connection: Connection, question: ChangeQuestion): Promise<SeenChanges>;
  /** The tables of the database with their fields; computed ones may be missing. */
  tables(
    connection: Connection,
    place: Pick<WatchedPlace, 'team' | 'database'>,
    signal: AbortSignal,
  ): Promise<readonly SeenTable[]>;
}

export interface ChangeQuestion {
  readonly place: WatchedPlace;
  readonly sequence: number | null;
  readonly signal: AbortSignal;
}

/** A record as a call of a job’s run has left it behind. */
export interface OwnWrite {
  readonly tableId: string;
  readonly recordId: string;
  readonly kind: 'created' | 'updated' | 'deleted';
  /** The record’s sequence right after; null where Ninox did not tell. */
  readonly sequence: number | null;
  readonly at: Date;
}

/** What calls of jobs’ runs have written, and which of them are still on their way. */
export interface OwnWrites {
  listOf(question: {
    readonly organizationId: string;
    readonly channel: string;
    readonly databaseId: string;
    readonly records: readonly SeenRemoval[];
  }): Promise<readonly OwnWrite[]>;
  listUnderWay(question: {
    readonly organizationId: string;
    readonly channel: string;
    readonly since: Date;
  }): Promise<readonly string[]>;
}
