import type { ChangePlan, NotRestored, Restored } from '#integrations/change-plan.ts';
import type { DeletedRecord } from './deleted-record.ts';
import { type Allows, linkedTo, placeTargets, plannedRecord, tableName } from './deletion-plan.ts';
import { type FieldValue, isEmpty, isSameValue, linkedIds, roleOf, titleOf, valuesOf } from './fields.ts';
import type { NinoxField, NinoxRecord, NinoxTable } from './responses.ts';
import type { Place } from './sighting.ts';
import { countOf, listed, quoted } from './words.ts';

/** A value to write back, under the name its field has now. */
export interface WritableValue extends FieldValue {
  readonly field: NinoxField;
}

export interface Restoration {
  readonly writable: readonly WritableValue[];
  /** Fields with a value that cannot be written, by the name they had. */
  readonly lost: readonly string[];
}

/**
 * What of a deleted record can be written into the table as it is now. Fields are followed by their ids through a
 * change of name. Where Ninox lists no fields of the table at all, everything is tried.
 */
export function restorationOf(deleted: DeletedRecord, table: NinoxTable): Restoration {
  const writable: WritableValue[] = [];
  const lost: string[] = [];
  for (const { name, value, field: before } of valuesOf(deleted, deleted.tableFields)) {
    if (before !== null && roleOf(before) === 'back_link') continue;
    const field = fieldNow(name, before, table);
    const isWritable = field !== null && (roleOf(field) === 'value' || roleOf(field) === 'link');
    if (isWritable) writable.push({ name: field.name, value, field });
    else lost.push(name);
  }
  return { writable, lost };
}

function fieldNow(name: string, before: NinoxField | null, { fields }: NinoxTable): NinoxField | null {
  if (fields.length === 0) return before ?? { id: name, name, type: 'unknown' };
  if (before === null) return null;
  return fields.find(({ id, type }) => id === before.id && roleOf({ type }) === roleOf(before)) ?? null;
}

/** What an undo would do. Holds nothing that changes by itself. */
export function planRestoration(deleted: DeletedRecord, place: Place, allows: Allows): ChangePlan {
  const restoration = restorationOf(deleted, place.table);
  const title = titleOf(deleted, { fields: deleted.tableFields });
  const losses = lossesOf({ deleted, restoration, allows, now: null });
  return {
    summary: `Restore 1 record into ${place.table.name}`,
    targets: placeTargets(place),
    records: [plannedRecord(deleted.record, title, restoration.writable)],
    count: 1,
    warnings: losses.map(({ what, why }) => `${what}: ${why}`),
  };
}

interface Losses {
  readonly deleted: DeletedRecord;
  readonly restoration: Restoration;
  readonly allows: Allows;
  /** The new number; null as long as there is none. */
  readonly now: string | null;
}

/** What no restoring brings back, known without looking at what was restored. */
function lossesOf({ deleted, restoration, allows, now }: Losses): NotRestored[] {
  const { record, files, referrers } = deleted;
  const newNumber = now === null ? 'the restored record gets another one' : `it is ${now} now`;
  const loss = (what: string, why: string): NotRestored => ({ what, why });
  return [
    loss('Its number', `It was ${record}, ${newNumber}: Ninox numbers each new record by itself.`),
    ...(files ?? []).map((name) =>
      loss(`File ${quoted(name)}`, 'Files are not kept for an undo, so it has to be attached again.'),
    ),
    ...(files === null ? [loss('Files', 'Ninox did not tell whether there were any; they are not kept.')] : []),
    ...referrers.flatMap((referrer) => {
      const ids = linkedTo(deleted.fields, referrer.listedIn);
      const from = tableName(deleted, referrer, allows);
      return ids.length === 0 ? [] : [loss(...backLinkLoss(ids, from))];
    }),
    ...openBackLinks(deleted, allows),
    ...restoration.lost.map((name) =>
      loss(
        `Field ${quoted(name)}`,
        'The table has no such field that can be written: Ninox computes it, or it was changed.',
      ),
    ),
    loss('Formula fields', 'Ninox computes them itself, so they can show something else than before.'),
    loss('When and by whom it was created', 'To Ninox it is a new record, made by the user of this connection’s key.'),
  ];
}

