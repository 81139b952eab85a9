import { describe, expect, test } from 'vitest';
import { type MissedQuestion, missedInstants } from './missed-instants.ts';
import { planNext } from './plan-next.ts';

const at = (time: string) => new Date(`2026-03-${time}:00.000Z`);
const schedule = { cron: '0 * * * *', timeZone: 'UTC' };

function owed(question: Pick<MissedQuestion, 'missed' | 'due' | 'now'> & Partial<MissedQuestion>) {
  const { instants, next } = missedInstants({ schedule, missedHours: 24, ...question });
  const textOf = (instant: Date) => instant.toISOString().slice(8, 16);
  return { instants: instants.map(textOf), next: next === null ? null : textOf(next) };
}

describe('planned instants that went by', () => {
  test.each(['skip', 'once', 'all'] as const)('one that is in time is started; %s', (missed) => {
    const found = owed({ missed, due: at('01T08:00'), now: new Date('2026-03-01T08:00:45Z') });
    expect(found).toEqual({ instants: ['01T08:00'], next: '01T09:00' });
  });

  test.each(['skip', 'once', 'all'] as const)(
    'nothing is owed before it is due, as after the clock went back; %s',
    (missed) => {
      expect(owed({ missed, due: at('01T08:00'), now: at('01T05:30') })).toEqual({ instants: [], next: '01T08:00' });
    },
  );

  test('skip starts none that was missed, but the one that is in time after them', () => {
    expect(owed({ missed: 'skip', due: at('01T08:00'), now: at('01T12:30') })).toEqual({
      instants: [],
      next: '01T13:00',
    });
    expect(owed({ missed: 'skip', due: at('01T08:00'), now: at('01T12:01') }).instants).toEqual(['01T12:00']);
  });

  test('once starts the newest within the hours', () => {
    const due = at('01T08:00');
    expect(owed({ missed: 'once', due, now: at('01T12:30') })).toEqual({ instants: ['01T12:00'], next: '01T13:00' });
    const daily = { cron: '0 8 * * *', timeZone: 'UTC' };
    const late = { missed: 'once', schedule: daily, due, now: at('01T20:00') } as const;
    expect(owed({ ...late, missedHours: 12 })).toEqual({ instants: ['01T08:00'], next: '02T08:00' });
    expect(owed({ ...late, missedHours: 11 })).toEqual({ instants: [], next: '02T08:00' });
  });

  test('all starts each within the hours, the oldest first', () => {
    const found = owed({ missed: 'all', missedHours: 3, due: at('01T08:00'), now: at('03T12:00') });
    expect(found).toEqual({ instants: ['03T09:00', '03T10:00', '03T11:00', '03T12:00'], next: '03T13:00' });
  });

  test('all is taken up piece by piece, and loses none', () => {
    const everyMinute = { cron: '* * * * *', timeZone: 'UTC' };
    const now = at('01T12:00');
    const found: Date[] = [];
    let due: Date | null = at('01T08:00');
    while (due !== null && due <= now) {
      const answer = missedInstants({ schedule: everyMinute, missed: 'all', missedHours: 24, due, now });
      expect(answer.instants.length).toBeLessThanOrEqual(50);
      found.push(...answer.instants);
      due = answer.next;
    }
    expect(new Set(found.map(Number)).size).toBe(241);
    expect(found).toHaveLength(241);
  });

  test('a time that comes twice is owed once', () => {
    const berlin = { cron: '30 2 * * *', timeZone: 'Europe/Berlin' };
    const due = new Date('2026-10-25T00:30:00Z');
    const found = missedInstants({
      schedule: berlin,
      missed: 'all',
      missedHours: 24,
      due,
      now: new Date('2026-10-25T06:00:00Z'),
    });
    expect(found).toEqual({ instants: [due], next: new Date('2026-10-26T01:30:00Z') });
  });
});

describe('the next planned instant', () => {
  const trigger = {
    kind: 'schedule',
    when: 'jeden Werktag um 8',
    timeZone: 'Europe/Berlin',
    missed: 'once',
    missedHours: 24,
  } as const;

  test('is the first one after', () => {
    expect(planNext({ trigger }, new Date('2026-03-27T07:00:00Z'))).toEqual(new Date('2026-03-30T06:00:00Z'));
  });

  test('is none without a schedule, or where it is not understood', () => {
    expect(planNext({ trigger: { kind: 'manual' } }, at('01T08:00'))).toBeNull();
    expect(planNext({ trigger: { ...trigger, when: 'some day' } }, at('01T08:00'))).toBeNull();
  });
});
