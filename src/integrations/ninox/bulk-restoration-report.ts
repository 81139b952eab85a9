import type { ChangePlan, NotRestored, Restored } from '#integrations/change-plan.ts';
import type { DeletedRecord } from './deleted-record.ts';
import { type DeletedRecords, eachDeleted } from './deleted-records.ts';
import { type Allows, linkedTo, placeTargets, plannedRecord, tableName } from './deletion-plan.ts';
import { titleOf } from './fields.ts';
import type { NinoxTable } from './responses.ts';
import { differences, type Restoration, restorationOf } from './restoration-report.ts';
import { countOf, listed, quoted } from './words.ts';

export interface BulkRestoring {
  readonly kept: DeletedRecords;
  /** As it is now. */
  readonly table: NinoxTable;
  readonly allows: Allows;
}

/** One that was created anew, under its new number. */
export interface RestoredOne {
  readonly deleted: DeletedRecord;
  readonly restoration: Restoration;
  readonly id: string;
  /** As it stands now; null where that could not be read. */
  readonly fields: Readonly<Record<string, unknown>> | null;
}

const mostListed = 20;

/** What an undo would do. Holds nothing that changes by itself. */
export function planBulkRestoration(
  restoring: BulkRestoring & { readonly gone: readonly DeletedRecord[] },
): ChangePlan {
  const { kept, table, gone } = restoring;
  const records = gone.slice(0, mostListed).map((deleted) => {
    const title = titleOf(deleted, { fields: deleted.tableFields });
    return plannedRecord(deleted.record, title, restorationOf(deleted, table).writable);
  });
  const numbers = { what: 'Their numbers', why: 'Ninox numbers each new record by itself.' };
  const losses = [...stillThere(kept, gone), numbers, ...lossesOf(restoring, gone)];
  return {
    summary: `Restore ${countOf(gone.length, 'record', 'records')} into ${table.name}`,
    targets: placeTargets({ ...kept, table }),
    records,
    count: gone.length,
    warnings: losses.map(({ what, why }) => `${what}: ${why}`),
  };
}

/** Where each record is now, and everything that is not as it was. */
export function reportBulk(restoring: BulkRestoring, restored: readonly RestoredOne[]): Restored {
  const { kept, table } = restoring;
  const gone = restored.map(({ deleted }) => deleted);
  const numbers = restored.map(({ deleted, id }) => `${deleted.record} is ${id} now`);
  return {
    target: placeTargets({ ...kept, table }),
    notRestored: [
      ...stillThere(kept, gone),
      ...restored.flatMap((one) => differencesOf(one, table)),
      { what: 'Their numbers', why: `${listed(numbers, 100)}: Ninox numbers each new record by itself.` },
      ...lossesOf(restoring, gone),
    ],
  };
}

function stillThere(kept: DeletedRecords, gone: readonly DeletedRecord[]): NotRestored[] {
  const restored = new Set(gone.map(({ record }) => record));
  return eachDeleted(kept).flatMap(({ record, title }) => {
    if (restored.has(record)) return [];
    const what = `Record ${record}${title === null ? '' : ` (${quoted(title)})`}`;
    return [{ what, why: 'There is such a record, so it is not created a second time.' }];
  });
}

function differencesOf({ restoration, id, deleted, fields }: RestoredOne, table: NinoxTable): NotRestored[] {
  const which = `record ${deleted.record} (now ${id})`;
  if (fields === null) {
    return [{ what: `The comparison of ${which} with what there was`, why: 'It could not be read back.' }];
  }
  return differences({ id, fields }, table, restoration).map(({ what, why }) => ({ what: `${what} of ${which}`, why }));
}

/** What no restoring brings back, known without looking at what was restored. */
function lossesOf({ kept, table, allows }: BulkRestoring, gone: readonly DeletedRecord[]): NotRestored[] {
  return [
    ...filesOf(gone),
    ...backLinksOf(kept, gone, allows),
    ...lostFieldsOf(gone, table),
    { what: 'Formula fields', why: 'Ninox computes them itself, so they can show something else than before.' },
    {
      what: 'When and by whom they were created',
      why: 'To Ninox they are new records, made by the user of this connection’s key.',
    },
  ];
}

function filesOf(gone: readonly DeletedRecord[]): NotRestored[] {
  const told = gone.flatMap(({ record, files }) => {
    if (files === null || files.length === 0) return [];
    const why = 'Files are not kept for an undo, so they have to be attached again.';
    return [{ what: `Files of record ${record} (${listed(files.map(quoted), 10)})`, why }];
  });
  const isUntold = gone.some(({ files }) => files === null);
  const untold = {
    what: 'Files',
    why: 'It was not looked up for each record whether there were any; they are not kept.',
  };
  return [...told, ...(isUntold ? [untold] : [])];
}

function backLinksOf(kept: DeletedRecords, gone: readonly DeletedRecord[], allows: Allows): NotRestored[] {
  const why = 'The deletion took them away with the old numbers; they have to be set again by hand.';
  const counted = kept.referrers.map((referrer) => ({
    from: tableName(kept, referrer, allows),
    count: gone.reduce((sum, { fields }) => sum + linkedTo(fields, referrer.listedIn).length, 0),
  }));
  const told = counted.filter(({ count }) => count > 0);
  if (told.length > 0) {
    return told.map(({ from, count }) => ({ what: `${countOf(count, 'link', 'links')} from ${from}`, why }));
  }
  if (counted.length === 0) return [];
  const tables = [...new Set(counted.map(({ from }) => from))];
  return [{ what: `Links from ${listed(tables)}`, why: 'If there were any, they have to be set again by hand.' }];
}

function lostFieldsOf(gone: readonly DeletedRecord[], table: NinoxTable): NotRestored[] {
  const lost = new Set(gone.flatMap((deleted) => restorationOf(deleted, table).lost));
  const why = 'The table has no such field that can be written: Ninox computes it, or it was changed.';
  return [...lost].map((name) => ({ what: `Field ${quoted(name)}`, why }));
}
