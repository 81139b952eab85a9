import type { Job } from './job.ts';
import type { JobDeps } from './job-ports.ts';

/** How many planned instants are shown. */
const shown = 5;

/** When a job starts next; nothing while it is paused or where its schedule is not understood any more. */
export function describePlanned(
  { schedules, clock }: Pick<JobDeps, 'schedules' | 'clock'>,
  { definition, status, nextAt }: Job,
): { readonly next: readonly Date[]; readonly scheduleWords: string | null } {
  const { trigger } = definition;
  if (trigger.kind !== 'schedule') return { next: [], scheduleWords: null };
  const read = schedules.read(trigger);
  if (!read.ok) return { next: [], scheduleWords: null };
  if (status === 'paused') return { next: [], scheduleWords: read.words };
  // One that is due and not taken up yet is the first to come.
  const due = nextAt !== null && nextAt <= clock() ? [nextAt] : [];
  const next = [...due, ...schedules.next(trigger, clock(), shown)].slice(0, shown);
  return { next, scheduleWords: read.words };
}

/** The first planned instant of an active job from now on; null without a schedule. */
export function plannedNext(
  { schedules, clock }: Pick<JobDeps, 'schedules' | 'clock'>,
  { definition, status }: Pick<Job, 'definition' | 'status'>,
): Date | null {
  const { trigger } = definition;
  if (trigger.kind !== 'schedule' || status === 'paused') return null;
  return schedules.next(trigger, clock(), 1)[0] ?? null;
}
