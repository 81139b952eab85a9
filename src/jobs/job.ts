import type { JobDefinition } from './job-definition.ts';

export interface Job {
  readonly organizationId: string;
  readonly id: string;
  /** The person it acts as, with that person's rights of the moment. */
  readonly ownerId: string;
  /** What it is narrowed to where an API key has made or changed it; null: whatever its owner may. */
  readonly keyScopes: readonly string[] | null;
  readonly definition: JobDefinition;
  readonly status: 'active' | 'paused';
  /** Why the service has paused it; null where a person has, or it is not paused. */
  readonly pausedReason: string | null;
  readonly revision: number;
  /** Relative to the service's folder; such a job is changed in its file. Null for one made in the browser. */
  readonly file: string | null;
  /** The next planned instant; null where nothing is planned. */
  readonly nextAt: Date | null;
  readonly hookVersion: number | null;
  readonly hookOverlapUntil: Date | null;
  /** Tables or fields it uses that were renamed or removed, in words for people; empty while none was. */
  readonly drift: readonly string[];
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const jobCauses = ['schedule', 'event', 'change', 'manual', 'replay', 'trial'] as const;
export type JobCause = (typeof jobCauses)[number];
/** Started by somebody who sees what becomes of it, whether or not the job is paused. */
export const startedByHand: readonly JobCause[] = ['manual', 'replay', 'trial'];

/** `waiting`: for a person's decision. `skipped`: it was due and not started. `dead`: given up after all its attempts. */
export const jobRunStatuses = [
  'queued',
  'working',
  'waiting',
  'succeeded',
  'failed',
  'stopped',
  'skipped',
  'dead',
] as const;
export type JobRunStatus = (typeof jobRunStatuses)[number];
export const openStatuses: readonly JobRunStatus[] = ['queued', 'working', 'waiting'];

/** One time a job was started, or was due and not started. */
export interface JobRun {
  readonly organizationId: string;
  readonly id: string;
  readonly jobId: string;
  readonly cause: JobCause;
  readonly causeKey: string;
  readonly plannedAt: Date | null;
  /** The job as it was then. */
  readonly definition: JobDefinition;
  readonly payload: unknown;
  readonly trial: boolean;
  readonly status: JobRunStatus;
  readonly attempts: number;
  readonly conversationId: string | null;
  readonly runId: string | null;
  readonly problem: string | null;
  readonly startedBy: string | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

/** What starts a job's run. */
export interface Start {
  readonly cause: JobCause;
  /** Unique in the job: the same start twice is one run. */
  readonly causeKey: string;
  readonly plannedAt?: Date;
  readonly payload?: unknown;
  readonly startedBy?: string;
}

/**
 * Puts a run of the job on its way, in the caller's transaction where there is one: its row and its place in the queue are
 * stored together. `null` where this start is known. Overlap and the limit per hour are minded here.
 */
export type StartJob = (job: Job, start: Start) => Promise<JobRun | null>;
