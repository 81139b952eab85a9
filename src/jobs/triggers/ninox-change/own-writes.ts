import type { OwnWrite, SeenRemoval, SeenUpdate } from './change-ports.ts';

/*
 * Whether a change that Ninox tells of was made by a call of a job’s run. What a job has written starts no job, or two of
 * them would start each other for ever. Of changes that others made to a record before ours, in the same moment between two
 * looks, Ninox does not tell: it knows the last one alone.
 */

/** Ninox’ clock and ours differ, and its times may be cut to whole seconds. */
const clocksDifferMs = 60_000;

/** The writes of one record. Another person’s change after ours has a sequence of its own, and is theirs. */
export function isOwnUpdate(update: SeenUpdate, writes: readonly OwnWrite[]): boolean {
  return writes.some(({ kind, sequence, at }) => {
    if (kind === 'deleted') return false;
    if (sequence !== null) return sequence === update.sequence;
    // Where Ninox did not tell where our write stands, the times must do.
    return update.modifiedAt === null || Math.abs(update.modifiedAt - at.getTime()) <= clocksDifferMs;
  });
}

/** The record is gone, and ours was the last write to it that is known. */
export function isOwnRemoval(writes: readonly OwnWrite[]): boolean {
  const last = writes.toSorted((left, right) => left.at.getTime() - right.at.getTime()).at(-1);
  return last?.kind === 'deleted';
}

export function writesByRecord(writes: readonly OwnWrite[]): (record: SeenRemoval) => readonly OwnWrite[] {
  const found = new Map<string, OwnWrite[]>();
  for (const write of writes) {
    const key = `${write.tableId}/${write.recordId}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, [write]);
    else known.push(write);
  }
  return ({ table, record }) => found.get(`${table}/${record}`) ?? [];
}
