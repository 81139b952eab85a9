import type { JobRunView, JobTemplateView, JobView } from '#channels/http/contract/jobs.ts';
import type { Condition, Delivery, Trigger } from './api.ts';

/* What jobs are made of, said in plain words. */

export const triggerWords: Readonly<Record<Trigger['kind'], { readonly title: string; readonly help: string }>> = {
  schedule: { title: 'At fixed times', help: 'Every weekday at 8, on the first of the month, every ten minutes.' },
  webhook: { title: 'When an event comes in', help: 'A trigger in Ninox or another service sends it to an address.' },
  ninox_change: { title: 'When records change in Ninox', help: 'A table or a whole database is watched.' },
  manual: { title: 'By hand', help: 'Whenever somebody presses Run now.' },
};

const changeNouns = { created: 'created', updated: 'changed', deleted: 'deleted' } as const;
export const changeWords: Readonly<Record<keyof typeof changeNouns, string>> = {
  created: 'Created',
  updated: 'Changed',
  deleted: 'Deleted',
};

/** When a job starts, in a line. */
export function describeTrigger({
  definition: { trigger },
  scheduleWords,
}: Pick<JobView, 'definition' | 'scheduleWords'>): string {
  if (trigger.kind === 'schedule') return scheduleWords ?? trigger.when;
  if (trigger.kind === 'webhook') return 'When an event comes in';
  if (trigger.kind === 'manual') return 'By hand only';
  const on = new Intl.ListFormat('en', { type: 'disjunction' }).format(trigger.on.map((kind) => changeNouns[kind]));
  const where = trigger.table === null ? 'any table of a database' : `table ${trigger.table}`;
  return `When records are ${on} in ${where}`;
}

export const runWords: Readonly<Record<JobRunView['status'], string>> = {
  queued: 'Queued',
  working: 'Working',
  waiting: 'Waits for a person',
  succeeded: 'Succeeded',
  failed: 'Failed',
  stopped: 'Stopped',
  skipped: 'Skipped',
  dead: 'Given up',
};

export const causeWords: Readonly<Record<JobRunView['cause'], string>> = {
  schedule: 'On schedule',
  event: 'An event came in',
  change: 'Records changed',
  manual: 'Started by hand',
  replay: 'Once more',
  trial: 'Test run',
};

export const deliveryKindWords: Readonly<Record<Delivery['kind'], string>> = {
  inbox: 'Inbox',
  email: 'E-mail',
  slack: 'Slack',
  webhook: 'Webhook',
};

export const operatorWords: Readonly<Record<Condition['is'], string>> = {
  equals: 'is',
  not_equals: 'is not',
  contains: 'contains',
  starts_with: 'starts with',
  greater_than: 'is greater than',
  less_than: 'is less than',
  is_empty: 'is empty',
  is_not_empty: 'is not empty',
  changed: 'has changed',
};

/** Whether an operator compares with something. */
export function takesValue(operator: Condition['is']): boolean {
  return operator !== 'is_empty' && operator !== 'is_not_empty' && operator !== 'changed';
}

export const missedWords = {
  skip: 'Leave it out',
  once: 'Start once, for all of them',
  all: 'Start for each of them',
} as const;

export const overlapWords = {
  skip: 'Leave the later one out; events and changes wait for their turn',
  queue: 'Start the later one afterwards',
  allow: 'Let them run side by side',
} as const;

export const ruleWords = {
  deny: { title: 'Leave it', help: 'What a person would have to approve is not done, and the answer says so.' },
  park: { title: 'Wait for a person', help: 'The run waits, and whoever decides is told.' },
  pre_approved: {
    title: 'Do what was approved beforehand',
    help: 'Within the standing approvals below nobody is asked; anything beyond waits for a person.',
  },
} as const;

export const deliverWhenWords = {
  always: 'Whatever comes of it',
  success: 'Only when it succeeds',
  problem: 'Only when something went wrong',
} as const;

/** How long setting one up takes, and what it is good for, beside its title. */
export const templateOrder: readonly JobTemplateView['id'][] = ['trigger-on-event', 'daily-summary', 'cross-tool-sync'];

/** “every 5 minutes”, from seconds. */
export function describeSeconds(seconds: number): string {
  if (seconds % 3_600 === 0) return seconds === 3_600 ? 'hour' : `${seconds / 3_600} hours`;
  if (seconds % 60 === 0) return seconds === 60 ? 'minute' : `${seconds / 60} minutes`;
  return `${seconds} seconds`;
}
