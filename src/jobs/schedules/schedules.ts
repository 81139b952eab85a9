import type { ScheduleTrigger } from '../job-definition.ts';
import { nextInstants } from './next-instants.ts';
import { readSchedule, type ScheduleReading, type WrittenSchedule } from './read-schedule.ts';

/** What the rest of the service asks of schedules. */
export interface ScheduleReader {
  read(schedule: WrittenSchedule): ScheduleReading;
  /** The next planned instants after `after`, at most so many; none where the schedule is not understood. */
  next(schedule: Pick<ScheduleTrigger, 'when' | 'timeZone'>, after: Date, count: number): readonly Date[];
}

export function createSchedules(): ScheduleReader {
  return {
    read: readSchedule,
    next(schedule, after, count) {
      const read = readSchedule(schedule);
      return read.ok ? nextInstants({ cron: read.cron, timeZone: schedule.timeZone }, after, count) : [];
    },
  };
}
