/*
 * Planned instants found by looking at every minute, as a person with a wall clock would: nothing of it is shared with
 * what plans jobs, so that the golden table is held by two that do not know each other.
 */

interface Local {
  /** Year, month, day, hour and minute as text that sorts. */
  readonly text: string;
  readonly hour: number;
  readonly minute: number;
  readonly date: number;
  readonly weekday: number;
  readonly isLastDate: boolean;
}

interface GoldenSchedule {
  readonly cron: string;
  /** Times of a day; else steps of minutes or hours. */
  readonly times: readonly string[] | null;
  readonly matches: (local: Local) => boolean;
}

const isWeekday = ({ weekday }: Local) => weekday >= 1 && weekday <= 5;
const always = () => true;

export const goldenZones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'];
export const goldenYears = [2025, 2026, 2027, 2028];

/** For `times`, `matches` looks at the day alone. */
export const goldenSchedules: readonly GoldenSchedule[] = [
  { cron: '30 2 * * *', times: ['02:30'], matches: always },
  { cron: '15 2 * * *', times: ['02:15'], matches: always },
  { cron: '30 1 * * *', times: ['01:30'], matches: always },
  { cron: '0 3 * * *', times: ['03:00'], matches: always },
  { cron: '30 1,2 * * *', times: ['01:30', '02:30'], matches: always },
  { cron: '0 0-4 * * *', times: ['00:00', '01:00', '02:00', '03:00', '04:00'], matches: always },
  { cron: '0 8 * * 1-5', times: ['08:00'], matches: isWeekday },
  { cron: '0 2 * * 0', times: ['02:00'], matches: ({ weekday }) => weekday === 0 },
  { cron: '15 2 1 * *', times: ['02:15'], matches: ({ date }) => date === 1 },
  { cron: '30 2 L * *', times: ['02:30'], matches: ({ isLastDate }) => isLastDate },
  { cron: '0 * * * *', times: null, matches: ({ minute }) => minute === 0 },
  { cron: '*/30 * * * *', times: null, matches: ({ minute }) => minute % 30 === 0 },
  { cron: '0 */2 * * *', times: null, matches: ({ hour, minute }) => minute === 0 && hour % 2 === 0 },
];

const minuteMs = 60_000;
const aroundMs = 36 * 3600 * 1000;
const moreMs = 48 * 3600 * 1000;

export interface Span {
  readonly from: string;
  readonly to: string;
}

/** A day and a half around each change of the clock of a year. */
export function changesOf(timeZone: string, year: number): readonly Span[] {
  const offset = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const spans: Span[] = [];
  let before = offset
    .format(Date.UTC(year, 0, 1))
    .split(' ')
    .at(-1);
  for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += 30 * minuteMs) {
    const now = offset.format(at).split(' ').at(-1);
    if (now !== before) spans.push({ from: isoOf(at - aroundMs), to: isoOf(at + aroundMs) });
    before = now;
  }
  return spans;
}

/** The planned instants in a span, its beginning not counted. */
export function walk(timeZone: string, { times, matches }: GoldenSchedule, span: Span): readonly string[] {
  const minutes = minutesOf(timeZone, span);
  const matching = minutes.filter(({ local }) => matches(local));
  const found = times === null ? matching.map(({ at }) => at) : shownFirst(minutes, { days: matching, times });
  return [...new Set(found)]
    .toSorted((left, right) => left - right)
    .map(isoOf)
    .filter((at) => at > span.from && at <= span.to);
}

/** Such as 2025-03-30T01:00Z. */
export function isoOf(instant: number): string {
  return new Date(instant).toISOString().replace(':00.000Z', 'Z');
}

interface Named {
  readonly days: readonly Minute[];
  readonly times: readonly string[];
}

/** The first minute at which the wall shows each time or, where it never does, more than it. */
function shownFirst(minutes: readonly Minute[], { days, times }: Named): readonly number[] {
  const dates = [...new Set(days.map(({ local }) => local.text.slice(0, 10)))];
  const wanted = dates.flatMap((date) => times.map((time) => `${date} ${time}`)).toSorted();
  const found: number[] = [];
  for (const { at, local } of minutes) {
    // Several at once at the end of a gap.
    while (wanted[0] !== undefined && local.text >= wanted[0]) {
      found.push(at);
      wanted.shift();
    }
  }
  return found;
}

interface Minute {
  readonly at: number;
  readonly local: Local;
}

const kept = new Map<string, readonly Minute[]>();

/** With two days more on each side, so that whole days are seen. */
function minutesOf(timeZone: string, { from, to }: Span): readonly Minute[] {
  const key = `${timeZone} ${from} ${to}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  // Swedish writes times so that they sort as text.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const minutes: Minute[] = [];
  for (let at = Date.parse(from) - moreMs; at <= Date.parse(to) + moreMs; at += minuteMs) {
    minutes.push({ at, local: readLocal(format.format(at)) });
  }
  kept.clear();
  kept.set(key, minutes);
  return minutes;
}

function readLocal(text: string): Local {
  const [year = 0, month = 0, date = 0, hour = 0, minute = 0] = text.split(/[- :]/).map(Number);
  const day = new Date(Date.UTC(year, month - 1, date));
  const isLastDate = new Date(Date.UTC(year, month - 1, date + 1)).getUTCDate() === 1;
  return { text, hour, minute, date, weekday: day.getUTCDay(), isLastDate };
}

/** A line for each day in UTC, with its minutes. */
export function linesOf(instants: readonly string[]): readonly string[] {
  const days = Map.groupBy(instants, (instant) => instant.slice(0, 10));
  return [...days].map(([day, times]) => `${day} ${times.map((time) => time.slice(11, 16)).join(' ')}`);
}
