import type { RunFaultCode, RunStatus } from '#agent/run-events.ts';
import type { RunService } from '#agent/run-service.ts';
import type { JobRunRepository } from '#db/repositories/job-runs.ts';
import { AppError } from '#errors';
import type { Logger } from '#log';
import { type ActingDeps, findActing, ownerOf } from './acting-owner.ts';
import { type EndDeps, endJobRun } from './end-job-run.ts';
import type { Job, JobRun } from './job.ts';
import { startedByHand } from './job.ts';
import type { JobKey, JobRows } from './job-ports.ts';
import { overOrAborted } from './over-or-aborted.ts';
import type { HeldItem, Worker, WorkResult } from './queue.ts';
import { conversationOf, messageOf, requestOf } from './run-request.ts';
import { toJobRun } from './stored-jobs.ts';

/** The agent's run that answers an attempt, as it is stored. */
export interface Answer {
  readonly id: string;
  readonly status: RunStatus;
  readonly code: RunFaultCode | null;
  /** Why it did not end well, in words for people. */
  readonly notice: string | null;
  readonly endedAt: Date | null;
}

export interface AnswerKey {
  readonly organizationId: string;
  readonly conversationId: string;
  readonly messageId: string;
}

export interface JobRunWorkDeps extends ActingDeps, EndDeps {
  readonly jobs: Pick<JobRows, 'find'>;
  readonly rows: Pick<JobRunRepository, 'find' | 'begin' | 'setRun' | 'setStatus' | 'end'>;
  readonly agent: Pick<RunService, 'start' | 'active'>;
  /** Null where no such message was stored. */
  readonly answerTo: (message: AnswerKey) => Promise<Answer | null>;
  /** Pauses the job with the reason; does nothing where it is paused or gone. */
  readonly pauseJob: (job: JobKey, reason: string) => Promise<void>;
  readonly defaultModel: string;
  readonly log: Logger;
  /** How many at a time in this process. */
  readonly atOnce?: number;
  /** How often a run that waits for a person, or is in another process, is looked at. */
  readonly lookAgainMs?: { readonly waiting: number; readonly elsewhere: number };
}

const done: WorkResult = { type: 'done' };
/** What was done changed what is stored: look again. */
type Step = WorkResult | 'again';

/** Works the runs of jobs. All there is to know lies in their rows, so anybody can go on at any point. */
export function createJobRunWorker(deps: JobRunWorkDeps): Worker {
  return {
    topic: 'job-run',
    atOnce: deps.atOnce ?? 8,
    work: (item, signal) => work(deps, item, signal),
    gaveUp: (item, problem) => giveUp(deps, item, problem),
  };
}

async function work(deps: JobRunWorkDeps, item: HeldItem, signal: AbortSignal): Promise<WorkResult> {
  for (;;) {
    signal.throwIfAborted();
    const run = await findOpen(deps, item);
    if (run === null) return done;
    const step = await takeStep(deps, run, signal);
    if (step !== 'again') return step;
  }
}

async function findOpen({ rows }: JobRunWorkDeps, { organizationId, payload }: HeldItem): Promise<JobRun | null> {
  const found = await rows.find({ organizationId, id: payload.jobRunId ?? '' });
  return found === null || found.endedAt !== null ? null : toJobRun(found);
}

async function takeStep(deps: JobRunWorkDeps, run: JobRun, signal: AbortSignal): Promise<Step> {
  if (run.attempts === 0) return begin(deps, run);
  const { organizationId } = run;
  const conversationId = conversationOf(run);
  const answer = await deps.answerTo({ organizationId, conversationId, messageId: messageOf(run) });
  if (answer === null) return start(deps, run, signal);
  if (run.runId !== answer.id) await deps.rows.setRun(run, { conversationId, runId: answer.id });
  if (answer.status === 'running') return follow(deps, { run, answer }, signal);
  if (answer.status === 'waiting') return park(deps, run);
  return conclude(deps, run, answer);
}

async function begin(deps: JobRunWorkDeps, run: JobRun): Promise<Step> {
  await deps.rows.begin(run, run.attempts + 1, deps.clock());
  return 'again';
}

async function start(deps: JobRunWorkDeps, run: JobRun, signal: AbortSignal): Promise<Step> {
  const job = await jobOf(deps, run);
  const idle = whyNotToStart(run, job);
  const owner = ownerOf(run, job);
  if (idle !== null || owner === null) return end(deps, run, { status: 'stopped', problem: idle });
  const acting = await findActing(deps, run, owner);
  if (!acting.ok) return endAndPause(deps, run, acting.problem);
  try {
    const live = await deps.agent.start(requestOf(run, acting, deps.defaultModel));
    await deps.rows.setRun(run, { conversationId: live.conversationId, runId: live.runId });
    await overOrAborted(live.done, signal);
    return 'again';
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return refused(deps, run, error);
  }
}

function whyNotToStart(run: JobRun, job: Job | null): string | null {
  if (run.trial) return null;
  if (job === null) return 'The job was deleted before this could be done.';
  if (job.status === 'active' || startedByHand.includes(run.cause)) return null;
  return 'The job was paused before this could be done. Resume it and start this run again.';
}

