import type { Processes } from '#agent/processes.ts';
import type { SlackEventRecord, SlackEventRepository } from '#db/repositories/slack-events.ts';
import { AppError } from '#errors';
import type { Logger } from '#log';

/** What became of an event when it was worked. */
export type Outcome =
  | { readonly type: 'done' }
  /** Its time has not come: it stays first in its lane. `to`: the process that is to work it, where it must be that one. */
  | { readonly type: 'later'; readonly note?: string; readonly to?: string };

export interface InboxDeps {
  readonly rows: SlackEventRepository;
  readonly processes: Pick<Processes, 'id' | 'lostAmong'>;
  readonly work: (event: SlackEventRecord) => Promise<Outcome>;
  /** It could not be worked, and will not be any more. Must not throw. */
  readonly gaveUp: (event: SlackEventRecord) => Promise<void>;
  readonly log: Logger;
  readonly clock: () => Date;
}

/** Works what was kept, each once and those of a lane in their order, in any number of processes. */
export interface Inbox {
  start(): void;
  /** Something may be due: it is looked for at once. */
  wake(): void;
  /** What waits in a lane is due now. Never rejects. */
  hasten(lane: string): Promise<void>;
  /** Takes what lost processes had in hand away from them, and forgets what is long over. */
  sweep(): Promise<void>;
  /** Takes nothing more, and waits for what it has in hand, at most so long. */
  close(graceMs: number): Promise<void>;
}

const pollMs = 1_000;
const mostAtOnce = 32;
/** Of one workspace: where Slack lets that wait, the others do not. So many are taken at a time, too. */
const mostOfOne = 8;
const mostAttempts = 6;
const keptDays = 7;

export function createInbox(deps: InboxDeps): Inbox {
  const { rows, processes, log, clock } = deps;
  const hands = createHands(deps);
  let timer: NodeJS.Timeout | undefined;
  return {
    wake: hands.wake,
    start() {
      timer = setInterval(hands.wake, pollMs);
      timer.unref();
      hands.wake();
    },
    async hasten(lane) {
      try {
        await rows.hasten(lane, clock());
      } catch (error) {
        log.warn({ err: error }, 'what waits for a thread could not be hastened; it comes a little later');
      }
      hands.wake();
    },
    async sweep() {
      const others = (await rows.holders()).filter((id) => id !== processes.id);
      const released = await rows.release([...(await processes.lostAmong(others))]);
      if (released > 0) log.warn({ released }, 'what a lost process had in hand of Slack is worked on');
      await rows.prune(new Date(clock().getTime() - keptDays * 86_400_000));
      hands.wake();
    },
    async close(graceMs) {
      clearInterval(timer);
      await hands.close(graceMs);
    },
  };
}

interface EventInHand {
  readonly connectionId: string;
  readonly done: Promise<void>;
}

/** The connections of which as much is in hand as may be. */
function crowdedAmong(events: Iterable<EventInHand>): string[] {
  const counts = new Map<string, number>();
  for (const { connectionId } of events) counts.set(connectionId, (counts.get(connectionId) ?? 0) + 1);
  return [...counts].flatMap(([connectionId, count]) => (count >= mostOfOne ? [connectionId] : []));
}

/** What this process has taken. */
function createHands(deps: InboxDeps) {
  const { rows, processes, clock } = deps;
  const inHand = new Map<string, EventInHand>();
  let isClosing = false;
  let looking: Promise<void> | null = null;
  let isWanted = false;

  function take(event: SlackEventRecord): void {
    const done = workEvent(deps, event, () => isClosing).finally(() => {
      inHand.delete(event.id);
      // Whoever stands behind it in the lane may come now.
      wake();
    });
    inHand.set(event.id, { connectionId: event.connectionId, done });
  }

  async function look(): Promise<void> {
    while (isWanted && !isClosing && inHand.size < mostAtOnce) {
      const limit = Math.min(mostAtOnce - inHand.size, mostOfOne);
      isWanted = false;
      const except = crowdedAmong(inHand.values());
      const claimed = await rows.claim({ processId: processes.id, now: clock(), limit, except });
      for (const event of claimed) take(event);
      if (claimed.length === limit) isWanted = true;
    }
  }

  function wake(): void {
    isWanted = true;
    if (looking !== null || isClosing) return;
    looking = look()
      .catch((error: unknown) => {
        isWanted = false;
        tellUnlooked(deps, error);
      })
      .finally(() => {
        looking = null;
        if (isWanted && inHand.size < mostAtOnce) wake();
      });
  }

  return {
    wake,
    async close(graceMs: number): Promise<void> {
      isClosing = true;
      await looking;
      const over = Promise.withResolvers<void>();
      const limit = setTimeout(over.resolve, graceMs);
      await Promise.race([Promise.all([...inHand.values()].map(({ done }) => done)), over.promise]);
      clearTimeout(limit);
    },
  };
}

