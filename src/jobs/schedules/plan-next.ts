import type { JobDefinition } from '../job-definition.ts';
import { nextInstants } from './next-instants.ts';
import { readSchedule } from './read-schedule.ts';

/** The first planned instant after `after`; null without a schedule, or where it is not understood. */
export function planNext({ trigger }: Pick<JobDefinition, 'trigger'>, after: Date): Date | null {
  if (trigger.kind !== 'schedule') return null;
  const read = readSchedule(trigger);
  if (!read.ok) return null;
  const [next = null] = nextInstants({ cron: read.cron, timeZone: trigger.timeZone }, after, 1);
  return next;
}
