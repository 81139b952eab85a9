import type { ChangePlan, PlannedRecord, PlannedTarget } from '#integrations/change-plan.ts';
import type { ResourceTarget } from '#integrations/rights.ts';
import { type FieldValue, fingerprintOf, linkedIds, shownValue, titleOf, valuesOf } from './fields.ts';
import type { Referrer, Sighting } from './sighting.ts';
import { countOf, listed, quoted } from './words.ts';

export type Allows = (target: ResourceTarget) => boolean;

const undoLimits =
  'An undo creates the record anew: with another number, without files, without links from other records, and with its formula fields as Ninox computes them then.';

/** What the deletion of this record would do. Holds nothing that changes by itself, such as times and sequences. */
export function planDeletion(sighting: Sighting, allows: Allows): ChangePlan {
  const { table, record } = sighting;
  const title = titleOf(record, table);
  return {
    summary: `Delete 1 record from ${table.name}`,
    targets: [...placeTargets(sighting), { level: 'record', id: record.id, name: title }],
    records: [plannedRecord(record.id, title, valuesOf(record, table.fields))],
    count: 1,
    warnings: [...fileWarnings(sighting), ...linkWarnings(sighting, allows), undoLimits],
  };
}

export function placeTargets({
  team,
  database,
  table,
}: Pick<Sighting, 'team' | 'database' | 'table'>): PlannedTarget[] {
  return [
    { level: 'team', id: team.id, name: team.name },
    { level: 'database', id: database.id, name: database.name },
    { level: 'table', id: table.id, name: table.name },
  ];
}

const mostFields = 200;

export function plannedRecord(id: string | null, title: string | null, values: readonly FieldValue[]): PlannedRecord {
  const fields = values.slice(0, mostFields).map((value) => ({ name: value.name, value: shownValue(value) }));
  const rest = values.slice(mostFields);
  if (rest.length > 0) {
    const text = JSON.stringify(rest.map(({ name, value }) => [name, value]));
    fields.push({ name: `… ${countOf(rest.length, 'more field', 'more fields')}`, value: fingerprintOf(text) });
  }
  return { id, title: title ?? (id === null ? 'New record' : `Record ${id}`), fields };
}

function fileWarnings({ files }: Sighting): string[] {
  if (files === null)
    return ['Whether files are attached to the record could not be read. They would be lost with it.'];
  if (files.length === 0) return [];
  const names = listed(files.map(quoted), 50);
  return files.length === 1
    ? [`The file ${names} is attached and would be lost with the record.`]
    : [`${files.length} files are attached and would be lost with the record: ${names}.`];
}

function linkWarnings(sighting: Sighting, allows: Allows): string[] {
  const { referrers, record } = sighting;
  const tellsBackLinks = referrers.some(({ listedIn }) => linkedTo(record.fields, listedIn).length > 0);
  const pointing = referrers.flatMap((referrer) => {
    const count = linkedTo(record.fields, referrer.listedIn).length;
    return count === 0 ? [] : [countedWarning(count, tableName(sighting, referrer, allows))];
  });
  // Where some back links are told, one that is not told is empty; where none are, nothing is known.
  if (referrers.length > 0 && !tellsBackLinks) pointing.push(openWarning(sighting, allows));
  return [...pointing, ...outwardWarnings(sighting, allows)];
}

/** A subtable's records go with their main record, which nothing that Ninox lists tells apart from other links. */
function countedWarning(count: number, table: string): string {
  const records = countOf(count, `linked record in ${table} loses its`, `linked records in ${table} lose their`);
  return `${records} link to it; where ${table} is a subtable, Ninox may delete ${count === 1 ? 'it' : 'them'} as well.`;
}

function openWarning(sighting: Sighting, allows: Allows): string {
  const tables = [...new Set(sighting.referrers.map((referrer) => tableName(sighting, referrer, allows)))];
  return `Records in ${listed(tables)} may be linked to it. They would lose their link, and in a subtable be deleted as well.`;
}

function outwardWarnings({ team, database, table, linkedTables, record }: Sighting, allows: Allows): string[] {
  return table.fields.flatMap((field) => {
    const ids = field.type === 'ref' ? linkedIds(record.fields[field.name]) : [];
    if (ids.length === 0) return [];
    const target = linkedTables.find(({ id }) => id === field.referenceToTable);
    const mayKnow = target !== undefined && allows({ team: team.id, database: database.id, table: target.id });
    const where = mayKnow ? target.name : 'another table';
    return [
      `It is linked to ${ids.length === 1 ? 'record' : 'records'} ${listed(ids)} of ${where} (${quoted(field.name)}).`,
    ];
  });
}

export function linkedTo(fields: Readonly<Record<string, unknown>>, listedIn: string | null): readonly string[] {
  return listedIn === null ? [] : linkedIds(fields[listedIn]);
}

/** Names of tables outside of the grant are not told. */
export function tableName(
  { team, database }: Pick<Sighting, 'team' | 'database'>,
  { tableId, tableName: name }: Pick<Referrer, 'tableId' | 'tableName'>,
  allows: Allows,
): string {
  return allows({ team: team.id, database: database.id, table: tableId }) ? name : 'another table';
}
