import { z } from 'zod';

/** What the script for Ninox tells of the record that its event is about. */
const ninoxPayload = z.object({
  ninox: z.object({
    database: z.string().min(1).max(64),
    table: z.string().min(1).max(64),
    record: z.union([z.string().min(1).max(64), z.int().transform(String)]),
  }),
});

export interface WrittenRecord {
  readonly database: string;
  readonly table: string;
  readonly record: string;
}

/** The record an event is about; null where it names none. */
export function writtenRecordOf(payload: unknown): WrittenRecord | null {
  const read = ninoxPayload.safeParse(payload);
  return read.success ? read.data.ninox : null;
}
