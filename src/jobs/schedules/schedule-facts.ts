import type { Token } from './lex-schedule.ts';

/** What a schedule in words says, before it is looked at whether that is enough and fits together. */
export interface ScheduleFacts {
  readonly steps: { readonly count: number; readonly unit: 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year' }[];
  readonly often: Set<'day' | 'week' | 'month' | 'year'>;
  /** 0 is Sunday. */
  readonly days: Set<number>;
  /** The first Monday of a month, or the last one. */
  readonly nth: { readonly place: number | 'L'; readonly day: number }[];
  readonly monthDays: Set<number>;
  lastDay: boolean;
  readonly months: Set<number>;
  readonly times: { hour: number; readonly minute: number }[];
  /** “Every other week” and the like. */
  everyOther: boolean;
  /** What stood where it means nothing. */
  odd: string | null;
}

interface Cursor {
  readonly tokens: readonly Token[];
  readonly at: number;
  readonly facts: ScheduleFacts;
}

/** Each takes the token at the cursor and says how many tokens that was. */
type Take = (token: Token, cursor: Cursor) => number;

export function gatherFacts(tokens: readonly Token[]): ScheduleFacts {
  const facts: ScheduleFacts = {
    steps: [],
    often: new Set(),
    days: new Set(),
    nth: [],
    monthDays: new Set(),
    lastDay: false,
    months: new Set(),
    times: [],
    everyOther: false,
    odd: null,
  };
  const meant = tokens.filter(({ kind, text }) => kind !== 'filler' || text === 'on');
  for (let at = 0; at < meant.length; ) {
    const token = meant[at];
    if (token === undefined) break;
    at += takers[token.kind](token, { tokens: meant, at, facts });
  }
  return facts;
}

const takers: Readonly<Record<Token['kind'], Take>> = {
  every: takeEvery,
  unit: takeUnit,
  often: takeOften,
  week: (_token, { facts }) => one(facts.often.add('week')),
  year: (_token, { facts }) => one(facts.often.add('year')),
  days: takeDays,
  monthName: takeMonth,
  number: takeNumber,
  ordinal: takeOrdinal,
  last: takeLast,
  half: takeOdd,
  quarter: takeOdd,
  other: takeOdd,
  at: () => 1,
  and: () => 1,
  to: takeOdd,
  time: takeTime,
  afternoon: takeAfternoon,
  filler: () => 1,
};

function one(_done: unknown): 1 {
  return 1;
}

function next({ tokens, at }: Cursor, ahead = 1): Token | undefined {
  return tokens[at + ahead];
}

function takeOdd({ text }: Token, { facts }: Cursor): number {
  facts.odd ??= text;
  return 1;
}

function takeEvery(_token: Token, cursor: Cursor): number {
  const [first, second] = [next(cursor), next(cursor, 2)];
  const { facts } = cursor;
  if (first?.kind === 'other') return takeEveryOther(cursor, 2);
  if (first?.kind === 'ordinal' && first.value === 2 && !hasMonth(cursor)) return takeEveryOther(cursor, 2);
  if (first?.kind === 'half') {
    facts.steps.push({ count: 30, unit: 'minute' });
    return second?.kind === 'unit' && second.unit === 'hour' ? 3 : 2;
  }
  if (first?.kind === 'quarter') return takeQuarter(first, cursor);
  if (first?.kind === 'number') return takeStep(first.value, cursor);
  if (first?.kind === 'unit' && first.unit !== 'day') {
    if (first.unit === 'month') facts.often.add('month');
    else facts.steps.push({ count: 1, unit: first.unit });
    return 2;
  }
  return 1;
}

function hasMonth({ tokens }: Cursor): boolean {
  return tokens.some((token) => token.kind === 'unit' && token.unit === 'month');
}

function takeEveryOther({ facts }: Cursor, taken: number): number {
  facts.everyOther = true;
  return taken;
}

function takeQuarter({ text }: Token, cursor: Cursor): number {
  const unit = next(cursor, 2);
  const isOfHour = unit?.kind === 'unit' && unit.unit === 'hour';
  const isHour = isOfHour || text === 'viertelstunde';
  cursor.facts.steps.push(isHour ? { count: 15, unit: 'minute' } : { count: 3, unit: 'month' });
  return isOfHour ? 3 : 2;
}

function takeStep(count: number, cursor: Cursor): number {
  const unit = next(cursor, 2);
  const { facts } = cursor;
  if (unit?.kind === 'unit') facts.steps.push({ count, unit: unit.unit });
  else if (unit?.kind === 'week' || unit?.kind === 'year') facts.steps.push({ count, unit: unit.kind });
  else return takeOdd({ kind: 'number', value: count, text: String(count) }, cursor) + 1;
  return 3;
}

function takeUnit(token: Token, cursor: Cursor): number {
  if (token.kind !== 'unit') return 1;
  const { facts } = cursor;
  if (token.unit === 'minute' || token.unit === 'hour') facts.steps.push({ count: 1, unit: token.unit });
  else if (token.unit === 'month') facts.often.add('month');
  else return takeDay(cursor);
  return 1;
}

/** “Day 15”, or a day as in “every day”. */
function takeDay(cursor: Cursor): number {
  const number = next(cursor);
  const isEvery = next(cursor, -1)?.kind === 'every';
  if (number?.kind === 'number' && !isEvery && next(cursor, -1)?.kind !== 'number') {
    cursor.facts.monthDays.add(number.value);
    return 2;
  }
  cursor.facts.often.add('day');
  return 1;
}

function takeOften(token: Token, { facts }: Cursor): number {
  if (token.kind !== 'often') return 1;
  if (token.unit === 'hour') facts.steps.push({ count: 1, unit: 'hour' });
  else facts.often.add(token.unit);
  return 1;
}

function takeDays(token: Token, cursor: Cursor): number {
  if (token.kind !== 'days') return 1;
  const until = next(cursor, 2);
  const { days } = cursor.facts;
  if (next(cursor)?.kind !== 'to' || until?.kind !== 'days') {
    for (const day of token.days) days.add(day);
    return 1;
  }
  const [from = 0, to = 0] = [token.days[0], until.days[0]];
  for (let day = from; ; day = (day + 1) % 7) {
    days.add(day);
    if (day === to) return 3;
  }
}

function takeMonth(token: Token, cursor: Cursor): number {
  if (token.kind !== 'monthName') return 1;
  cursor.facts.months.add(token.month);
  const day = next(cursor);
  // “December 24 at 18”, but not “in December 18:00”.
  if (day?.kind === 'number' && next(cursor, 2)?.kind === 'at') {
    cursor.facts.monthDays.add(day.value);
    return 2;
  }
  return 1;
}

function takeNumber(token: Token, cursor: Cursor): number {
  if (token.kind !== 'number') return 1;
  const { facts } = cursor;
  const isMonthDay = next(cursor)?.kind === 'monthName' || next(cursor, -1)?.text === 'on';
  if (isMonthDay) facts.monthDays.add(token.value);
  else if (token.value > 24) return takeOdd(token, cursor);
  else facts.times.push({ hour: token.value % 24, minute: 0 });
  return 1;
}

function takeOrdinal(token: Token, cursor: Cursor): number {
  if (token.kind !== 'ordinal') return 1;
  const { facts } = cursor;
  const days = next(cursor);
  if (days?.kind !== 'days') {
    facts.monthDays.add(token.value);
    return 1;
  }
  const [day] = days.days;
  if (day === undefined || days.days.length > 1 || token.value > 5) return takeOdd(token, cursor);
  facts.nth.push({ place: token.value, day });
  return 2;
}

function takeLast(token: Token, cursor: Cursor): number {
  const { facts } = cursor;
  const what = next(cursor);
  if (what?.kind === 'days') {
    const [day] = what.days;
    if (day === undefined || what.days.length > 1) return takeOdd(token, cursor);
    facts.nth.push({ place: 'L', day });
    return 2;
  }
  if (what?.kind !== 'unit' || (what.unit !== 'day' && what.unit !== 'month')) return takeOdd(token, cursor);
  facts.lastDay = true;
  return what.unit === 'day' ? 2 : 1;
}

function takeTime(token: Token, { facts }: Cursor): number {
  if (token.kind === 'time') facts.times.push({ hour: token.hour, minute: token.minute });
  return 1;
}

/** “At 6 in the evening”: of the time just told. */
function takeAfternoon(_token: Token, { facts }: Cursor): number {
  const time = facts.times.at(-1);
  if (time !== undefined && time.hour < 12) time.hour += 12;
  return 1;
}
