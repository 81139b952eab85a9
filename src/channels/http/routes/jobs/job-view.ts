import type { z } from 'zod';
import type { GivenAllowance, JobEntry, JobRunEntry } from '#jobs/job-entries.ts';
import type { JobTrial, StoredDelivery } from '#jobs/job-ports.ts';
import type { allowanceView, DeliveryView, JobRunView, JobTrialView, JobView } from '../../contract/jobs.ts';

export function presentJob(entry: JobEntry): JobView {
  const { job, owner, manageable, changeable, next, scheduleWords, hookUrl, allowances, problems, lastRun } = entry;
  const { id, definition, status, pausedReason, revision, file, hookOverlapUntil } = job;
  return {
    id,
    definition,
    owner,
    status,
    pausedReason,
    revision,
    file,
    manageable,
    changeable,
    next: next.map((instant) => instant.toISOString()),
    scheduleWords,
    hook: hookUrl === null ? null : { url: hookUrl, overlapUntil: written(hookOverlapUntil) },
    allowances: allowances.map(presentAllowance),
    problems: [...problems],
    lastRun:
      lastRun === null ? null : { id: lastRun.id, status: lastRun.status, createdAt: lastRun.createdAt.toISOString() },
    createdAt: job.createdAt.toISOString(),
    updatedAt: job.updatedAt.toISOString(),
  };
}

function presentAllowance(given: GivenAllowance): z.output<typeof allowanceView> {
  const { id, tool, limits, count, used, expiresAt, afterOutsideText, givenBy, givenAt } = given;
  return {
    id,
    tool,
    limits: limits as Record<string, string[]>,
    count,
    used,
    expiresAt: expiresAt.toISOString(),
    afterOutsideText,
    givenBy,
    givenAt: givenAt.toISOString(),
  };
}

export function presentJobRun({ run, startedBy, deliveries }: JobRunEntry): JobRunView {
  const { id, jobId, cause, trial, status, attempts, conversationId, runId, problem, payload } = run;
  return {
    id,
    jobId,
    cause,
    plannedAt: written(run.plannedAt),
    trial,
    status,
    attempts,
    conversationId,
    runId,
    problem,
    startedBy,
    payload: payload ?? null,
    deliveries: deliveries.map(presentDelivery),
    createdAt: run.createdAt.toISOString(),
    startedAt: written(run.startedAt),
    endedAt: written(run.endedAt),
  };
}

export function presentTrial({ run, answer, wouldChange }: JobTrial, name: string): JobTrialView {
  const startedBy = run.startedBy === null ? null : { id: run.startedBy, name };
  return {
    run: presentJobRun({ run, startedBy, deliveries: [] }),
    answer,
    wouldChange: wouldChange.map(({ tool, summary }) => ({ tool, summary })),
  };
}

function presentDelivery({ id, kind, target, status, attempts, problem, endedAt }: StoredDelivery): DeliveryView {
  return { id, kind, to: placeOf(kind, target), status, attempts, problem, endedAt: written(endedAt) };
}

type Target = Readonly<Partial<Record<'to' | 'channel' | 'url', unknown>>>;

/** Where it goes, in words; of an address its host alone, for what stands behind it may be a secret. */
function placeOf(kind: StoredDelivery['kind'], target: Target): string {
  switch (kind) {
    case 'inbox':
      return 'Inbox';
    case 'email':
      return Array.isArray(target.to) ? target.to.join(', ') : '';
    case 'slack':
      return typeof target.channel === 'string' ? target.channel : '';
    case 'webhook':
      return typeof target.url === 'string' && URL.canParse(target.url) ? new URL(target.url).host : '';
  }
}

function written(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}
