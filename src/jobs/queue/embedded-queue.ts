import { randomUUID } from 'node:crypto';
import type { QueueItemRecord, QueueItemRepository } from '#db/repositories/queue-items.ts';
import type { Logger } from '#log';
import { type HeldItem, type Queue, queueAttempts, type Topic, topics, type Worker } from '../queue.ts';
import { createHands, type Hands } from './hands.ts';

export interface EmbeddedQueueDeps {
  readonly rows: QueueItemRepository;
  readonly log: Logger;
  readonly clock: () => Date;
  /** From 0 to 1. */
  readonly random?: () => number;
  /** How long an item stays with a process that is not heard of. */
  readonly leaseMs?: number;
  readonly pollMs?: number;
}

const firstPauseMs = 2_000;
const longestPauseMs = 10 * 60_000;

/** The pause after so many failed attempts: doubled each time, and never quite the same for two. */
export function pauseAfter(attempt: number, random: () => number): number {
  const pause = Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs);
  return Math.round(pause * (0.75 + random() / 2));
}

/** The queue in the service's own database, for one process or a few of them. */
export function createEmbeddedQueue(deps: EmbeddedQueueDeps): Queue {
  const { rows, clock, pollMs = 1_000 } = deps;
  let hands: readonly Hands[] = [];
  let timer: NodeJS.Timeout | undefined;
  const wake = () => {
    for (const hand of hands) hand.wake();
  };
  return {
    async add({ organizationId, topic, payload, dueAt }) {
      const now = clock();
      await rows.insert({ id: randomUUID(), organizationId, topic, payload, dueAt: dueAt ?? now, createdAt: now });
      // The caller's transaction has to be over before the item can be seen.
      setTimeout(wake, 5).unref();
    },
    async start(workers) {
      hands = workers.map((worker) => openHands(deps, worker));
      timer = setInterval(wake, pollMs);
      timer.unref();
      wake();
    },
    async dead(organizationId) {
      const dead = await rows.dead(organizationId, 100);
      return dead.map(({ id, topic, payload, problem, endedAt, createdAt }) => ({
        id,
        topic: topicOf(topic),
        payload: payload as HeldItem['payload'],
        problem: problem ?? '',
        diedAt: endedAt ?? createdAt,
      }));
    },
    async replay(organizationId, id) {
      const isRevived = await rows.revive(organizationId, id, clock());
      wake();
      return isRevived;
    },
    async close(graceMs) {
      clearInterval(timer);
      await Promise.all(hands.map((hand) => hand.close(graceMs)));
      hands = [];
    },
  };
}

interface Claimed {
  readonly record: QueueItemRecord;
  readonly lease: string;
}

type Taken = Claimed & { readonly closing: AbortSignal };

type WorkDeps = EmbeddedQueueDeps & { readonly leaseMs: number };

function openHands(deps: EmbeddedQueueDeps, worker: Worker): Hands {
  const { rows, clock, log, leaseMs = 30_000 } = deps;
  return createHands<Claimed>({
    worker,
    log,
    async claim(limit) {
      const now = clock();
      const lease = randomUUID();
      const until = new Date(now.getTime() + leaseMs);
      const claimed = await rows.claim({ topic: worker.topic, lease, now, until, limit });
      return claimed.map((record) => ({ record, lease }));
    },
    handle: (claimed, closing) => workItem({ ...deps, leaseMs }, worker, { ...claimed, closing }),
  });
}

/** Never rejects. */
async function workItem(deps: WorkDeps, worker: Worker, taken: Taken): Promise<void> {
  const { record, lease } = taken;
  const { rows, log } = deps;
  const held = { id: record.id, lease };
  const lost = new AbortController();
  const stopRenewing = keepLease(deps, held, lost);
  try {
    const signal = AbortSignal.any([taken.closing, lost.signal]);
    const result = await worker.work(itemOf(record), signal);
    if (result.type === 'done') await rows.finish(held);
    else await rows.putBack(held, { dueAt: result.dueAt, attempts: record.attempts - 1, problem: null });
  } catch (error) {
    log.warn({ err: error, topic: record.topic, attempt: record.attempts }, 'work of the queue did not succeed');
    await fail(deps, worker, { ...taken, error }).catch((problem: unknown) => {
      // Its lease runs out, and then it is taken up again.
      log.error({ err: problem, topic: record.topic }, 'it could not be stored that work of the queue has failed');
    });
  } finally {
    stopRenewing();
  }
}

async function fail(
  { rows, clock, random = Math.random }: WorkDeps,
  worker: Worker,
  { record, lease, closing, error }: Taken & { readonly error: unknown },
): Promise<void> {
  const held = { id: record.id, lease };
  const problem = error instanceof Error ? error.message : String(error);
  const now = clock();
  // What the closing of the process has cut short is no failure of the work.
  if (closing.aborted) {
    await rows.putBack(held, { dueAt: now, attempts: record.attempts - 1, problem: null });
    return;
  }
  if (record.attempts < queueAttempts) {
    const dueAt = new Date(now.getTime() + pauseAfter(record.attempts, random));
    await rows.putBack(held, { dueAt, attempts: record.attempts, problem });
    return;
  }
  if (await rows.bury(held, problem, now)) await worker.gaveUp(itemOf(record), problem);
}

/** Renews the lease while the work goes on; aborts `lost` where it is somebody else's. */
function keepLease(
  { rows, clock, log, leaseMs }: WorkDeps,
  held: { readonly id: string; readonly lease: string },
  lost: AbortController,
): () => void {
  const renew = async () => {
    try {
      if (!(await rows.renew(held, new Date(clock().getTime() + leaseMs)))) lost.abort();
    } catch (error) {
      log.warn({ err: error }, 'a lease could not be renewed; it is tried again');
    }
  };
  const timer = setInterval(() => void renew(), leaseMs / 3);
  timer.unref();
  return () => clearInterval(timer);
}

function itemOf({ id, organizationId, topic, payload, attempts }: QueueItemRecord): HeldItem {
  return { id, organizationId, topic: topicOf(topic), payload: payload as HeldItem['payload'], attempt: attempts };
}

function topicOf(stored: string): Topic {
  const topic = topics.find((known) => known === stored);
  if (topic === undefined) throw new Error(`There is no topic “${stored}”.`);
  return topic;
}
