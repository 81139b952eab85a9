/** A clock on a wall of the zone. Its readings are written as if they were UTC, in milliseconds since the epoch. */
export interface LocalClock {
  readingAt(instant: number): number;
  /** When the wall shows it for the first time; where that day skips it, the first instant after the gap. */
  instantOf(reading: number): number;
}

const minuteMs = 60_000;
/** No zone changes its clock twice within two days. */
const dayMs = 24 * 60 * minuteMs;

export function createLocalClock(timeZone: string): LocalClock {
  const readingAt = createReader(timeZone);
  const offsetAt = (instant: number) => readingAt(instant) - instant;
  return {
    readingAt,
    instantOf(reading) {
      // Where the clock is not changed nearby, both are the same.
      const before = offsetAt(reading - dayMs);
      const after = offsetAt(reading + dayMs);
      const shown = [reading - before, reading - after].filter((instant) => readingAt(instant) === reading);
      if (shown.length > 0) return Math.min(...shown);
      return firstAfterChange({ offsetAt, from: reading - 2 * dayMs, to: reading + 2 * dayMs });
    },
  };
}

interface Change {
  readonly offsetAt: (instant: number) => number;
  readonly from: number;
  readonly to: number;
}

/** The minute from which on the clock is the later one. */
function firstAfterChange({ offsetAt, from, to }: Change): number {
  const later = offsetAt(to);
  let [low, high] = [from, to];
  while (high - low > minuteMs) {
    const middle = Math.floor((low + high) / 2 / minuteMs) * minuteMs;
    if (offsetAt(middle) === later) high = middle;
    else low = middle;
  }
  return Math.floor(high / minuteMs) * minuteMs;
}

function createReader(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instant) => {
    const parts: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(instant)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
}
