import type { JobRunEnd, JobRunRepository } from '#db/repositories/job-runs.ts';
import type { JobRun } from './job.ts';
import type { Queue } from './queue.ts';

export interface PlannedDeliveries {
  /** Stores a row for each place the run's end goes to, in the caller's transaction, and gives their ids. */
  add(run: JobRun): Promise<readonly string[]>;
}

export interface EndDeps {
  readonly rows: Pick<JobRunRepository, 'end'>;
  readonly deliveries: PlannedDeliveries;
  readonly queue: Pick<Queue, 'add'>;
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
  readonly clock: () => Date;
}

/** Ends a run once, whoever comes first: its end and what is to be delivered are stored as one. */
export async function endJobRun(deps: EndDeps, run: JobRun, end: Pick<JobRunEnd, 'status' | 'problem'>): Promise<void> {
  const { organizationId, id } = run;
  await deps.transaction(async () => {
    const at = deps.clock();
    if (!(await deps.rows.end({ organizationId, id, ...end, at }))) return;
    const ended: JobRun = { ...run, ...end, endedAt: at };
    if (!isDelivered(ended)) return;
    for (const deliveryId of await deps.deliveries.add(ended)) {
      await deps.queue.add({ organizationId, topic: 'delivery', payload: { deliveryId } });
    }
  });
}

/** Whoever has stopped a run knows of it: that is neither a success nor a problem. */
function isDelivered({ trial, status, definition: { deliverWhen } }: JobRun): boolean {
  if (trial) return false;
  if (deliverWhen === 'always') return true;
  return deliverWhen === 'success' ? status === 'succeeded' : status === 'failed' || status === 'dead';
}
