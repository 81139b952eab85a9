import { describe, expect, test } from 'vitest';
import { describeCron } from './describe-cron.ts';
import { readSchedule } from './read-schedule.ts';

const read = (when: string, timeZone = 'Europe/Berlin') => readSchedule({ when, timeZone });
const cronOf = (when: string) => {
  const found = read(when);
  return found.ok ? found.cron : found.problem;
};
const problemOf = (when: string, timeZone?: string) => {
  const found = read(when, timeZone);
  return found.ok ? `understood as ${found.cron}` : found.problem;
};

describe('schedules in words', () => {
  test.each([
    ['every weekday at 8', '0 8 * * 1-5'],
    ['Every Weekday at 8:15', '15 8 * * 1-5'],
    ['weekdays at 8am', '0 8 * * 1-5'],
    ['every working day at 8', '0 8 * * 1-5'],
    ['every business day at 5 p.m.', '0 17 * * 1-5'],
    ['every day at 18:30', '30 18 * * *'],
    ['every day at 18.30', '30 18 * * *'],
    ['daily at 6pm', '0 18 * * *'],
    ['daily at 12am', '0 0 * * *'],
    ['daily at 12 pm', '0 12 * * *'],
    ['daily at 6 in the evening', '0 18 * * *'],
    ['at 9 every day', '0 9 * * *'],
    ['once a day at noon', '0 12 * * *'],
    ['every day at midnight', '0 0 * * *'],
    ['every day at 8 and 16', '0 8,16 * * *'],
    ['every day at 8:30, 12:30 and 17:30', '30 8,12,17 * * *'],
    ['every monday and thursday at 9am', '0 9 * * 1,4'],
    ['mondays, wednesdays & fridays at 7:45', '45 7 * * 1,3,5'],
    ['monday to friday at 8', '0 8 * * 1-5'],
    ['mon-fri at 8', '0 8 * * 1-5'],
    ['friday to sunday at 8', '0 8 * * 0,5,6'],
    ['every weekend at 10', '0 10 * * 0,6'],
    ['weekly on friday at 16', '0 16 * * 5'],
    ['every week on friday at 16:00', '0 16 * * 5'],
    ['every 2 hours', '0 */2 * * *'],
    ['every two hours', '0 */2 * * *'],
    ['every 2 hours on weekdays', '0 */2 * * 1-5'],
    ['every hour', '0 * * * *'],
    ['hourly', '0 * * * *'],
    ['once an hour', '0 * * * *'],
    ['every 15 minutes', '*/15 * * * *'],
    ['every half hour', '*/30 * * * *'],
    ['every half an hour', '*/30 * * * *'],
    ['every quarter of an hour', '*/15 * * * *'],
    ['every minute', '* * * * *'],
    ['every 60 minutes', '0 * * * *'],
    ['every 120 minutes', '0 */2 * * *'],
    ['on the 1st of every month at 9', '0 9 1 * *'],
    ['on the first of every month at 9', '0 9 1 * *'],
    ['monthly on the 15th at 9', '0 9 15 * *'],
    ['monthly on 15 at 9', '0 9 15 * *'],
    ['on day 15 of the month at 9', '0 9 15 * *'],
    ['on the 1st and 15th of every month at 9', '0 9 1,15 * *'],
    ['on the last day of the month at 17:00', '0 17 L * *'],
    ['on the last of the month at 17:00', '0 17 L * *'],
    ['on the first monday of the month at 9', '0 9 * * 1#1'],
    ['every second tuesday of the month at 9', '0 9 * * 2#2'],
    ['on the last friday of every month at 15:00', '0 15 * * 5#L'],
    ['every quarter on the 1st at 9', '0 9 1 1,4,7,10 *'],
    ['every 3 months on the 1st at 9', '0 9 1 1,4,7,10 *'],
    ['every year on 24 december at 18', '0 18 24 12 *'],
    ['on december 24 at 18', '0 18 24 12 *'],
    ["every day at 9 o'clock", '0 9 * * *'],
    ['every 1 day at 9', '0 9 * * *'],
    ['jeden Werktag um 8', '0 8 * * 1-5'],
    ['werktags um 8 Uhr', '0 8 * * 1-5'],
    ['täglich um 18:30', '30 18 * * *'],
    ['täglich um 18 Uhr 30', '30 18 * * *'],
    ['täglich um 6 Uhr abends', '0 18 * * *'],
    ['jeden Tag um 8 und um 16 Uhr', '0 8,16 * * *'],
    ['jeden Montag und Donnerstag um 9 Uhr', '0 9 * * 1,4'],
    ['montags und donnerstags um 9', '0 9 * * 1,4'],
    ['um 9 am Montag', '0 9 * * 1'],
    ['Mo-Fr um 8', '0 8 * * 1-5'],
    ['Montag bis Freitag um 7.30 Uhr', '30 7 * * 1-5'],
    ['jedes Wochenende um 10', '0 10 * * 0,6'],
    ['wöchentlich am Freitag um 16 Uhr', '0 16 * * 5'],
    ['alle 2 Stunden', '0 */2 * * *'],
    ['alle zwei Stunden', '0 */2 * * *'],
    ['alle 15 Minuten', '*/15 * * * *'],
    ['jede Stunde', '0 * * * *'],
    ['stündlich', '0 * * * *'],
    ['jede halbe Stunde', '*/30 * * * *'],
    ['jede Viertelstunde', '*/15 * * * *'],
    ['am 1. jedes Monats um 9', '0 9 1 * *'],
    ['am 1. und 15. jedes Monats um 9 Uhr', '0 9 1,15 * *'],
    ['am ersten Tag jedes Monats um 9', '0 9 1 * *'],
    ['am letzten Tag des Monats um 17:00', '0 17 L * *'],
    ['jeden ersten Montag im Monat um 9', '0 9 * * 1#1'],
    ['am letzten Freitag des Monats um 15 Uhr', '0 15 * * 5#L'],
    ['monatlich am 3. um 9', '0 9 3 * *'],
    ['jährlich am 24. Dezember um 18 Uhr', '0 18 24 12 *'],
    ['täglich um Mitternacht', '0 0 * * *'],
    ['jeden Samstag um 10 Uhr', '0 10 * * 6'],
  ])('“%s”', (when, cron) => {
    expect(cronOf(when)).toBe(cron);
  });

  test.each([
    ['every dya at 8', 'Did you mean “every day at 8:00”?'],
    ['every mondey at 8', 'Did you mean “every Monday at 8:00”?'],
    ['every monday', 'Did you mean “every Monday at 8:00”?'],
    ['weekly at 9', 'Did you mean “every Monday at 9:00”?'],
    ['monthly at 9', 'Did you mean “on the 1st of every month at 9:00”?'],
    ['at 9', 'Did you mean “every day at 9:00”?'],
    ['every 25 minutes', 'Use 20 or 30.'],
    ['every 5 hours', 'Use 4 or 6.'],
    ['every 10 seconds', 'The shortest step is a minute.'],
    ['every other week on monday at 8', 'every other day or week'],
    ['every second day at 8', 'every other day or week'],
    ['jeden zweiten Montag um 8', 'every other day or week'],
    ['every 2 days at 8', 'every other day or week'],
    ['every day at 8:00 and 16:30', 'must be at the same minute'],
    ['every day at 25:00', '“25:00” is not known'],
    ['every day at 8:75', '“8:75” is not known'],
    ['on the 1st and every monday at 8', 'Name one of them'],
    ['on the 32nd of every month at 8', 'A month has the days 1 to 31.'],
    ['on 30 february at 8', 'a day that never comes'],
    ['when the sun rises', '“when” is not known'],
    ['', 'It does not say when'],
  ])('“%s” is told with what may have been meant', (when, words) => {
    expect(problemOf(when)).toContain(words);
    if (when !== 'on 30 february at 8') expect(problemOf(when)).toContain('“every weekday at 8”');
  });

  test('what it means is understood again as the same', () => {
    const crons = [
      '30 18 * * *',
      '0 8 * * 1-5',
      '0 9 * * 1,4',
      '0 */2 * * *',
      '*/15 * * * *',
      '0 * * * *',
      '* * * * *',
    ];
    const more = ['0 9 1 * *', '0 17 L * *', '0 10 * * 0,6', '0 9 * * 1#1', '0 15 * * 5#L', '0 9 1 1,4,7,10 *'];
    for (const cron of [...crons, ...more, '0 8,16 * * *', '0 8 1,15 * *', '0 18 24 12 *']) {
      expect(cronOf(describeCron(cron))).toBe(cron);
    }
  });
});

