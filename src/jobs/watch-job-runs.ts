import type { LiveRun } from '#agent/live-run.ts';
import type { RunService } from '#agent/run-service.ts';
import type { Logger } from '#log';
import { overOrAborted } from './over-or-aborted.ts';
import type { HeldItem, Worker } from './queue.ts';

export interface WatchJobRunsDeps {
  readonly agent: Pick<RunService, 'watch'>;
  readonly worker: Pick<Worker, 'work'>;
  readonly log: Logger;
}

/**
 * Follows runs that have waited for a person from the moment they go on in this process, so that their end is told at
 * once. What is lost here is found by the queue a little later. Answers how to leave; that resolves once nothing is left.
 */
export function watchJobRuns({ agent, worker, log }: WatchJobRunsDeps): () => Promise<void> {
  const leaving = new AbortController();
  const following = new Set<Promise<void>>();
  const follow = async (run: LiveRun, item: HeldItem) => {
    const { type } = await worker.work(item, leaving.signal);
    if (type === 'done') return;
    // It had not ended, or was just about to.
    await overOrAborted(run.done, leaving.signal);
    await worker.work(item, leaving.signal);
  };
  const leave = agent.watch((run, { jobRunId, actor: { organizationId } }, resumed) => {
    if (!resumed || jobRunId === null) return;
    const item = { id: jobRunId, organizationId, topic: 'job-run', payload: { jobRunId }, attempt: 1 } as const;
    const followed = follow(run, item)
      .catch((error: unknown) => {
        if (!leaving.signal.aborted) log.warn({ err: error, jobRunId }, 'a run that went on could not be followed');
      })
      .finally(() => following.delete(followed));
    following.add(followed);
  });
  return async () => {
    leave();
    leaving.abort();
    await Promise.all(following);
  };
}
