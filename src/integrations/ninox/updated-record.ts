import { z } from 'zod';
import type { NinoxRecordIds } from './client.ts';
import type { NinoxField, NinoxRecord, NinoxTable } from './responses.ts';
import type { WritableValue } from './restoration-report.ts';
import type { Place } from './sighting.ts';
import { idsOfPlace, keepPlace, keptPlace, readKept } from './written-place.ts';

const updatedRecord = z.object({
  version: z.literal(1),
  ...keptPlace,
  record: z.string(),
  title: z.string().nullable(),
  /** Those that change, by the name they have. What was empty has no `before`. */
  changes: z.array(
    z.object({
      field: z.object({ id: z.string(), name: z.string(), type: z.string() }),
      before: z.unknown().optional(),
      after: z.unknown().optional(),
    }),
  ),
  /** What Ninox made of it, by the names of the fields; added once it was read back. */
  held: z.record(z.string(), z.unknown()).optional(),
});

/** What is kept of a record before it is updated. JSON. */
export type UpdatedRecord = Readonly<z.output<typeof updatedRecord>>;

export interface FieldChange {
  readonly field: NinoxField;
  readonly before: unknown;
  readonly after: unknown;
}

export interface Updating {
  readonly place: Place;
  readonly record: NinoxRecord;
  readonly title: string | null;
  readonly changes: readonly FieldChange[];
}

export function keepUpdate({ place, record, title, changes }: Updating): UpdatedRecord {
  const kept = { version: 1, ...keepPlace(place), record: record.id, title, changes };
  return updatedRecord.parse(kept);
}

export function readUpdate(snapshot: unknown): UpdatedRecord {
  return readKept(updatedRecord, snapshot);
}

export function idsOfUpdate(kept: UpdatedRecord): NinoxRecordIds {
  return { ...idsOfPlace(kept), record: kept.record };
}

/** One change with the field as the table has it now; null where it has none like it any more. */
export interface FoundChange extends Omit<FieldChange, 'field'> {
  readonly name: string;
  readonly field: NinoxField | null;
}

/** Fields are followed by their ids through a change of name. */
export function changesIn({ changes, held }: UpdatedRecord, table: NinoxTable): readonly FoundChange[] {
  return changes.map(({ field, before, after }) => ({
    name: field.name,
    before,
    after: held === undefined ? after : held[field.name],
    field: fieldNow(field, table),
  }));
}

/** Where Ninox lists no fields of the table at all, they are taken as they were. */
function fieldNow(field: NinoxField, { fields }: NinoxTable): NinoxField | null {
  if (fields.length === 0) return field;
  return fields.find(({ id, type }) => id === field.id && type === field.type) ?? null;
}

/** What the record holds now of the values that were written, by the names the fields had. */
export function heldIn(record: NinoxRecord, values: readonly Pick<WritableValue, 'name'>[]): Record<string, unknown> {
  return Object.fromEntries(values.map(({ name }) => [name, record.fields[name] ?? null]));
}
