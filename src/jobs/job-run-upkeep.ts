import type { JobRunRepository } from '#db/repositories/job-runs.ts';
import type { Logger } from '#log';
import { type EndDeps, endJobRun } from './end-job-run.ts';
import type { Queue } from './queue.ts';
import { createRepeatedWork, type RepeatedWork } from './repeated-work.ts';
import { toJobRun } from './stored-jobs.ts';
import { givenUp } from './work-job-run.ts';

export interface JobRunUpkeepDeps extends Omit<EndDeps, 'rows' | 'queue'> {
  readonly rows: Pick<JobRunRepository, 'end' | 'listUnfinished'>;
  readonly queue: Pick<Queue, 'add' | 'dead'>;
  readonly log: Logger;
}

const everyMs = 60_000;
/** Whoever has just given one up is about to store it. */
const quietMs = 60_000;
const mostAtOnce = 500;

/**
 * Ends the runs whose work was given up by a process that was lost before it could say so. What was merely under way in
 * such a process needs nobody: its place in the queue is free again once the lease is over.
 */
export function createJobRunUpkeep(deps: JobRunUpkeepDeps): RepeatedWork {
  const problem = 'the upkeep of the runs of jobs failed; it is tried again';
  return createRepeatedWork({ works: [() => endGivenUp(deps)], everyMs, problem, log: deps.log });
}

async function endGivenUp(deps: JobRunUpkeepDeps): Promise<void> {
  const before = new Date(deps.clock().getTime() - quietMs);
  const open = await deps.rows.listUnfinished(before, mostAtOnce);
  for (const organizationId of new Set(open.map((run) => run.organizationId))) {
    const dead = (await deps.queue.dead(organizationId)).filter(({ topic }) => topic === 'job-run');
    const problems = new Map(dead.map(({ payload, problem }) => [payload.jobRunId, problem]));
    for (const run of open) {
      const problem = run.organizationId === organizationId ? problems.get(run.id) : undefined;
      if (problem !== undefined) await endJobRun(deps, toJobRun(run), { status: 'dead', problem: givenUp(problem) });
    }
  }
}
