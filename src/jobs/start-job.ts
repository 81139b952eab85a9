import { randomUUID } from 'node:crypto';
import type { JobRunRepository } from '#db/repositories/job-runs.ts';
import { type Job, type JobRun, type Start, type StartJob, startedByHand } from './job.ts';
import type { Queue } from './queue.ts';

export interface StartJobDeps {
  readonly runs: Pick<JobRunRepository, 'insert' | 'open' | 'countSince'>;
  readonly queue: Pick<Queue, 'add'>;
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
  /** Inside a transaction: nobody else who locks the same name gets further until it ends. */
  readonly lock: (name: string) => Promise<void>;
  readonly clock: () => Date;
}

const hourMs = 3_600_000;

/** The row of a run and its place in the queue, stored as one. */
export function createStartJob(deps: StartJobDeps): StartJob {
  return (given, start) => {
    const job = withoutLosing(given, start);
    if (job.status === 'paused' && !startedByHand.includes(start.cause)) return Promise.resolve(null);
    return deps.transaction(async () => {
      // Two starts at the same time would each see the other one missing.
      await deps.lock(`job ${job.organizationId} ${job.id}`);
      const now = deps.clock();
      const { status, problem, dueAt } = await placeOf(deps, { job, start, now });
      const run = newRun({ job, start, now }, { status, problem });
      if (!(await deps.runs.insert(run))) return null;
      if (status === 'queued') {
        const { organizationId, id } = run;
        await deps.queue.add({ organizationId, topic: 'job-run', payload: { jobRunId: id }, dueAt });
      }
      return run;
    });
  };
}

/** What is planned comes again, what somebody sends or changes does not: it waits for its turn. */
function withoutLosing(job: Job, { cause }: Start): Job {
  const { definition } = job;
  const comesOnce = cause === 'event' || cause === 'change';
  if (!comesOnce || definition.overlap !== 'skip') return job;
  return { ...job, definition: { ...definition, overlap: 'queue' } };
}

interface Starting {
  readonly job: Job;
  readonly start: Start;
  readonly now: Date;
}

interface Placed {
  readonly status: 'queued' | 'skipped';
  readonly problem: string | null;
  readonly dueAt: Date;
}

async function placeOf({ runs }: StartJobDeps, { job, start, now }: Starting): Promise<Placed> {
  const { organizationId, id, definition } = job;
  if (start.cause === 'trial') return { status: 'queued', problem: null, dueAt: now };
  if (definition.overlap === 'skip') {
    const [open] = await runs.open(organizationId, id);
    if (open !== undefined) return { status: 'skipped', problem: stillGoing(open.status), dueAt: now };
  }
  const count = await runs.countSince(organizationId, id, new Date(now.getTime() - hourMs));
  if (count < definition.mostPerHour) return { status: 'queued', problem: null, dueAt: now };
  // As many hours later as there are full hours of runs before it.
  const dueAt = new Date(now.getTime() + hourMs * Math.floor(count / definition.mostPerHour));
  const problem = `The job may start ${definition.mostPerHour} times an hour, so this run waits until ${dueAt.toISOString()}.`;
  return { status: 'queued', problem, dueAt };
}

function stillGoing(status: string): string {
  const why = status === 'waiting' ? 'waits for a decision' : 'was still going on';
  return `An earlier run of the job ${why}, and the job does not start a second one beside it. Nothing was done.`;
}

function newRun({ job, start, now }: Starting, { status, problem }: Pick<Placed, 'status' | 'problem'>): JobRun {
  return {
    organizationId: job.organizationId,
    id: randomUUID(),
    jobId: job.id,
    cause: start.cause,
    causeKey: start.causeKey,
    plannedAt: start.plannedAt ?? null,
    definition: job.definition,
    payload: start.payload ?? null,
    trial: start.cause === 'trial',
    status,
    attempts: 0,
    conversationId: null,
    runId: null,
    problem,
    startedBy: start.startedBy ?? null,
    createdAt: now,
    startedAt: null,
    endedAt: status === 'skipped' ? now : null,
  };
}
