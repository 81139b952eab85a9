import type { JobDeliveryRecord } from '#db/repositories/job-deliveries.ts';
import type { PlannedDeliveries } from '../end-job-run.ts';
import type { JobRun } from '../job.ts';
import type { JobDeliveries, StoredDelivery } from '../job-ports.ts';
import type { Worker } from '../queue.ts';
import type { DeliveryDeps } from './delivery-ports.ts';
import { testDelivery } from './test-delivery.ts';
import { createDeliveryWorker } from './work-delivery.ts';

/** Where answers of jobs go: their rows, what works them off, and what is done with them by hand. */
export interface Deliveries extends JobDeliveries, PlannedDeliveries {
  /** For the queue's topic `delivery`. */
  readonly worker: Worker;
}

export function createDeliveries(deps: DeliveryDeps): Deliveries {
  return { ...createDeliveryPlan(deps), ...handling(deps), worker: createDeliveryWorker(deps) };
}

/** Stores a row for each place that the job names: the same run twice has them once. */
export function createDeliveryPlan({ rows, clock }: Pick<DeliveryDeps, 'rows' | 'clock'>): PlannedDeliveries {
  return {
    add: (run) =>
      rows.insert(run.definition.deliveries.map((target, index) => toRecord(run, { target, index }, clock()))),
  };
}

interface Place {
  readonly target: JobRun['definition']['deliveries'][number];
  readonly index: number;
}

function toRecord(run: JobRun, { target, index }: Place, createdAt: Date): JobDeliveryRecord {
  const { organizationId, jobId, id: jobRunId } = run;
  return {
    organizationId,
    // Sorts as the job names them: a job has at most ten.
    id: `${jobRunId}-${index}`,
    jobId,
    jobRunId,
    kind: target.kind,
    target,
    status: 'pending',
    attempts: 0,
    problem: null,
    createdAt,
    endedAt: null,
  };
}

function handling(deps: DeliveryDeps): JobDeliveries {
  const { rows, queue, transaction, durable } = deps;
  return {
    ofRuns: async (organizationId, ids) => (await rows.ofRuns(organizationId, ids)).map(toStored),
    async find(key) {
      const row = await rows.find(key);
      return row === null ? null : toStored(row);
    },
    async replay({ organizationId, id }) {
      const isReopened = await transaction(async () => {
        if (!(await rows.reopen({ organizationId, id }))) return false;
        await queue.add({ organizationId, topic: 'delivery', payload: { deliveryId: id } });
        return true;
      });
      if (isReopened) await durable();
      return isReopened;
    },
    test: (actor, delivery) => testDelivery(deps, actor, delivery),
  };
}

function toStored({ createdAt: _createdAt, ...row }: JobDeliveryRecord): StoredDelivery {
  return row;
}
