import { z } from 'zod';
import type { DeletedRecord } from './deleted-record.ts';
import { titleOf } from './fields.ts';
import type { NinoxRecord } from './responses.ts';
import type { Sighting } from './sighting.ts';
import { keepPlace, keptPlace, readKept } from './written-place.ts';

const deletedRecords = z.object({
  version: z.literal(1),
  ...keptPlace,
  referrers: z.array(z.object({ tableId: z.string(), tableName: z.string(), listedIn: z.string().nullable() })),
  records: z.array(
    z.object({
      id: z.string(),
      title: z.string().nullable(),
      /** As Ninox gave them, by name. */
      fields: z.record(z.string(), z.unknown()),
      /** Their names; null where they were not looked up. */
      files: z.array(z.string()).nullable(),
    }),
  ),
});

/** What is kept of records before they are deleted. JSON. */
export type DeletedRecords = Readonly<z.output<typeof deletedRecords>>;

/** One of the records, with the names of its files; null where they were not looked up. */
export interface SeenRecord {
  readonly record: NinoxRecord;
  readonly files: readonly string[] | null;
}

/** Several records of one table, and what a person should see of them before they go. */
export interface Sightings extends Omit<Sighting, 'record' | 'files'> {
  readonly seen: readonly SeenRecord[];
}

export function keepRecords({ seen, referrers, ...place }: Sightings): DeletedRecords {
  const kept = {
    version: 1,
    ...keepPlace(place),
    referrers,
    records: seen.map(({ record, files }) => {
      return { id: record.id, title: titleOf(record, place.table), fields: record.fields, files };
    }),
  };
  return deletedRecords.parse(kept);
}

export function readDeletedRecords(snapshot: unknown): DeletedRecords {
  return readKept(deletedRecords, snapshot);
}

/** Each as if it had been deleted by itself. */
export function eachDeleted({ records, ...place }: DeletedRecords): readonly DeletedRecord[] {
  return records.map(({ id: record, ...rest }) => ({ ...place, record, ...rest }));
}