async function refused(deps: JobRunWorkDeps, run: JobRun, error: AppError): Promise<Step> {
  switch (error.code) {
    case 'STORAGE_UNAVAILABLE':
      throw error;
    // Somebody else has just started it, or talks in the conversation.
    case 'DUPLICATE_MESSAGE':
    case 'CONVERSATION_BUSY':
    case 'SHUTTING_DOWN':
      return elsewhere(deps);
    case 'RATE_LIMITED':
      await deps.rows.setStatus(run, { status: 'queued', problem: error.message });
      return later(deps, 60_000);
    default:
      return end(deps, run, { status: 'failed', problem: error.message });
  }
}

interface Followed {
  readonly run: JobRun;
  readonly answer: Answer;
}

async function follow(deps: JobRunWorkDeps, { run, answer }: Followed, signal: AbortSignal): Promise<Step> {
  if (run.status !== 'working') await deps.rows.setStatus(run, { status: 'working', problem: null });
  const owner = ownerOf(run, await jobOf(deps, run));
  const { organizationId } = run;
  const live = owner === null ? null : deps.agent.active({ organizationId, id: owner.id }, conversationOf(run));
  if (live === null || live.runId !== answer.id) return elsewhere(deps);
  await overOrAborted(live.done, signal);
  return 'again';
}

/** It leaves the queue until it is looked at again; meanwhile it needs neither a process nor a worker. */
async function park(deps: JobRunWorkDeps, run: JobRun): Promise<Step> {
  if (run.status !== 'waiting') await deps.rows.setStatus(run, { status: 'waiting', problem: null });
  return later(deps, deps.lookAgainMs?.waiting ?? 10_000);
}

/** What passes by itself. */
const faults: readonly (RunFaultCode | null)[] = [
  'SERVICE_STOPPED',
  'MODEL_UNAVAILABLE',
  'MODEL_RATE_LIMITED',
  'MODEL_INTERRUPTED',
  'AUDIT_UNAVAILABLE',
  'INTERNAL',
];
const firstPauseMs = 5_000;
const longestPauseMs = 10 * 60_000;

async function conclude(deps: JobRunWorkDeps, run: JobRun, answer: Answer): Promise<Step> {
  const { status, code, notice, endedAt } = answer;
  if (status === 'succeeded') return end(deps, run, { status, problem: null });
  if (status === 'stopped') return end(deps, run, { status, problem: notice });
  const isOver = !faults.includes(code) || run.attempts > run.definition.retries;
  if (isOver) return concludeFailed(deps, run, answer);
  // A service that starts again has waited enough.
  const pause = code === 'SERVICE_STOPPED' ? 0 : Math.min(firstPauseMs * 2 ** (run.attempts - 1), longestPauseMs);
  const dueAt = new Date((endedAt ?? deps.clock()).getTime() + pause);
  if (dueAt <= deps.clock()) return begin(deps, run);
  await deps.rows.setStatus(run, { status: 'queued', problem: notice });
  return { type: 'later', dueAt };
}

async function concludeFailed(deps: JobRunWorkDeps, run: JobRun, { notice }: Answer): Promise<Step> {
  const owner = ownerOf(run, await jobOf(deps, run));
  const acting = owner === null ? null : await findActing(deps, run, owner);
  // That is what it has failed of, and the next run would as well.
  if (acting?.ok === false) return endAndPause(deps, run, acting.problem);
  return end(deps, run, { status: 'failed', problem: notice });
}

async function endAndPause(deps: JobRunWorkDeps, run: JobRun, problem: string): Promise<Step> {
  const { organizationId, jobId: id } = run;
  // Pausing twice is pausing once; not at all would be one start too many.
  if (!run.trial) await deps.pauseJob({ organizationId, id }, problem);
  return end(deps, run, { status: 'failed', problem });
}

async function end(deps: JobRunWorkDeps, run: JobRun, how: Parameters<typeof endJobRun>[2]): Promise<Step> {
  await endJobRun(deps, run, how);
  return done;
}

async function giveUp(deps: JobRunWorkDeps, item: HeldItem, problem: string): Promise<void> {
  try {
    const run = await findOpen(deps, item);
    if (run !== null) await endJobRun(deps, run, { status: 'dead', problem: givenUp(problem) });
  } catch (error) {
    deps.log.error({ err: error }, 'a run of a job that was given up could not be stored as such; the upkeep does it');
  }
}

/** Why a run is dead, in words for people. */
export function givenUp(problem: string): string {
  return `It was tried again and again, and given up. The last problem was: ${problem} Start the run again once that is mended.`;
}

function jobOf({ jobs }: JobRunWorkDeps, { organizationId, jobId: id, trial }: JobRun): Promise<Job | null> {
  return trial ? Promise.resolve(null) : jobs.find({ organizationId, id });
}

function elsewhere(deps: JobRunWorkDeps): WorkResult {
  return later(deps, deps.lookAgainMs?.elsewhere ?? 1_000);
}

function later({ clock }: JobRunWorkDeps, ms: number): WorkResult {
  return { type: 'later', dueAt: new Date(clock().getTime() + ms) };
}
