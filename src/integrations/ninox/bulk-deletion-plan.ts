import type { ChangePlan, PlannedRecord } from '#integrations/change-plan.ts';
import type { Sightings } from './deleted-records.ts';
import { type Allows, linkedTo, placeTargets, plannedRecord, tableName } from './deletion-plan.ts';
import { fingerprintOf, titleOf, valuesOf } from './fields.ts';
import type { Referrer } from './sighting.ts';
import { countOf, listed, quoted } from './words.ts';

const undoLimits =
  'An undo creates the records anew: with other numbers, without files, without links from other records, and with their formula fields as Ninox computes them then.';

const mostListed = 20;

/** What the deletion of these records would do. Holds nothing that changes by itself, such as times and sequences. */
export function planBulkDeletion(sightings: Sightings, allows: Allows): ChangePlan {
  const { table, seen } = sightings;
  const planned = seen.map(({ record }) => {
    return plannedRecord(record.id, titleOf(record, table), valuesOf(record, table.fields));
  });
  return {
    summary: `Delete ${countOf(seen.length, 'record', 'records')} from ${table.name}`,
    targets: placeTargets(sightings),
    records: planned.slice(0, mostListed),
    count: seen.length,
    warnings: [
      ...unlistedWarnings(planned.slice(mostListed)),
      ...fileWarnings(sightings),
      ...linkWarnings(sightings, allows),
      undoLimits,
    ],
  };
}

/** An approval is bound to those that are not listed as well. */
function unlistedWarnings(unlisted: readonly PlannedRecord[]): string[] {
  if (unlisted.length === 0) return [];
  const numbers = listed(
    unlisted.map(({ id }) => id ?? ''),
    100,
  );
  return [`Not listed here: ${numbers} (fingerprint of what they hold: ${fingerprintOf(JSON.stringify(unlisted))}).`];
}

function fileWarnings({ seen }: Sightings): string[] {
  const told = seen.flatMap(({ record, files }) => {
    if (files === null || files.length === 0) return [];
    return [`record ${record.id} has ${listed(files.map(quoted), 10)}`];
  });
  const untold = seen.filter(({ files }) => files === null);
  return [
    ...(told.length === 0 ? [] : [`Files would be lost with the records: ${told.join('; ')}.`]),
    ...(untold.length === 0
      ? []
      : ['Whether files are attached was not looked up for each record. They would be lost.']),
  ];
}

/** A subtable's records go with their main record, which nothing that Ninox lists tells apart from other links. */
function linkWarnings(sightings: Sightings, allows: Allows): string[] {
  const { referrers } = sightings;
  const counted = referrers.map((referrer) => ({ referrer, count: linksFrom(sightings, referrer) }));
  const pointing = counted.filter(({ count }) => count > 0);
  if (pointing.length > 0) {
    return pointing.map(({ referrer, count }) => {
      const table = tableName(sightings, referrer, allows);
      const records = countOf(count, `linked record in ${table} loses its`, `linked records in ${table} lose their`);
      return `${records} link; where ${table} is a subtable, Ninox may delete ${count === 1 ? 'it' : 'them'} as well.`;
    });
  }
  if (referrers.length === 0) return [];
  const tables = [...new Set(referrers.map((referrer) => tableName(sightings, referrer, allows)))];
  return [
    `Records in ${listed(tables)} may be linked to them. They would lose their link, and in a subtable be deleted as well.`,
  ];
}

function linksFrom({ seen }: Sightings, { listedIn }: Referrer): number {
  return seen.reduce((sum, { record }) => sum + linkedTo(record.fields, listedIn).length, 0);
}
