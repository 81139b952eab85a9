const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const shortDays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const monthNames = 'January February March April May June July August September October November December'.split(' ');
const shortMonths = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const placeNames: Readonly<Record<string, string>> = {
  1: 'first',
  2: 'second',
  3: 'third',
  4: 'fourth',
  5: 'fifth',
  L: 'last',
};

/** A cron expression of five fields in words, such as “every weekday at 8:00”. One that says too much is quoted. */
export function describeCron(cron: string): string {
  const [minute = '', hour = '', date = '', month = '', day = ''] = cron.split(' ');
  const clock = describeClock(minute, hour);
  const days = describeDays({ date, month, day });
  if (clock === null || days === null) return `by the cron expression “${cron}”`;
  const { words, isStep } = clock;
  if (!isStep) return `${days} ${words}`;
  return days === 'every day' ? words : `${words}, ${days}`;
}

interface Clock {
  readonly words: string;
  readonly isStep: boolean;
}

const mostTimes = 8;

function describeClock(minute: string, hour: string): Clock | null {
  const minutes = listOf(minute, { from: 0, to: 59 });
  const hours = listOf(hour, { from: 0, to: 23 });
  if (minutes !== null && hours !== null) {
    if (minutes.length * hours.length > mostTimes) return describeMany(minute, hour);
    const times = hours.flatMap((each) => minutes.map((at) => `${each}:${String(at).padStart(2, '0')}`));
    return { words: `at ${andList(times)}`, isStep: false };
  }
  const words = describeStep(minute, hour) ?? describeMany(minute, hour)?.words;
  return words === undefined ? null : { words, isStep: true };
}

function describeStep(minute: string, hour: string): string | null {
  const past = /^\d+$/.test(minute) ? Number(minute) : null;
  const atPast = past === null || past === 0 ? '' : ` at ${past} ${past === 1 ? 'minute' : 'minutes'} past`;
  if (hour === '*') {
    const step = stepOf(minute);
    if (step !== null) return step === 1 ? 'every minute' : `every ${step} minutes`;
    return past === null ? null : `every hour${atPast}`;
  }
  const step = stepOf(hour);
  if (past === null || step === null) return null;
  return `every ${step} hours${atPast}`;
}

/** Null where it is no step over the whole. */
function stepOf(field: string): number | null {
  if (field === '*') return 1;
  const [, step] = /^\*\/(\d+)$/.exec(field) ?? [];
  return step === undefined ? null : Number(step);
}

function describeMany(minute: string, hour: string): Clock | null {
  const minuteStep = stepOf(minute);
  const minutes = listOf(minute, { from: 0, to: 59 });
  const first = minuteStep === null ? minutes && atMinutes(minutes) : everyMinutes(minuteStep);
  const hourStep = stepOf(hour);
  if (first === null) return null;
  if (hourStep !== null) return { words: hourStep === 1 ? first : `${first} of every ${hourStep} hours`, isStep: true };
  if (!/^[\d,-]+$/.test(hour)) return null;
  return { words: `${first} of the hours ${hour.replaceAll('-', ' to ').replaceAll(',', ', ')}`, isStep: true };
}

function everyMinutes(step: number): string {
  return step === 1 ? 'every minute' : `every ${step} minutes`;
}

function atMinutes(minutes: readonly number[]): string {
  return minutes.length === 1 && minutes[0] === 0 ? 'at the full hour' : `at minute ${andList(minutes.map(String))}`;
}

interface DayFields {
  readonly date: string;
  readonly month: string;
  readonly day: string;
}

function describeDays({ date, month, day }: DayFields): string | null {
  const months = listOf(month, { from: 1, to: 12, names: shortMonths, base: 1 });
  if (month !== '*' && months === null) return null;
  const ofMonths = months === null ? 'every month' : andList(months.map((each) => monthNames[each - 1] ?? ''));
  if (date === '*' && day === '*') return months === null ? 'every day' : `every day in ${ofMonths}`;
  const dates = date === '*' ? null : describeDates(date, ofMonths);
  const week = day === '*' ? null : describeWeek(day, { ofMonths, isAlways: months === null });
  if ((date !== '*' && dates === null) || (day !== '*' && week === null)) return null;
  // Cron starts on either of them.
  return [dates, week].filter((words) => words !== null).join(' and ');
}

function describeDates(field: string, ofMonths: string): string | null {
  const isLast = field.split(',').includes('L');
  const rest = field.split(',').filter((part) => part !== 'L');
  const dates = rest.length === 0 ? [] : listOf(rest.join(','), { from: 1, to: 31 });
  if (dates === null || dates.length > mostTimes) return null;
  const words = [...dates.map(ordinal), ...(isLast ? ['last day'] : [])];
  const late = dates.length > 0 && dates.every((date) => date > 28) && !isLast ? ' that has it' : '';
  return `on the ${andList(words)} of ${ofMonths}${ofMonths === 'every month' ? late : ''}`;
}

function describeWeek(field: string, { ofMonths, isAlways }: { ofMonths: string; isAlways: boolean }): string | null {
  const parts = field.split(',').map((part) => /^([0-7]|[A-Z]{3})#([1-5L])$/.exec(part));
  if (parts.every((part) => part !== null)) {
    const named = parts.map(([, day = '', place = '']) => `${placeNames[place]} ${dayNames[dayNumber(day)]}`);
    return `on the ${andList(named)} of ${ofMonths}`;
  }
  const days = listOf(field, { from: 0, to: 7, names: shortDays, base: 0 });
  if (days === null) return null;
  const numbers = [...new Set(days.map((day) => day % 7))].toSorted((left, right) => left - right);
  const suffix = isAlways ? '' : ` in ${ofMonths}`;
  if (numbers.join() === '1,2,3,4,5') return `every weekday${suffix}`;
  const mondayFirst = numbers.toSorted((left, right) => ((left + 6) % 7) - ((right + 6) % 7));
  return `every ${andList(mondayFirst.map((day) => dayNames[day] ?? ''))}${suffix}`;
}

function dayNumber(day: string): number {
  const named = shortDays.indexOf(day);
  return named === -1 ? Number(day) % 7 : named;
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
  /** The number of the first name. */
  readonly base?: number;
}

/** The numbers a field names, ranges written out; null for one with stars, steps or signs. */
function listOf(field: string, { from, to, names = [], base = 0 }: Range): readonly number[] | null {
  const numberOf = (part: string) => (names.includes(part) ? names.indexOf(part) + base : Number(part));
  const numbers = field.split(',').flatMap((part) => {
    const [first = '', last = first, ...more] = part.split('-');
    const [low, high] = [numberOf(first), numberOf(last)];
    if (more.length > 0 || first === '' || last === '' || !(low >= from && low <= high && high <= to)) return [null];
    return Array.from({ length: high - low + 1 }, (_, index) => low + index);
  });
  const known = numbers.filter((number) => number !== null);
  return known.length === numbers.length ? [...new Set(known)].toSorted((left, right) => left - right) : null;
}

function ordinal(number: number): string {
  const teens = number >= 11 && number <= 13;
  const ending = teens ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th');
  return `${number}${ending}`;
}

function andList(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
