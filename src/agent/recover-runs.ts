import type { Logger } from '#log';

interface UnfinishedRun {
  readonly id: string;
  readonly organizationId: string;
  readonly startedAt: Date;
}

export interface UnfinishedRuns {
  listUnfinished(): Promise<readonly UnfinishedRun[]>;
  markInterrupted(run: { organizationId: string; id: string; notice: string }): Promise<boolean>;
}

/** No run may take longer than this, so an older one without an end has lost its process. */
const longestRunMs = 3_600_000 + 60_000;

const notice = 'The service stopped while the persona was working on this. Send your message again to continue.';

/**
 * Ends the runs that a crash left unfinished, so that none stays “running” and their conversations are free again. With
 * `sharedStorage` other processes may be at work: then only runs older than any run may get are ended.
 */
export async function recoverRuns(runs: UnfinishedRuns, options: { sharedStorage: boolean; log: Logger }): Promise<void> {
  const lostBefore = options.sharedStorage ? Date.now() - longestRunMs : Number.POSITIVE_INFINITY;
  const lost = (await runs.listUnfinished()).filter(({ startedAt }) => startedAt.getTime() < lostBefore);
  for (const { organizationId, id } of lost) await runs.markInterrupted({ organizationId, id, notice });
  if (lost.length > 0) options.log.warn({ runs: lost.length }, 'ended runs that the last stop had cut off');
}