function backLinkLoss(ids: readonly string[], from: string): [what: string, why: string] {
  const which = `${ids.length === 1 ? 'record' : 'records'} ${listed(ids)}`;
  return [
    `${countOf(ids.length, 'link', 'links')} from ${from} (${which})`,
    ids.length === 1
      ? 'The deletion took it away with the old number; it has to be set again by hand.'
      : 'The deletion took them away with the old number; they have to be set again by hand.',
  ];
}

/** Where Ninox told no back links at all, there may have been some. */
function openBackLinks(deleted: DeletedRecord, allows: Allows): NotRestored[] {
  const { referrers, fields } = deleted;
  if (referrers.length === 0 || referrers.some(({ listedIn }) => linkedTo(fields, listedIn).length > 0)) return [];
  const tables = [...new Set(referrers.map((referrer) => tableName(deleted, referrer, allows)))];
  return [{ what: `Links from ${listed(tables)}`, why: 'If there were any, they have to be set again by hand.' }];
}

export interface RestoredRecord {
  readonly deleted: DeletedRecord;
  readonly table: NinoxTable;
  readonly restoration: Restoration;
  readonly allows: Allows;
  readonly id: string;
}

/** Where the record is now, and everything that is not as it was. */
export function reportRestored(restored: RestoredRecord, found: NinoxRecord | { readonly unread: string }): Restored {
  const { deleted, table, restoration, allows, id } = restored;
  const differing = 'unread' in found ? [unreadLoss(found.unread)] : differences(found, table, restoration);
  return {
    target: [
      ...placeTargets({ team: deleted.team, database: deleted.database, table }),
      { level: 'record', id, name: deleted.title },
    ],
    notRestored: [...differing, ...lossesOf({ deleted, restoration, allows, now: id })],
  };
}

function unreadLoss(why: string): NotRestored {
  return {
    what: 'The comparison with what there was',
    why: `The record was created but could not be read back. ${why}`,
  };
}

/** What a record holds other than what was written into it. */
export function differences(found: NinoxRecord, table: NinoxTable, { writable }: Restoration): NotRestored[] {
  const missed = writable
    .filter(({ name, value, field }) => !isSameValue(field, value, found.fields[name]))
    .map(({ name, value, field }) => ({
      what: `Field ${quoted(name)}`,
      why: whyDiffering(field, value, found.fields[name]),
    }));
  return [...missed, ...filledIn(found, table, { writable }).map(filledInLoss)];
}

function whyDiffering(field: NinoxField, value: unknown, found: unknown): string {
  if (!isEmpty(found)) return 'Ninox stored another value than there was.';
  if (roleOf(field) !== 'link') return 'Ninox did not store its value.';
  return `Ninox did not take the link to ${listed(linkedIds(value))}; what it pointed to may be gone.`;
}

function filledInLoss(name: string): NotRestored {
  return { what: `Field ${quoted(name)}`, why: 'It was empty, and Ninox filled it in for the new record.' };
}

/** Fields that can be written, hold something, and were not written. */
function filledIn(found: NinoxRecord, table: NinoxTable, { writable }: Pick<Restoration, 'writable'>): string[] {
  const written = new Set(writable.map(({ name }) => name));
  return table.fields
    .filter((field) => roleOf(field) === 'value' || roleOf(field) === 'link')
    .map(({ name }) => name)
    .filter((name) => !written.has(name) && !isEmpty(found.fields[name]));
}

/** How far a record is what a restoration would have made; `resembling` is too near to be told apart from it. */
export function likenessOf(
  found: NinoxRecord,
  table: NinoxTable,
  restoration: Restoration,
): 'equal' | 'resembling' | 'other' {
  const { writable } = restoration;
  const equal = writable.filter(({ name, value, field }) => isSameValue(field, value, found.fields[name])).length;
  if (equal === writable.length && filledIn(found, table, restoration).length === 0) return 'equal';
  return equal * 2 >= writable.length ? 'resembling' : 'other';
}
