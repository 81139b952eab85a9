import type { changeKinds } from '../../job-definition.ts';
import type { SeenChanges, SeenRemoval, SeenTable, SeenUpdate, WatchedPlace } from './change-ports.ts';

/*
 * What starts a run: changes of single records, out of what Ninox tells of a place.
 */

export type ChangeKind = (typeof changeKinds)[number];

/** One change, with each kind it can be taken for, the first that counts first. */
export interface RecordChange {
  readonly table: string;
  readonly record: string;
  readonly kinds: readonly { readonly kind: ChangeKind; readonly causeKey: string }[];
  /** Created, and as far as Ninox’ times tell not changed since. */
  readonly isOnlyNew: boolean;
  /** By the ids of fields; null of a record that is gone. */
  readonly values: Readonly<Record<string, unknown>> | null;
  readonly at: number | null;
  readonly by: string | null;
}

export interface Batch {
  readonly changes: readonly RecordChange[];
  /** Up to where the place was read once these are taken. */
  readonly sequence: number;
  /** Whether what Ninox told holds more than these. */
  readonly more: boolean;
}

/** So many starts are stored in one transaction, for others wait as long as it lasts. */
const mostInBatch = 200;

export interface Told {
  readonly seen: SeenChanges;
  readonly place: WatchedPlace;
  /** What was created since then was not seen before; null where that is not known. */
  readonly newSince: Date | null;
  /** Those that a job has made itself are left out. */
  readonly isOwn: (change: SeenUpdate | SeenRemoval) => boolean;
}

/** In the order of their sequences, what is gone at the end: of that Ninox does not tell when it went. */
export function batchOf(told: Told): Batch {
  const { seen, place } = told;
  const updates = seen.updated.slice(0, endOfBatch(seen.updated));
  const more = updates.length < seen.updated.length;
  const changes = updates
    .filter((update) => isWatched(place, update) && !told.isOwn(update))
    .map((update) => updateOf(told, update));
  if (more) return { changes, sequence: updates.at(-1)?.sequence ?? seen.sequence, more };
  const removals = seen.removed.filter((removal) => isWatched(place, removal) && !told.isOwn(removal));
  return {
    changes: [...changes, ...removals.map((removal) => removalOf(place, removal))],
    sequence: seen.sequence,
    more,
  };
}

export function isWatched({ table }: WatchedPlace, change: SeenRemoval): boolean {
  return table === null || table === change.table;
}

/** Never between two of the same sequence: where it was cut, what comes after is read again. */
function endOfBatch(updates: readonly SeenUpdate[]): number {
  let end = Math.min(mostInBatch, updates.length);
  while (end < updates.length && updates[end]?.sequence === updates[end - 1]?.sequence) end += 1;
  return end;
}

function updateOf({ place, newSince }: Told, update: SeenUpdate): RecordChange {
  const { table, record, sequence, createdAt, modifiedAt, modifiedBy, fields } = update;
  const name = nameOf(place, update);
  const isNew = createdAt !== null && newSince !== null && createdAt >= newSince.getTime();
  // With the times: in a database that was put back to an earlier state the sequences come again.
  const created = { kind: 'created', causeKey: `created:${name}@${createdAt}` } as const;
  const updated = { kind: 'updated', causeKey: `updated:${name}@${sequence}/${modifiedAt ?? ''}` } as const;
  const kinds = isNew ? [created, updated] : [updated];
  const isOnlyNew = isNew && modifiedAt === createdAt;
  return { table, record, kinds, isOnlyNew, values: fields, at: modifiedAt, by: modifiedBy };
}

function removalOf(place: WatchedPlace, { table, record }: SeenRemoval): RecordChange {
  const causeKey = `deleted:${nameOf(place, { table, record })}`;
  return { table, record, kinds: [{ kind: 'deleted', causeKey }], isOnlyNew: false, values: null, at: null, by: null };
}

function nameOf({ database }: WatchedPlace, { table, record }: SeenRemoval): string {
  return `${database}/${table}/${record}`;
}

/** Values by the names of their fields, choices by what they say; a field that the schema does not know keeps its id. */
export function namedValues(
  table: SeenTable | undefined,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const fields = new Map((table?.fields ?? []).map((field) => [field.id, field] as const));
  return Object.fromEntries(
    Object.entries(values).map(([id, value]) => {
      const field = fields.get(id);
      return field === undefined ? [id, value] : [field.name, captioned(field, value)];
    }),
  );
}

function captioned(field: SeenTable['fields'][number], value: unknown): unknown {
  const { choices } = field;
  if (choices === undefined) return value;
  if (Array.isArray(value)) return value.map((one) => captioned(field, one));
  return choices.find(({ id }) => id === String(value))?.caption ?? value;
}
