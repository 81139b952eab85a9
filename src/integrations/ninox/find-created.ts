import type { NinoxClient, NinoxTableIds } from './client.ts';
import type { NinoxCall } from './perform.ts';
import type { NinoxRecord, NinoxTable } from './responses.ts';
import { likenessOf, type Restoration } from './restoration-report.ts';

export interface Wanted {
  readonly table: NinoxTable;
  /** What each of the records would hold. */
  readonly restorations: readonly Restoration[];
  /** The ids of records that were there before, or cannot be meant. */
  readonly others: readonly string[];
  /** When the request went out, or may have. */
  readonly sentAt: Date;
}

export type Search =
  /** One for each that is wanted, in that order. */
  | { readonly type: 'found'; readonly records: readonly NinoxRecord[] }
  | { readonly type: 'none' }
  | { readonly type: 'unclear'; readonly why: string };

/** The clocks of two machines differ; what is taken for created by mistake is an equal record, which does less harm than a second one. */
const clockToleranceMs = 600_000;

/** Looks among the newest records for what a request would have created. Reads only. */
export async function findCreated(
  client: NinoxClient,
  { call, ids }: { readonly call: NinoxCall; readonly ids: NinoxTableIds },
  { table, restorations, others, sentAt }: Wanted,
): Promise<Search> {
  const since = sentAt.getTime() - clockToleranceMs;
  const known = new Set(others);
  const newest = await client.listNewestRecords(call, ids, (records) => reachesBackTo(records, since));
  const fresh = newest.records.filter((record) => !known.has(record.id) && (createdAt(record) ?? since) >= since);
  const found = pairUp(fresh, table, restorations);
  if (found !== null) return { type: 'found', records: found };
  const isAnyAlike = fresh.some((record) =>
    restorations.some((restoration) => likenessOf(record, table, restoration) !== 'other'),
  );
  if (isAnyAlike) return { type: 'unclear', why: 'Records like it were created at that time.' };
  const isSeen = newest.isAll || reachesBackTo(newest.records, since);
  return isSeen ? { type: 'none' } : { type: 'unclear', why: 'Too many records are newer.' };
}

/** Null unless there is exactly one equal record for each. Of records that are alike, the first was created first. */
function pairUp(
  fresh: readonly NinoxRecord[],
  table: NinoxTable,
  restorations: readonly Restoration[],
): readonly NinoxRecord[] | null {
  const oldestFirst = fresh.toSorted((left, right) => Number(left.id) - Number(right.id));
  const isEqual = (record: NinoxRecord, restoration: Restoration) => likenessOf(record, table, restoration) === 'equal';
  const equal = oldestFirst.filter((record) => restorations.some((restoration) => isEqual(record, restoration)));
  if (equal.length !== restorations.length || equal.some((record) => createdAt(record) === null)) return null;
  const left = new Set(equal);
  const paired = restorations.map((restoration) => {
    const record = equal.find((one) => left.has(one) && isEqual(one, restoration));
    if (record !== undefined) left.delete(record);
    return record;
  });
  return paired.every((record) => record !== undefined) ? paired : null;
}

/** Whether the records come newest first and the last of them is older than that. */
function reachesBackTo(records: readonly NinoxRecord[], since: number): boolean {
  const ids = records.map(({ id }) => Number(id));
  const isNewestFirst = ids.every((id, at) => at === 0 || id < (ids[at - 1] ?? 0));
  const last = records.at(-1);
  const oldest = last === undefined ? null : createdAt(last);
  return isNewestFirst && oldest !== null && oldest < since;
}

/** Ninox writes UTC without saying so. Null where it wrote no time. */
function createdAt({ createdAt: text }: NinoxRecord): number | null {
  if (text === undefined) return null;
  const time = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(time) ? null : time;
}
