import { AsyncLocalStorage } from 'node:async_hooks';
import { type JobWithMetadata, PgBoss } from 'pg-boss';
import type { Database } from '#db/database.ts';
import type { Logger } from '#log';
import {
  type DeadItem,
  type HeldItem,
  type Queue,
  queueAttempts,
  type Topic,
  topics,
  type Worker,
  type WorkItem,
} from '../queue.ts';
import { createHands, type Hands } from './hands.ts';

export interface PgBossQueueDeps {
  readonly db: Pick<Database, 'execute' | 'transaction'>;
  readonly log: Logger;
  /** How long an item stays with a process that is not heard of; at least 10 seconds. */
  readonly leaseSeconds?: number;
  /** How often items of lost processes are looked for. */
  readonly watchSeconds?: number;
  readonly pollMs?: number;
}

/** What an item is in its row there. */
interface Data {
  readonly organizationId: string;
  readonly payload: WorkItem['payload'];
  /** Attempts that were made before it was put off. */
  readonly spent: number;
}
type Item = JobWithMetadata<Data>;

const decadeSeconds = 10 * 365 * 86_400;
const deadOf = (topic: Topic) => `${topic}-dead`;

/** The queue of pg-boss, in a schema of its own in the service's Postgres, for any number of processes. */
export function createPgBossQueue(deps: PgBossQueueDeps): Queue {
  const { pollMs = 1_000 } = deps;
  const context = openBoss(deps);
  const { boss, started } = context;
  let hands: readonly Hands[] = [];
  let timer: NodeJS.Timeout | undefined;
  const wake = () => {
    for (const hand of hands) hand.wake();
  };
  return {
    async add({ organizationId, topic, payload, dueAt }) {
      await started();
      await send(context, topic, { data: { organizationId, payload, spent: 0 }, dueAt });
      // The caller's transaction has to be over before the item can be seen.
      setTimeout(wake, 5).unref();
    },
    async start(workers) {
      await started();
      hands = workers.map((worker) => openHands(context, worker));
      timer = setInterval(wake, pollMs);
      timer.unref();
      wake();
    },
    async dead(organizationId) {
      await started();
      return findDead(context, organizationId);
    },
    async replay(organizationId, id) {
      await started();
      let moved = 0;
      for (const topic of topics) moved += await boss.redrive(deadOf(topic), { ids: [id], data: { organizationId } });
      wake();
      return moved > 0;
    },
    async close(graceMs) {
      clearInterval(timer);
      await Promise.all(hands.map((hand) => hand.close(graceMs)));
      hands = [];
      await boss.stop({ close: false, graceful: false });
    },
  };
}

interface Context extends PgBossQueueDeps {
  readonly boss: PgBoss;
  readonly leaseSeconds: number;
  readonly execute: NonNullable<Database['execute']>;
  readonly started: () => Promise<void>;
}

function openBoss(deps: PgBossQueueDeps): Context {
  const { db, log, leaseSeconds = 30, watchSeconds = 10 } = deps;
  const { execute } = db;
  if (execute === null) throw new Error('This queue needs Postgres.');
  const boss = new PgBoss({
    db: { executeSql: async (text, values) => execute(text, values) },
    schedule: false,
    registerInstance: false,
    superviseIntervalSeconds: watchSeconds,
    monitorIntervalSeconds: watchSeconds,
  });
  boss.on('error', (error) => log.error({ err: error }, 'the queue has a problem; it goes on'));
  // Whoever comes first may stand in a transaction, which is none of this one's business.
  const outside = AsyncLocalStorage.snapshot();
  let starting: Promise<void> | null = null;
  const started = () => {
    starting ??= outside(() => prepare(boss, leaseSeconds)).catch((error: unknown) => {
      starting = null;
      throw error;
    });
    return starting;
  };
  return { ...deps, boss, leaseSeconds, execute, started };
}

async function prepare(boss: PgBoss, leaseSeconds: number): Promise<void> {
  await boss.start();
  for (const topic of topics) {
    await boss.createQueue(deadOf(topic), { retentionSeconds: decadeSeconds });
    await boss.createQueue(topic, {
      deadLetter: deadOf(topic),
      retryLimit: queueAttempts - 1,
      retryDelay: 2,
      retryBackoff: true,
      retryDelayMax: 600,
      heartbeatSeconds: leaseSeconds,
      // Whoever works on it is heard of all the time; that is what ends a claim.
      expireInSeconds: 86_400 - 1,
      retentionSeconds: decadeSeconds,
      deleteAfterSeconds: 3_600,
    });
  }
}

interface Sending {
  readonly data: Data;
  readonly dueAt: Date | undefined;
}

