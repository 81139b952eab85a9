import { randomUUID } from 'node:crypto';
import type { HookEventRepository } from '#db/repositories/hook-events.ts';
import type { Job } from '../../job.ts';

export interface Refusals {
  /** A request at the job’s hook that was not proved: nothing of what it held is kept. */
  note(job: Pick<Job, 'organizationId' | 'id'>, reason: string): Promise<void>;
}

interface RefusalDeps {
  readonly events: Pick<HookEventRepository, 'insertRefused'>;
  readonly clock: () => Date;
}

/** Strangers fill no table: of each job so many are listed, one a second is written, and the others are counted. */
const keptRows = 20;
const writeEveryMs = 1_000;
const mostJobs = 10_000;

export function createRefusals({ events, clock }: RefusalDeps): Refusals {
  const counts = new Map<string, { uncounted: number; readonly writtenAt: number }>();
  return {
    async note({ organizationId, id: jobId }, reason) {
      const receivedAt = clock();
      const key = JSON.stringify([organizationId, jobId]);
      const before = counts.get(key);
      if (before !== undefined && Math.abs(receivedAt.getTime() - before.writtenAt) < writeEveryMs) {
        before.uncounted += 1;
        return;
      }
      if (counts.size >= mostJobs) counts.clear();
      counts.set(key, { uncounted: 0, writtenAt: receivedAt.getTime() });
      const id = randomUUID();
      const row = { organizationId, jobId, id, messageId: id, outcome: 'refused', body: null, jobRunId: null } as const;
      const more = before === undefined || before.uncounted === 0 ? '' : ` ${before.uncounted} more came just before.`;
      await events.insertRefused({ ...row, reason: `${reason}${more}`, receivedAt }, keptRows);
    },
  };
}
