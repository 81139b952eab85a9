import type { NinoxWatchRepository } from '#db/repositories/ninox-watches.ts';
import type { JobWatches } from '../../job-ports.ts';
import { placeKeyOf } from './watched-place.ts';

export interface JobWatchesDeps {
  readonly rows: Pick<NinoxWatchRepository, 'put' | 'find' | 'remove'>;
  readonly clock: () => Date;
}

/** What is watched for which job; the looking is the poller's. */
export function createJobWatches({ rows, clock }: JobWatchesDeps): JobWatches {
  return {
    async put({ organizationId, id: jobId, definition: { trigger } }) {
      if (trigger.kind !== 'ninox_change') return rows.remove({ organizationId, jobId });
      return rows.put({ organizationId, jobId, place: placeKeyOf(trigger), now: clock() });
    },
    remove: ({ organizationId, id: jobId }) => rows.remove({ organizationId, jobId }),
    async problemOf({ organizationId, id: jobId }) {
      return (await rows.find({ organizationId, jobId }))?.problem ?? null;
    },
  };
}
