import { writeFileSync } from 'node:fs';
import { changesOf, goldenSchedules, goldenYears, goldenZones, linesOf, walk } from './clock-walk.ts';

/*
 * Writes the golden table of schedules over the changes of the clock. It is made once and checked in; run it again only
 * where the rules of a zone themselves were changed: npm exec -c "node test/jobs/make-golden-table.ts"
 */
const table = goldenZones.map((zone) => {
  const years = goldenYears.map((year) => {
    const spans = changesOf(zone, year).map((span) => {
      const rows = goldenSchedules.map((schedule) => [schedule.cron, linesOf(walk(zone, schedule, span))]);
      return { ...span, instants: Object.fromEntries(rows) };
    });
    return [year, spans];
  });
  return [zone, Object.fromEntries(years)];
});
const place = new URL('golden/clock-changes.json', import.meta.url);
writeFileSync(place, `${JSON.stringify(Object.fromEntries(table), null, 2)}\n`);
