import { differences, type Fields, type FoundRecord, keyText } from './sync-items.ts';
import type { Transformed } from './transform-items.ts';

/** What is to become of one item. */
export type Planned =
  | { readonly type: 'create'; readonly key: string; readonly fields: Fields }
  | { readonly type: 'update'; readonly key: string; readonly record: string; readonly fields: Fields }
  | { readonly type: 'skip'; readonly key: string | null; readonly why: string }
  | { readonly type: 'fail'; readonly key: string | null; readonly why: string };

export interface PlanFacts {
  readonly keyField: string;
  readonly transformed: readonly Transformed[];
  /** The target's records by their key. */
  readonly there: ReadonlyMap<string, readonly FoundRecord[]>;
}

/** Each item by itself; of several with one key the first counts. */
export function planItems({ keyField, transformed, there }: PlanFacts): readonly Planned[] {
  const seen = new Set<string>();
  return transformed.map((item): Planned => {
    if ('problem' in item) {
      return item.problem.startsWith('Left out')
        ? { type: 'skip', key: null, why: item.problem }
        : { type: 'fail', key: null, why: item.problem };
    }
    const key = keyText(item.fields[keyField]);
    if (key === null) return { type: 'fail', key, why: `It has no value for the key “${keyField}”.` };
    if (seen.has(key)) return { type: 'skip', key, why: 'Another item before it has the same key.' };
    seen.add(key);
    return planOne(key, item.fields, there.get(key) ?? []);
  });
}

function planOne(key: string, fields: Fields, found: readonly FoundRecord[]): Planned {
  const [record] = found;
  if (record === undefined) return { type: 'create', key, fields };
  if (found.length > 1) {
    const ids = found.map(({ id }) => id).join(', ');
    return {
      type: 'fail',
      key,
      why: `Several records have this key (${ids}), and it is not known which one is meant.`,
    };
  }
  const changed = differences(fields, record.fields);
  if (Object.keys(changed).length === 0) return { type: 'skip', key, why: 'Nothing has changed.' };
  return { type: 'update', key, record: record.id, fields: changed };
}

export function byKey(records: readonly FoundRecord[], keyField: string): Map<string, FoundRecord[]> {
  const found = new Map<string, FoundRecord[]>();
  for (const record of records) {
    const key = keyText(record.fields[keyField]);
    if (key === null) continue;
    const same = found.get(key) ?? [];
    // The same record may come in two answers.
    if (!same.some(({ id }) => id === record.id)) found.set(key, [...same, record]);
  }
  return found;
}
