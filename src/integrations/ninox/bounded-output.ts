import { UpstreamError } from '#integrations/upstream-error.ts';

/** An answer may have 256 KB in all; what goes around the records has room beside this. */
export const mostBytes = 150_000;

export function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}

/** As many from the start as fit; the first always, so whoever asks goes on. */
export function takeFitting<Item>(items: readonly Item[], most = mostBytes): readonly Item[] {
  let sum = 0;
  const end = items.findIndex((item, at) => {
    sum += bytesOf(item) + 1;
    return at > 0 && sum > most;
  });
  return end === -1 ? items : items.slice(0, end);
}

export interface CutValue {
  readonly field: string;
  /** Of the whole value as text. */
  readonly characters: number;
  readonly shown: number;
}

export interface BoundedFields {
  readonly fields: Readonly<Record<string, unknown>>;
  /** What was cut, and how much of it is shown. */
  readonly cut: readonly CutValue[];
}

const allowances = [20_000, 4_000, 800, 100, 0];

/** All of the values where they fit; otherwise each text no longer than lets all of them fit. Tells what it has cut. */
export function boundFields(fields: Readonly<Record<string, unknown>>, most = mostBytes): BoundedFields {
  if (bytesOf(fields) <= most) return { fields, cut: [] };
  const cuts = allowances.map((allowance) => cutTo(fields, allowance));
  const fitting = cuts.find((bounded) => bytesOf(bounded) <= most);
  if (fitting !== undefined) return fitting;
  throw new UpstreamError(
    'OUTPUT_TOO_LARGE',
    'One record alone is larger than an answer may be. Ask for a few of its fields.',
  );
}

function cutTo(fields: Readonly<Record<string, unknown>>, allowance: number): BoundedFields {
  const cut: CutValue[] = [];
  const entries = Object.entries(fields).map(([field, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (text.length <= Math.max(allowance, 20)) return [field, value] as const;
    const shown = text.slice(0, allowance).toWellFormed();
    cut.push({ field, characters: text.length, shown: shown.length });
    return [field, shown] as const;
  });
  return { fields: Object.fromEntries(entries), cut };
}