/** The next poll asks again. */
function tellUnlooked({ log }: InboxDeps, error: unknown): void {
  log.error({ err: error }, 'what Slack has sent could not be looked for; it is tried again');
}

async function workEvent(deps: InboxDeps, event: SlackEventRecord, isClosing: () => boolean): Promise<void> {
  const { rows, processes, log, clock } = deps;
  const { id, attempts } = event;
  const held = { id, processId: processes.id };
  const again = (waitMs: number, more: { note: string | null; attempts: number; to?: string }) => {
    const dueAt = new Date(clock().getTime() + waitMs);
    return rows.putBack(held, { dueAt, attempts: more.attempts, problem: more.note, to: more.to ?? null });
  };
  const settle = await decide(deps, event);
  const store = async () => {
    if (settle.type === 'done') return rows.finish(held, { status: 'done', problem: null, at: clock() });
    if (settle.type === 'dead') return rows.finish(held, { status: 'dead', problem: settle.problem, at: clock() });
    if (settle.type === 'failed') return again(backoffMs(attempts), { note: event.problem, attempts });
    const { note = event.problem, to } = settle;
    // It has not failed, and may wait as long as it has to.
    const waitMs = to === undefined ? patienceMs(event, clock()) : 0;
    return again(waitMs, { note, attempts: attempts - 1, ...(to === undefined ? {} : { to }) });
  };
  await storeWithPatience(store, isClosing, (error, againInMs) =>
    log.error({ err: error, eventId: id, againInMs }, 'what became of an event of Slack could not be stored'),
  );
}

type Settled = Outcome | { readonly type: 'failed' } | { readonly type: 'dead'; readonly problem: string };

async function decide({ work, gaveUp, log }: InboxDeps, event: SlackEventRecord): Promise<Settled> {
  const { id, attempts, kind } = event;
  try {
    return await work(event);
  } catch (error) {
    if (error instanceof AppError && error.code === 'SHUTTING_DOWN') return { type: 'later' };
    if (attempts < mostAttempts) {
      log.warn({ err: error, eventId: id, kind, attempts }, 'an event of Slack could not be worked; it is tried again');
      return { type: 'failed' };
    }
    log.error({ err: error, eventId: id, kind, attempts }, 'an event of Slack could not be worked and is given up');
    await gaveUp(event);
    return { type: 'dead', problem: error instanceof Error ? error.name : 'unknown' };
  }
}

const firstBackoffMs = 500;
const longestBackoffMs = 30_000;

function backoffMs(attempts: number): number {
  return Math.min(firstBackoffMs * 2 ** attempts, longestBackoffMs);
}

const soonestMs = 500;
const latestMs = 15_000;

/** The longer it has waited, the more seldom it is looked at: what it waits for calls it, where it can. */
function patienceMs({ receivedAt }: SlackEventRecord, now: Date): number {
  const waited = now.getTime() - receivedAt.getTime();
  return Math.min(Math.max(waited / 4, soonestMs), latestMs);
}

const storeAgainAfterMs = [250, 500, 1_000, 2_000, 4_000];

/** Until it is stored the event stays in this process's hands, where nobody else takes it. */
async function storeWithPatience(
  store: () => Promise<unknown>,
  isClosing: () => boolean,
  tell: (error: unknown, againInMs: number) => void,
): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await store();
      return;
    } catch (error) {
      // A new process finds it as left behind by a lost one.
      if (isClosing()) return;
      const waitMs = storeAgainAfterMs[Math.min(attempt, storeAgainAfterMs.length - 1)] ?? 4_000;
      tell(error, waitMs);
      await new Promise((resolve) => {
        setTimeout(resolve, waitMs);
      });
    }
  }
}
