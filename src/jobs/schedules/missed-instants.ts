import type { ScheduleTrigger } from '../job-definition.ts';
import { type ReadyCron, walkInstants } from './next-instants.ts';

export interface MissedQuestion {
  readonly schedule: ReadyCron;
  readonly missed: ScheduleTrigger['missed'];
  readonly missedHours: number;
  /** The planned instant that is due; everything before it was dealt with. */
  readonly due: Date;
  readonly now: Date;
}

export interface MissedAnswer {
  /** What is to be started, the oldest first. */
  readonly instants: readonly Date[];
  /** What is due after them, in the past where there are more than are started at once; null where nothing is. */
  readonly next: Date | null;
}

/** Whoever is taken up within this time was not missed. */
export const inTimeMs = 60_000;
/** A job of every minute would otherwise start ten thousand times in one transaction. */
const mostAtOnce = 50;

const hourMs = 3_600_000;

/**
 * What is owed of the planned instants from `due` up to `now`: `skip` the newest where it is in time, `once` the newest,
 * `all` each, none of them older than `missedHours`. Nothing is owed while `due` is to come, as after the clock went back.
 */
export function missedInstants({ schedule, missed, missedHours, due, now }: MissedQuestion): MissedAnswer {
  if (due > now) return { instants: [], next: due };
  const reachMs = missed === 'skip' ? inTimeMs : missedHours * hourMs;
  const oldest = now.getTime() - reachMs;
  const instants: Date[] = due.getTime() >= oldest ? [due] : [];
  // What has just reached the limit counts.
  for (const instant of walkInstants(schedule, new Date(Math.max(due.getTime(), oldest - 1)))) {
    if (instant > now || instants.length === mostAtOnce) return { instants, next: instant };
    if (missed !== 'all') instants.pop();
    instants.push(instant);
  }
  return { instants, next: null };
}
