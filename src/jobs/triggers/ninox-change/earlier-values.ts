export type Values = Readonly<Record<string, unknown>>;

/** What records held when they were last seen by this process, as far as it remembers. */
export interface EarlierValues {
  /** Null where that is not known. */
  of(place: string, record: string): Values | null;
  /** Null: it is gone. */
  keep(place: string, record: string, values: Values | null): void;
}

/** Larger ones are not worth their room. */
const longestValues = 4_000;

export function createEarlierValues(most = 10_000): EarlierValues {
  const known = new Map<string, Values>();
  const keyOf = (place: string, record: string) => `${place} ${record}`;
  return {
    of: (place, record) => known.get(keyOf(place, record)) ?? null,
    keep(place, record, values) {
      const key = keyOf(place, record);
      known.delete(key);
      if (values === null || JSON.stringify(values).length > longestValues) return;
      known.set(key, values);
      const [oldest] = known.keys();
      if (known.size > most && oldest !== undefined) known.delete(oldest);
    },
  };
}
