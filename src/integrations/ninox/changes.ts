import { z } from 'zod';
import type { EgressResponse } from '#integrations/egress.ts';
import { pathTemplates } from './ids.ts';
import type { NinoxCall, Perform } from './perform.ts';
import { type AnswerFault, isShallow, readAs } from './responses.ts';

/** Where changes are looked for: a database, or one table of it. */
export interface ChangesPlace {
  readonly team: string;
  readonly database: string;
  readonly table?: string;
}

export interface ChangedRecord {
  readonly table: string;
  readonly record: string;
  /** Of its last change. */
  readonly sequence: number;
  /** Milliseconds since the epoch; null where Ninox did not tell. */
  readonly createdAt: number | null;
  readonly modifiedAt: number | null;
  readonly modifiedBy: string | null;
  /** Values by the ids of their fields. Whether Ninox tells all of them or those that were changed is not documented. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface RemovedRecord {
  readonly table: string;
  readonly record: string;
}

export interface NinoxChanges {
  /** Up to where this reads; smaller than what was asked for where the database was put back to an earlier state. */
  readonly sequence: number;
  /** When Ninox answered, by its own clock, to the second; null where it did not tell. */
  readonly at: Date | null;
  /** Each record once with its last change, in the order of these. */
  readonly updated: readonly ChangedRecord[];
  /** Those that are gone; Ninox does not tell when. */
  readonly removed: readonly RemovedRecord[];
}

export interface ChangeReads {
  /** What was changed after `since`. OUTPUT_TOO_LARGE where that is more than is read at once; Ninox gives it in one piece. */
  listChanges(call: NinoxCall, place: ChangesPlace, since: number): Promise<NinoxChanges>;
  /** The sequence of a database's last change, and when that was asked. */
  currentSequence(call: NinoxCall, place: ChangesPlace): Promise<Pick<NinoxChanges, 'sequence' | 'at'>>;
}

/** Larger than any sequence a database has. Nothing comes after it, so the answer is only the sequence. */
const beyondAll = 2_147_483_647;

/** An answer holds all changes; other answers may have two megabytes. */
const mostBytes = 16_000_000;

export function createChangeReads(perform: Perform): ChangeReads {
  const listChanges: ChangeReads['listChanges'] = (call, { team, database, table }, since) =>
    perform(call, {
      method: 'GET',
      template: table === undefined ? pathTemplates.databaseChanges : pathTemplates.tableChanges,
      ids: table === undefined ? { team, database } : { team, database, table },
      query: { sinceSq: String(since) },
      maxBytes: mostBytes,
      read: readChanges,
    });
  return {
    listChanges,
    async currentSequence(call, place) {
      const { sequence, at } = await listChanges(call, place, beyondAll);
      return { sequence, at };
    },
  };
}

const values = z.record(z.string(), z.unknown()).refine(isShallow);
const answer = z.object({
  seq: z
    .int()
    .min(0)
    .max(beyondAll - 1),
  updates: z.record(z.string(), values).nullish(),
  removes: z.array(z.string()).nullish(),
});
const readAnswer = readAs(answer, () => true);

function readChanges(response: EgressResponse, fail: (fault: AnswerFault) => Error): NinoxChanges {
  const { seq, updates, removes } = readAnswer(response, fail);
  const updated = Object.entries(updates ?? {}).flatMap(([key, found]) => {
    const named = readKey(key);
    return named === null ? [] : [changedRecord(named, found, seq)];
  });
  return {
    sequence: seq,
    at: readDate(response.headers.get('date')),
    updated: updated.toSorted((left, right) => left.sequence - right.sequence),
    removed: (removes ?? []).flatMap((key) => readKey(key) ?? []),
  };
}

/** `A12`: record 12 of table A. */
function readKey(key: string): RemovedRecord | null {
  const [, table, record] = /^([A-Z]{1,5})([1-9]\d{0,15})$/.exec(key) ?? [];
  return table === undefined || record === undefined ? null : { table, record };
}

function changedRecord(named: RemovedRecord, found: z.output<typeof values>, newest: number): ChangedRecord {
  const { _cd, _cu, _md, _mu, _sq, ...fields } = found;
  return {
    ...named,
    sequence: typeof _sq === 'number' && Number.isSafeInteger(_sq) ? _sq : newest,
    createdAt: readTime(_cd),
    modifiedAt: readTime(_md),
    modifiedBy: typeof _mu === 'string' ? _mu : null,
    fields,
  };
}

/** Milliseconds, or a time in UTC without a zone. */
function readTime(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || value === '') return null;
  const time = Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(value) ? value : `${value}Z`);
  return Number.isNaN(time) ? null : time;
}

function readDate(header: string | null): Date | null {
  const time = Date.parse(header ?? '');
  return Number.isNaN(time) ? null : new Date(time);
}
