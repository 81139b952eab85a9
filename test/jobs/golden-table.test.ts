import { describe, expect, test } from 'vitest';
import { walkInstants } from '#jobs/schedules/next-instants.ts';
import { goldenSchedules, goldenYears, goldenZones, isoOf, linesOf, type Span, walk } from './clock-walk.ts';
import golden from './golden/clock-changes.json' with { type: 'json' };

type Row = Span & { readonly instants: Readonly<Record<string, readonly string[]>> };
const table: Readonly<Record<string, Readonly<Record<string, readonly Row[]>>>> = golden;

describe('the golden table of schedules over the changes of the clock', () => {
  test('has three zones, four years, and both changes of each', () => {
    expect(Object.keys(table)).toEqual(goldenZones);
    for (const years of Object.values(table)) {
      expect(Object.keys(years)).toEqual(goldenYears.map(String));
      for (const spans of Object.values(years)) expect(spans).toHaveLength(2);
    }
  });

  test.each(goldenZones)('is what is planned in %s', (timeZone) => {
    for (const spans of Object.values(table[timeZone] ?? {})) {
      for (const span of spans) {
        for (const [cron, lines] of Object.entries(span.instants)) {
          expect({ cron, lines: linesOf(plannedIn({ cron, timeZone }, span)) }).toEqual({ cron, lines });
        }
      }
    }
  });

  test.each(goldenZones)('is what a look at every minute finds in %s', (timeZone) => {
    for (const span of table[timeZone]?.['2026'] ?? []) {
      for (const schedule of goldenSchedules) {
        expect(linesOf(walk(timeZone, schedule, span))).toEqual(span.instants[schedule.cron]);
      }
    }
  });

  test('holds the rule where it can be read off', () => {
    const days = (zone: string, cron: string) => (table[zone]?.['2025'] ?? []).map((span) => span.instants[cron]);
    // The gap from 2:00 to 3:00 ends at 01:00 UTC; 2:30 comes twice, first at 00:30 UTC.
    expect(days('Europe/Berlin', '30 2 * * *')[0]).toContain('2025-03-30 01:00');
    expect(days('Europe/Berlin', '30 2 * * *')[1]).toContain('2025-10-26 00:30');
    // Half an hour: 2:15 is skipped in October, and 1:30 comes twice in April.
    expect(days('Australia/Lord_Howe', '15 2 * * *')[1]).toContain('2025-10-04 15:30');
    expect(days('Australia/Lord_Howe', '30 1 * * *')[0]).toContain('2025-04-05 14:30');
  });
});

function plannedIn(schedule: { cron: string; timeZone: string }, { from, to }: Span): readonly string[] {
  const planned: string[] = [];
  for (const instant of walkInstants(schedule, new Date(from))) {
    const at = isoOf(instant.getTime());
    if (at > to) break;
    planned.push(at);
  }
  return planned;
}
