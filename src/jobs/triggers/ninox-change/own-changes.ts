import type { Job } from '../../job.ts';
import type { ChangeTrigger } from '../../job-definition.ts';
import type { OwnWrites, SeenChanges, SeenRemoval, SeenUpdate } from './change-ports.ts';
import { isOwnRemoval, isOwnUpdate, writesByRecord } from './own-writes.ts';
import { isWatched } from './record-changes.ts';

export interface OwnChangeDeps {
  readonly ownWrites: OwnWrites;
  readonly clock: () => Date;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export interface Question {
  readonly job: Job;
  readonly trigger: ChangeTrigger;
  readonly seen: SeenChanges;
  readonly signal: AbortSignal;
}

type IsOwn = (change: SeenUpdate | SeenRemoval) => boolean;

const channel = 'job';
const lookAgainMs = 500;
const looks = 40;
/** A call whose outcome is unknown for longer is not waited for: nobody may ever learn what it has written. */
const longestCallMs = 10 * 60_000;

/**
 * Tells which changes calls of jobs have made. What a call has written is stored only once it has ended, so where changes
 * are nobody’s yet and calls are on their way, these are waited for. Null where that took too long.
 */
export async function isOwnOrWait(deps: OwnChangeDeps, question: Question): Promise<IsOwn | null> {
  const { seen, trigger } = question;
  const changes = [...seen.updated, ...seen.removed].filter((change) => isWatched(trigger, change));
  if (changes.length === 0) return () => false;
  // Asked for before what has ended: a call that ends in between is found there.
  let open = await underWay(deps, question);
  for (let look = 0; look < looks; look += 1) {
    const isOwn = await ownOf(deps, question, changes);
    if (open.length === 0 || changes.every(isOwn)) return isOwn;
    await deps.sleep(lookAgainMs, question.signal);
    // Those that were sent after Ninox had answered have no part in what it told.
    const still = await underWay(deps, question);
    open = open.filter((id) => still.includes(id));
  }
  return null;
}

function underWay({ ownWrites, clock }: OwnChangeDeps, { job }: Question): Promise<readonly string[]> {
  const since = new Date(clock().getTime() - longestCallMs);
  return ownWrites.listUnderWay({ organizationId: job.organizationId, channel, since });
}

async function ownOf(
  { ownWrites }: OwnChangeDeps,
  { job, trigger, seen }: Question,
  changes: readonly (SeenUpdate | SeenRemoval)[],
): Promise<IsOwn> {
  const records = changes.map(({ table, record }) => ({ table, record }));
  const { organizationId } = job;
  const writes = writesByRecord(
    await ownWrites.listOf({ organizationId, channel, databaseId: trigger.database, records }),
  );
  const removed = new Set<SeenRemoval>(seen.removed);
  return (change) =>
    !removed.has(change) && 'sequence' in change ? isOwnUpdate(change, writes(change)) : isOwnRemoval(writes(change));
}
