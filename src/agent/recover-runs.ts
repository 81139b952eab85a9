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
 * The runs that a crash left unfinished; to be asked before a new one can begin. With `sharedStorage` other processes
 * may be at work: then only runs older than any run may get are lost.
 */
export async function findLostRuns(
  runs: UnfinishedRuns,
  options: { sharedStorage: boolean },
): Promise<readonly UnfinishedRun[]> {
  const lostBefore = options.sharedStorage ? Date.now() - longestRunMs : Number.POSITIVE_INFINITY;
  return (await runs.listUnfinished()).filter(({ startedAt }) => startedAt.getTime() < lostBefore);
}

/** Ends lost runs, so that none stays “running” and their conversations are free again. */
export async function endLostRuns(runs: UnfinishedRuns, lost: readonly UnfinishedRun[], log: Logger): Promise<void> {
  for (const { organizationId, id } of lost) await runs.markInterrupted({ organizationId, id, notice });
  if (lost.length > 0) log.warn({ runs: lost.length }, 'ended runs that the last stop had cut off');
}
