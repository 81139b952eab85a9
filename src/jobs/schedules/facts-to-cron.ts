import type { ScheduleFacts } from './schedule-facts.ts';

interface Failed {
  readonly ok: false;
  readonly problem: string;
  /** A cron expression that may have been meant. */
  readonly near?: string;
}

export type WordsReading = { readonly ok: true; readonly cron: string } | Failed;

/** A cron expression that says the same. Where something is missing, `near` is one that may have been meant. */
export function factsToCron(facts: ScheduleFacts): WordsReading {
  if (facts.odd !== null) return failed(`“${facts.odd}” does not fit in there.`);
  const [step, another] = facts.steps;
  if (facts.everyOther) return everyOther();
  if (another !== undefined) return failed('It names more than one step.');
  if (step?.unit === 'minute' || step?.unit === 'hour') return readClockStep(facts, step);
  return readTimes(facts);
}

function failed(problem: string, near?: string): Failed {
  return near === undefined ? { ok: false, problem } : { ok: false, problem, near };
}

function everyOther(): Failed {
  return failed(
    'A schedule cannot leave out every other day or week, since cron does not count them. Name the days of the week or of the month.',
  );
}

const wholes = { minute: 60, hour: 24 } as const;

type ClockUnit = keyof typeof wholes;

function readClockStep(facts: ScheduleFacts, { count, unit }: { count: number; unit: string }): WordsReading {
  const clockUnit: ClockUnit = unit === 'hour' ? 'hour' : 'minute';
  if (facts.times.length > 0) {
    return failed('It names a step and a time of day as well. Name one of them.');
  }
  if (clockUnit === 'minute' && count > 0 && count % 60 === 0) {
    return readClockStep(facts, { count: count / 60, unit: 'hour' });
  }
  if (clockUnit === 'hour' && count === 24)
    return failed('Every 24 hours is every day: say at what time.', '0 8 * * *');
  const whole = wholes[clockUnit];
  if (count < 1 || whole % count !== 0) return uneven(clockUnit, count);
  const days = readDays(facts);
  if (!days.ok) return days;
  const field = count === 1 ? '*' : `*/${count}`;
  return { ok: true, cron: clockUnit === 'minute' ? `${field} * ${days.cron}` : `0 ${field} ${days.cron}` };
}

function uneven(unit: ClockUnit, count: number): Failed {
  const whole = wholes[unit];
  const even = Array.from({ length: whole / 2 }, (_, index) => index + 1).filter((each) => whole % each === 0);
  const near = even.toSorted((left, right) => Math.abs(left - count) - Math.abs(right - count)).slice(0, 2);
  const [nearest = 1] = near;
  const cron = unit === 'minute' ? `*/${nearest} * * * *` : `0 */${nearest} * * *`;
  const span = unit === 'minute' ? 'an hour' : 'a day';
  return failed(`Every ${count} ${unit}s do not fit evenly into ${span}. Use ${near.join(' or ')}.`, cron);
}

function readTimes(facts: ScheduleFacts): WordsReading {
  const days = readDays(facts);
  const clock = readClock(facts);
  if (!clock.ok) return days.ok ? { ...clock, near: `0 8 ${days.cron}` } : clock;
  if (days.ok) return { ok: true, cron: `${clock.cron} ${days.cron}` };
  return days.near === undefined ? days : failed(days.problem, `${clock.cron} ${days.near}`);
}

/** Minute and hour. */
function readClock({ times }: ScheduleFacts): WordsReading {
  if (times.length === 0) return failed('It does not say at what time of the day.');
  const minutes = unique(times.map(({ minute }) => minute));
  const hours = unique(times.map(({ hour }) => hour));
  const named = new Set(times.map(({ hour, minute }) => hour * 60 + minute));
  if (named.size !== minutes.length * hours.length) {
    return failed(
      'Several times of one schedule must be at the same minute, such as 8:30 and 17:30. Make a job for each of them otherwise.',
    );
  }
  return { ok: true, cron: `${minutes.join(',')} ${hours.join(',')}` };
}

/** Day of the month, month, day of the week. `near` is the same of what may have been meant. */
function readDays(facts: ScheduleFacts): WordsReading {
  const { monthDays, lastDay, nth, days, months, often, steps } = facts;
  const month = readMonths(facts);
  if (!month.ok) return month;
  const isOfMonth = monthDays.size > 0 || lastDay;
  const isOfWeek = days.size > 0 || nth.length > 0;
  if (isOfMonth && isOfWeek) {
    return failed('It names days of the month and days of the week. Name one of them, or make two jobs.');
  }
  if ([...monthDays].some((day) => day < 1 || day > 31)) return failed('A month has the days 1 to 31.');
  if (isOfMonth) return inMonth(facts, month.cron);
  if (isOfWeek) return inWeek(facts, month.cron);
  if (often.has('week')) return failed('It does not say on which day of the week.', '* * 1');
  if (often.has('month') || steps.some(({ unit }) => unit === 'month')) {
    return failed('It does not say on which day of the month.', `1 ${month.cron} *`);
  }
  if (often.has('year')) return failed('It does not say on which day of the year.', '1 1 *');
  const isDaily = often.has('day') || months.size > 0 || steps.length > 0;
  return isDaily ? { ok: true, cron: `* ${month.cron} *` } : failed('It does not say on which days.', '* * *');
}

function inMonth({ monthDays, lastDay, often, months }: ScheduleFacts, month: string): WordsReading {
  const dates = [...unique([...monthDays]), ...(lastDay ? ['L'] : [])].join(',');
  if (often.has('year') && months.size === 0) {
    return failed('It does not say in which month.', `${dates} 1 *`);
  }
  return { ok: true, cron: `${dates} ${month} *` };
}

function inWeek({ days, nth }: ScheduleFacts, month: string): WordsReading {
  if (nth.length === 0) return { ok: true, cron: `* ${month} ${weekField(days)}` };
  if (days.size > 0) return failed('It names a day of every week and one of every month. Name one of them.');
  return { ok: true, cron: `* ${month} ${nth.map(({ place, day }) => `${day}#${place}`).join(',')}` };
}

function weekField(days: ReadonlySet<number>): string {
  const sorted = unique([...days]);
  if (sorted.length === 7) return '*';
  return sorted.join() === '1,2,3,4,5' ? '1-5' : sorted.join(',');
}

/** The month alone. */
function readMonths({ months, steps }: ScheduleFacts): WordsReading {
  const [step] = steps;
  if (step === undefined || step.unit === 'minute' || step.unit === 'hour') {
    return { ok: true, cron: months.size === 0 ? '*' : unique([...months]).join(',') };
  }
  const { count, unit } = step;
  if (unit === 'month' && count >= 1 && 12 % count === 0) {
    const first = Array.from({ length: 12 / count }, (_, index) => 1 + index * count);
    return { ok: true, cron: count === 1 ? '*' : first.join(',') };
  }
  if (unit === 'day' && count === 1) return { ok: true, cron: '*' };
  if (unit === 'month') return failed('Steps of months are 1, 2, 3, 4 or 6, so that they fit into a year.');
  return everyOther();
}

function unique(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)].toSorted((left, right) => left - right);
}
