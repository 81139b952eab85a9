export interface CountedKey {
  readonly key: string;
  readonly limit: number;
}

export interface MinuteCounter {
  /** Counts one for each of the keys, or for none: how many seconds to wait where one has reached its limit, else null. */
  take(keys: readonly CountedKey[]): number | null;
}

const minuteMs = 60_000;
/** Beyond so many those who came first are forgotten: whoever has so many addresses is held by nothing counted here. */
const mostKeys = 100_000;

/** Counts within a minute that begins with the first of a key. In memory: each process counts for itself. */
export function createMinuteCounter(clock: () => Date = () => new Date(), most = mostKeys): MinuteCounter {
  /** In the order in which their minutes began, as long as the clock does not jump. */
  const windows = new Map<string, { count: number; readonly until: number }>();

  const forgetOld = (now: number) => {
    for (const [key, { until }] of windows) {
      if (until > now && windows.size <= most) return;
      windows.delete(key);
    }
  };
  const current = (key: string, now: number) => {
    const window = windows.get(key);
    return window === undefined || window.until <= now ? { count: 0, until: now + minuteMs } : window;
  };
  return {
    take(keys) {
      const now = clock().getTime();
      forgetOld(now);
      const counted = keys.map(({ key, limit }) => ({ key, limit, window: current(key, now) }));
      const full = counted.filter(({ limit, window }) => window.count >= limit);
      if (full.length > 0) return Math.ceil((Math.max(...full.map(({ window }) => window.until)) - now) / 1000);
      for (const { key, window } of counted) windows.set(key, { ...window, count: window.count + 1 });
      return null;
    },
  };
}
