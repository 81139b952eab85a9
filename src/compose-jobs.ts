import type { RunService } from '#agent/run-service.ts';
import type { StoredMessage } from '#agent/stored-message.ts';
import type { Database } from '#db/database.ts';
import type { ConversationRepository } from '#db/repositories/conversations.ts';
import { createJobRunRepository } from '#db/repositories/job-runs.ts';
import { createJobRepository } from '#db/repositories/jobs.ts';
import type { OrganizationRepository } from '#db/repositories/organizations.ts';
import { createQueueItemRepository } from '#db/repositories/queue-items.ts';
import { createRunRepository } from '#db/repositories/runs.ts';
import type { PlannedDeliveries } from '#jobs/end-job-run.ts';
import type { StartJob } from '#jobs/job.ts';
import type { JobDeps, JobPeople, JobRows, JobRunRows, JobTrials } from '#jobs/job-ports.ts';
import { createJobRunUpkeep } from '#jobs/job-run-upkeep.ts';
import { createEmbeddedQueue } from '#jobs/queue/embedded-queue.ts';
import { createPgBossQueue } from '#jobs/queue/pg-boss-queue.ts';
import type { Queue, Worker } from '#jobs/queue.ts';
import { createStartJob } from '#jobs/start-job.ts';
import { createJobRows, createJobRunRows } from '#jobs/stored-jobs.ts';
import { createJobTrials } from '#jobs/trials.ts';
import { watchJobRuns } from '#jobs/watch-job-runs.ts';
import { createJobRunWorker, type JobRunWorkDeps } from '#jobs/work-job-run.ts';
import type { Logger } from '#log';

export interface JobsDeps {
  readonly db: Database;
  readonly log: Logger;
  readonly clock?: () => Date;
  readonly runs: Pick<RunService, 'start' | 'active' | 'watch'>;
  readonly conversations: Pick<ConversationRepository<StoredMessage>, 'message' | 'messages'>;
  readonly organizations: Pick<OrganizationRepository, 'findMember'>;
  readonly personas: Pick<JobDeps['personas'], 'find'>;
  readonly defaultModel: string;
  readonly pauseJob: JobRunWorkDeps['pauseJob'];
  readonly deliveries: PlannedDeliveries;
  readonly lookAgainMs?: JobRunWorkDeps['lookAgainMs'];
  readonly leaseMs?: number;
}

/** Something that goes on by itself from its start to its close. */
export interface Loop {
  start(): void | Promise<void>;
  close(graceMs: number): Promise<void>;
}

export interface Jobs {
  readonly queue: Queue;
  readonly startJob: StartJob;
  readonly rows: JobRows;
  readonly runRows: JobRunRows;
  readonly trials: JobTrials;
  readonly people: Pick<JobPeople, 'find'>;
  /** Begins to work. `workers`: of topics beside the runs of jobs; `loops`: what starts jobs. */
  start(parts?: { readonly workers?: readonly Worker[]; readonly loops?: readonly Loop[] }): Promise<void>;
  /** To be closed together with the agent's runs, before other processes take this one for gone. */
  close(graceMs: number): Promise<void>;
}

/** What starts jobs and works their runs. */
export function createJobs(deps: JobsDeps): Jobs {
  const { db, log, clock = () => new Date() } = deps;
  const { transaction, lock } = db;
  const queue = openQueue(deps, clock);
  const runTable = createJobRunRepository(db);
  const rows = createJobRows({ rows: createJobRepository(db), clock });
  const runRows = createJobRunRows(runTable);
  const startJob = createStartJob({ runs: runTable, queue, transaction, lock, clock });
  const people = peopleOf(deps);
  const ending = { rows: runTable, deliveries: deps.deliveries, queue, transaction, clock };
  const { personas, pauseJob, defaultModel, lookAgainMs } = deps;
  const worker = createJobRunWorker({
    ...ending,
    log,
    people,
    personas,
    pauseJob,
    defaultModel,
    jobs: rows,
    agent: deps.runs,
    answerTo: createAnswers(deps),
    ...(lookAgainMs === undefined ? {} : { lookAgainMs }),
  });
  return {
    queue,
    startJob,
    rows,
    runRows,
    people,
    trials: createJobTrials({ startJob, runs: runRows, messages: deps.conversations.messages, clock }),
    ...life({ queue, worker, upkeep: createJobRunUpkeep({ ...ending, log }), deps }),
  };
}

function openQueue({ db, log, leaseMs }: JobsDeps, clock: () => Date): Queue {
  if (db.dialect === 'postgres') return createPgBossQueue({ db, log });
  const lease = leaseMs === undefined ? {} : { leaseMs };
  return createEmbeddedQueue({ rows: createQueueItemRepository(db), log, clock, ...lease });
}

function peopleOf({ organizations }: Pick<JobsDeps, 'organizations'>): Pick<JobPeople, 'find'> {
  return {
    async find(organizationId, id) {
      const member = await organizations.findMember(organizationId, id);
      return member === null ? null : { ...member, id };
    },
  };
}

function createAnswers({ db, conversations }: JobsDeps): JobRunWorkDeps['answerTo'] {
  const runs = createRunRepository(db);
  return async ({ messageId: id, ...place }) => {
    const run = await runs.answering({ ...place, id });
    if (run === null) return null;
    const answer = await conversations.message({ ...place, id: run.messageId });
    const { status, notice, endedAt } = run;
    return { id: run.id, status, notice, endedAt, code: answer?.metadata?.code ?? null };
  };
}

interface Living {
  readonly queue: Queue;
  readonly worker: Worker;
  readonly upkeep: ReturnType<typeof createJobRunUpkeep>;
  readonly deps: JobsDeps;
}

function life({ queue, worker, upkeep, deps }: Living): Pick<Jobs, 'start' | 'close'> {
  let running: readonly Loop[] = [];
  let leave: () => Promise<void> = async () => undefined;
  return {
    async start({ workers = [], loops = [] } = {}) {
      leave = watchJobRuns({ agent: deps.runs, worker, log: deps.log });
      await queue.start([worker, ...workers]);
      running = loops;
      for (const loop of loops) await loop.start();
      upkeep.start();
    },
    async close(graceMs) {
      await Promise.all([...running.map((loop) => loop.close(graceMs)), upkeep.close()]);
      await Promise.all([queue.close(graceMs), leave()]);
    },
  };
}