async function send({ boss }: Context, topic: Topic, { data, dueAt }: Sending): Promise<void> {
  const retryLimit = Math.max(0, queueAttempts - 1 - data.spent);
  await boss.send(topic, data, { retryLimit, ...(dueAt === undefined ? {} : { startAfter: dueAt }) });
}

function openHands(context: Context, worker: Worker): Hands {
  const { boss, log } = context;
  return createHands<Item>({
    worker,
    log,
    claim: (batchSize) => boss.fetch<Data>(worker.topic, { batchSize, includeMetadata: true }),
    handle: (item, closing) => workItem(context, worker, { item, closing }),
  });
}

interface Taken {
  readonly item: Item;
  readonly closing: AbortSignal;
}

/** Never rejects. */
async function workItem(context: Context, worker: Worker, { item, closing }: Taken): Promise<void> {
  const { boss, log } = context;
  const lost = new AbortController();
  const stopTouching = keepLease(context, item, lost);
  const held = heldItem(worker.topic, item);
  try {
    const result = await worker.work(held, AbortSignal.any([closing, lost.signal]));
    if (result.type === 'done') await boss.complete(worker.topic, item);
    else await putOff(context, item, result.dueAt);
  } catch (error) {
    log.warn({ err: error, topic: worker.topic, attempt: held.attempt }, 'work of the queue did not succeed');
    await fail(context, worker, { item, closing, error }).catch((problem: unknown) => {
      // It is not heard of any more, and then it is taken up again.
      log.error({ err: problem, topic: worker.topic }, 'it could not be stored that work of the queue has failed');
    });
  } finally {
    stopTouching();
  }
}

async function fail(
  context: Context,
  worker: Worker,
  { item, closing, error }: Taken & { readonly error: unknown },
): Promise<void> {
  // What the closing of the process has cut short is no failure of the work.
  if (closing.aborted) return putOff(context, item, undefined);
  const message = error instanceof Error ? error.message : String(error);
  const failed = await context.boss.fail(worker.topic, item, { message });
  const isDead = item.retryCount >= item.retryLimit && affected(failed) > 0;
  if (isDead) await worker.gaveUp(heldItem(worker.topic, item), message);
}

/** A new item in its place, which has made as many attempts as this one had before. */
async function putOff(context: Context, item: Item, dueAt: Date | undefined): Promise<void> {
  const { boss, db } = context;
  await db.transaction(async () => {
    const topic = topicOf(item.name);
    if (affected(await boss.complete(topic, item)) === 0) return;
    const spent = Math.min(item.data.spent + item.retryCount, queueAttempts - 1);
    await send(context, topic, { data: { ...item.data, spent }, dueAt });
  });
}

/** Lets others know that the work goes on; aborts `lost` where it is somebody else's. */
function keepLease({ boss, leaseSeconds, log }: Context, item: Item, lost: AbortController): () => void {
  const touch = async () => {
    try {
      if (affected(await boss.touch(item.name, item)) === 0) lost.abort();
    } catch (error) {
      log.warn({ err: error }, 'a lease could not be renewed; it is tried again');
    }
  };
  const timer = setInterval(() => void touch(), (leaseSeconds * 1_000) / 3);
  timer.unref();
  return () => clearInterval(timer);
}

interface DeadRow {
  readonly id: string;
  readonly name: string;
  readonly data: Data;
  readonly output: { readonly message?: string } | null;
  readonly diedAt: Date;
}

async function findDead({ execute }: Context, organizationId: string): Promise<readonly DeadItem[]> {
  const { rows } = await execute(
    `select id, name, data, source_output as output, created_on as "diedAt" from pgboss.job
    where name = any($1) and state < 'active' and data->>'organizationId' = $2 order by created_on desc limit 100`,
    [topics.map(deadOf), organizationId],
  );
  return (rows as DeadRow[]).map(({ id, name, data, output, diedAt }) => ({
    id,
    topic: topicOf(name.replace(/-dead$/, '')),
    payload: data.payload,
    // Without words of its own it was no worker that has failed.
    problem: output?.message ?? 'The service was lost each time it worked on this.',
    diedAt,
  }));
}

function heldItem(topic: Topic, { id, data, retryCount }: Item): HeldItem {
  const { organizationId, payload, spent } = data;
  return { id, organizationId, topic, payload, attempt: spent + retryCount + 1 };
}

function topicOf(name: string): Topic {
  const topic = topics.find((known) => known === name);
  if (topic === undefined) throw new Error(`There is no topic “${name}”.`);
  return topic;
}

function affected(response: object): number {
  return (response as { readonly affected?: number }).affected ?? 0;
}
