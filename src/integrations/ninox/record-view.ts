import { boundFields, type CutValue, mostBytes } from './bounded-output.ts';
import type { NinoxRecord } from './responses.ts';

/** A record as tools answer it. */
export interface RecordView {
  readonly record_id: string;
  readonly modified_at: string | null;
  /** Deleted between its finding and its reading. */
  readonly gone?: boolean;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Values that are longer than an answer; only there where there are some. */
  readonly cut?: readonly CutValue[];
}

/** All that is not empty, or those of the fields that were asked for. */
export function viewRecord(
  { id, modifiedAt, fields }: NinoxRecord,
  names: readonly string[] | null,
  most = mostBytes - 1_000,
): RecordView {
  const wanted = names === null ? fields : pick(fields, names);
  const { fields: shown, cut } = boundFields(wanted, most);
  return {
    record_id: id,
    modified_at: modifiedAt ?? null,
    fields: shown,
    ...(cut.length === 0 ? {} : { cut }),
  };
}

function pick(fields: NinoxRecord['fields'], names: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}
