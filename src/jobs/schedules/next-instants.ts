import { namesTimes, openCron } from './cron.ts';
import { createLocalClock } from './local-clock.ts';

export interface ReadyCron {
  /** Five fields, as `readCron` gives them. */
  readonly cron: string;
  readonly timeZone: string;
}

/** The next planned instants after `after`, each once, at most `count`, by `clockRule`. */
export function nextInstants(schedule: ReadyCron, after: Date, count: number): readonly Date[] {
  const instants: Date[] = [];
  for (const instant of walkInstants(schedule, after)) {
    if (instants.push(instant) >= count) break;
  }
  return instants;
}

/** All planned instants after `after`, in their order; ends where there are no more. */
export function walkInstants(schedule: ReadyCron, after: Date): Generator<Date> {
  return namesTimes(schedule.cron) ? walkTimes(schedule, after) : walkSteps(schedule, after);
}

/** Wider than any change of a clock. */
const margin = 24 * 3600 * 1000;

/** The pattern is laid on a wall clock without changes, whose readings are turned into instants by our own rule. */
function* walkTimes({ cron, timeZone }: ReadyCron, after: Date): Generator<Date> {
  const clock = createLocalClock(timeZone);
  const wall = openCron(cron, 'UTC');
  let last = after.getTime();
  let reading: Date | null = new Date(clock.readingAt(last) - margin);
  for (;;) {
    reading = wall.nextRun(reading);
    if (reading === null) return;
    const instant = clock.instantOf(reading.getTime());
    if (instant <= last) continue;
    last = instant;
    yield new Date(instant);
  }
}

function* walkSteps({ cron, timeZone }: ReadyCron, after: Date): Generator<Date> {
  const pattern = openCron(cron, timeZone);
  let next = pattern.nextRun(after);
  while (next !== null) {
    yield next;
    next = pattern.nextRun(next);
  }
}
