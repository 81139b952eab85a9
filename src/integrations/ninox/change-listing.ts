import { z } from 'zod';
import { boundFields, takeFitting } from './bounded-output.ts';
import type { ChangedRecord, ChangesPlace, NinoxChanges, RemovedRecord } from './changes.ts';
import type { NinoxTable } from './responses.ts';

/** Where to read on: up to which sequence the listing goes, what was shown last, and whether that was gone or changed. */
export const changePlace = z.tuple([
  z.int().min(0),
  z.enum(['removed', 'updated']),
  z.int().min(0),
  z.string().max(30),
]);
export type ChangePlace = z.output<typeof changePlace>;

export interface ChangeView {
  readonly kind: 'created' | 'updated' | 'removed';
  readonly table_id: string;
  readonly record_id: string;
  readonly sequence?: number;
  readonly modified_at?: string | null;
  readonly modified_by?: string | null;
  /** By the names of the fields; those of fields Ninox does not list by their ids. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly cut?: readonly string[];
}

export interface ChangeListing {
  readonly changes: readonly ChangeView[];
  /** Up to where all changes are told once the listing is at its end. */
  readonly until: number;
  readonly next: ChangePlace | null;
}

export interface ListedChanges {
  readonly found: NinoxChanges;
  /** For the names of the fields. */
  readonly tables: readonly NinoxTable[];
  /** Only changes in these are shown. */
  readonly allows: (table: string) => boolean;
  readonly from: ChangePlace | null;
  readonly pageSize: number;
}

interface Item {
  readonly place: ChangePlace;
  readonly view: () => ChangeView;
}

/*
 * What is gone comes first, then what was changed in its order. Between two pages more may happen: what is changed after
 * the first of them is left to the next listing, which begins at `until`. So nothing is lost, and what went meanwhile is
 * told twice at most.
 */
export function listPage({ found, tables, allows, from, pageSize }: ListedChanges): ChangeListing {
  const until = from?.[0] ?? found.sequence;
  const removed = found.removed.map((one) => removedItem(one, until));
  const updated = found.updated
    .filter(({ sequence }) => sequence <= until)
    .map((one) => updatedItem(one, { until, tables }));
  const allowed = [...removed.toSorted(byPlace), ...updated.toSorted(byPlace)].filter(({ place: [, , , key] }) =>
    allows(tableOf(key)),
  );
  const rest = from === null ? allowed : allowed.filter(({ place }) => comparePlaces(place, from) > 0);
  const shown = takeFitting(rest.slice(0, pageSize).map(({ view }) => view()));
  const next = shown.length < rest.length ? (rest[shown.length - 1]?.place ?? null) : null;
  return { changes: shown, until, next };
}

function removedItem({ table, record }: RemovedRecord, until: number): Item {
  const key = keyOf({ table, record });
  return { place: [until, 'removed', 0, key], view: () => ({ kind: 'removed', table_id: table, record_id: record }) };
}

function updatedItem(
  changed: ChangedRecord,
  { until, tables }: { readonly until: number; readonly tables: readonly NinoxTable[] },
): Item {
  const { table, record, sequence, createdAt, modifiedAt, modifiedBy } = changed;
  return {
    place: [until, 'updated', sequence, keyOf(changed)],
    view: () => {
      const { fields, cut } = boundFields(byName(changed, tables), 20_000);
      // Since when a record is there is told by a time only; one that was not changed after it was made is new.
      const isNew = createdAt !== null && createdAt === modifiedAt;
      return {
        kind: isNew ? 'created' : 'updated',
        table_id: table,
        record_id: record,
        sequence,
        modified_at: modifiedAt === null ? null : new Date(modifiedAt).toISOString(),
        modified_by: modifiedBy,
        fields,
        ...(cut.length === 0 ? {} : { cut: cut.map(({ field }) => field) }),
      };
    },
  };
}

function byName({ table, fields }: ChangedRecord, tables: readonly NinoxTable[]): Readonly<Record<string, unknown>> {
  const listed = tables.find(({ id }) => id === table)?.fields ?? [];
  const names = new Map(listed.map(({ id, name }) => [id, name]));
  return Object.fromEntries(Object.entries(fields).map(([id, value]) => [names.get(id) ?? id, value]));
}

function keyOf({ table, record }: RemovedRecord): string {
  return `${table}/${record}`;
}

function tableOf(key: string): string {
  return key.split('/', 1)[0] ?? '';
}

function byPlace(left: Item, right: Item): number {
  return comparePlaces(left.place, right.place);
}

function comparePlaces(
  [, kind, sequence, key]: ChangePlace,
  [, otherKind, otherSequence, otherKey]: ChangePlace,
): number {
  if (kind !== otherKind) return kind === 'removed' ? -1 : 1;
  if (sequence !== otherSequence) return sequence - otherSequence;
  if (key === otherKey) return 0;
  return key < otherKey ? -1 : 1;
}

export function placeOf(ids: { team: string; database: string }, table: string | undefined): ChangesPlace {
  return table === undefined ? ids : { ...ids, table };
}