describe('cron expressions', () => {
  test.each([
    ['30 8 * * 1-5', '30 8 * * 1-5', 'Every weekday at 8:30'],
    ['  30   8 * *  mon-fri ', '30 8 * * MON-FRI', 'Every weekday at 8:30'],
    ['0 8 1 * 1', '0 8 1 * 1', 'On the 1st of every month and every Monday at 8:00'],
    ['*/15 8-17 * * 1-5', '*/15 8-17 * * 1-5', 'Every 15 minutes of the hours 8 to 17, every weekday'],
    ['5 */3 * * *', '5 */3 * * *', 'Every 3 hours at 5 minutes past'],
    ['0 9 31 * *', '0 9 31 * *', 'On the 31st of every month that has it at 9:00'],
    ['0 9 15W * *', '0 9 15W * *', 'By the cron expression “0 9 15W * *”'],
    ['@daily', '0 0 * * *', 'Every day at 0:00'],
    ['@Monthly', '0 0 1 * *', 'On the 1st of every month at 0:00'],
    ['0 12 * JAN,JUL 7', '0 12 * JAN,JUL 7', 'Every Sunday in January and July at 12:00'],
  ])('“%s”', (when, cron, words) => {
    const found = read(when);
    expect(found).toMatchObject({ ok: true, cron });
    if (found.ok) expect(found.words.startsWith(`${words}, by the clock of Europe/Berlin.`)).toBe(true);
  });

  test.each([
    ['0 30 8 * * 1-5', 'seconds and years are not taken'],
    ['0 30 8 * * 1-5 2027', 'seconds and years are not taken'],
    ['30 8 * *', 'five fields'],
    ['@reboot', '“@reboot” is not taken'],
    ['@often', '“@often” is not known'],
    ['60 8 * * *', 'cannot be read'],
    ['0 24 * * *', 'cannot be read'],
    ['0 8 30 2 *', 'a day that never comes'],
    ['0 8 ? * 1', '“?” is not taken'],
    ['0 8 1 * +MON', '“+” is not taken'],
    ['0 8 * * 8', 'cannot be read'],
  ])('“%s” is refused with words', (when, words) => {
    expect(problemOf(when)).toContain(words);
  });
});

describe('time zones', () => {
  test.each(['Europe/Berlin', 'UTC', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'])('%s', (zone) => {
    expect(read('daily at 8', zone)).toMatchObject({ ok: true });
  });

  test.each([
    ['Europe/Berln', '“Europe/Berlin”'],
    ['berlin', '“Europe/Berlin”'],
    ['New York', '“America/New_York”'],
    ['+02:00', 'Europe/Berlin'],
    ['Mars/Olympus', 'Write it as'],
  ])('“%s” is none, and near ones are told', (zone, near) => {
    expect(problemOf('daily at 8', zone)).toContain(`There is no time zone “${zone}”.`);
    expect(problemOf('daily at 8', zone)).toContain(near);
  });

  test('the rule for changes of the clock is told where the clock is changed', () => {
    expect(read('daily at 8')).toMatchObject({ words: expect.stringContaining('a time that comes twice runs once') });
    expect(read('daily at 8', 'UTC')).toMatchObject({ words: 'Every day at 8:00, by the clock of UTC.' });
  });
});
