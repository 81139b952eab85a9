import { z } from 'zod';
import { UpstreamError } from '#integrations/upstream-error.ts';
import type { NinoxRecordIds } from './client.ts';
import { titleOf } from './fields.ts';
import type { Sighting } from './sighting.ts';

const named = z.object({ id: z.string(), name: z.string() });
const optionalText = z.string().optional();

const deletedRecord = z.object({
  version: z.literal(1),
  team: named,
  database: named,
  table: named,
  record: z.string(),
  title: z.string().nullable(),
  /** As Ninox gave them, by name. */
  fields: z.record(z.string(), z.unknown()),
  /** The fields of the table, in its order. */
  tableFields: z.array(
    z.object({ id: z.string(), name: z.string(), type: z.string(), referenceToTable: optionalText }),
  ),
  referrers: z.array(z.object({ tableId: z.string(), tableName: z.string(), listedIn: z.string().nullable() })),
  /** Their names; null where Ninox did not tell. */
  files: z.array(z.string()).nullable(),
  sequence: z.number().optional(),
  createdAt: optionalText,
  createdBy: optionalText,
  modifiedAt: optionalText,
  modifiedBy: optionalText,
});

/** What is kept of a record before it is deleted. JSON. */
export type DeletedRecord = Readonly<z.output<typeof deletedRecord>>;

export function keepRecord(sighting: Sighting): DeletedRecord {
  const { team, database, table, record, referrers, files } = sighting;
  const { id, fields, ...times } = record;
  const kept = {
    version: 1,
    team: { id: team.id, name: team.name },
    database: { id: database.id, name: database.name },
    table: { id: table.id, name: table.name },
    record: id,
    title: titleOf(record, table),
    fields,
    tableFields: table.fields,
    referrers,
    files,
    ...times,
  };
  return deletedRecord.parse(kept);
}

/** Throws UpstreamError for what is no such snapshot. */
export function readDeletedRecord(snapshot: unknown): DeletedRecord {
  const parsed = deletedRecord.safeParse(snapshot);
  if (parsed.success) return parsed.data;
  throw new UpstreamError(
    'UPSTREAM_INVALID',
    'What was kept of the record cannot be read by this version of the service, so nothing was sent.',
  );
}

export function idsOf({ team, database, table, record }: DeletedRecord): NinoxRecordIds {
  return { team: team.id, database: database.id, table: table.id, record };
}
