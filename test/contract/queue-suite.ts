import { expect, test } from 'vitest';
import type { HeldItem, Queue, Worker, WorkResult } from '#jobs/queue.ts';

export interface QueuePlace {
  /** Another instance on the same storage, as another process has one. */
  open(): Promise<Queue>;
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** Lets so much time pass for every instance. */
  pass(milliseconds: number): void;
}

const organizationId = 'organization-1';
const item = (n: number, dueAt?: Date) => ({
  organizationId,
  topic: 'job-run' as const,
  payload: { n: String(n) },
  ...(dueAt === undefined ? {} : { dueAt }),
});

type Work = (item: HeldItem, signal: AbortSignal) => Promise<WorkResult>;

function worker(work: Work, gaveUp: Worker['gaveUp'] = async () => undefined): Worker {
  return { topic: 'job-run', atOnce: 4, work, gaveUp };
}

const done: WorkResult = { type: 'done' };

/** Resolves once `isSo` holds; looked at whenever something was worked. */
function createWatch() {
  const waiting = new Set<() => void>();
  return {
    look() {
      for (const check of waiting) check();
    },
    until(isSo: () => boolean): Promise<void> {
      return new Promise((resolve) => {
        const check = () => {
          if (!isSo()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      });
    },
  };
}

/** What holds for every queue. */
export function describeQueue(openPlace: () => Promise<QueuePlace>): void {
  test('two instances work each of many items once', async () => {
    const place = await openPlace();
    const watch = createWatch();
    const worked: string[] = [];
    const count: Work = async ({ payload }) => {
      await Promise.resolve();
      worked.push(payload.n ?? '');
      watch.look();
      return done;
    };
    const [first, second] = [await place.open(), await place.open()];
    for (let n = 0; n < 60; n += 1) await (n % 2 === 0 ? first : second).add(item(n));
    await Promise.all([first.start([worker(count)]), second.start([worker(count)])]);
    await watch.until(() => worked.length >= 60);
    await Promise.all([first.close(5_000), second.close(5_000)]);
    expect(worked.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, n) => n));
  });

  test('an item is there exactly where its transaction was committed', async () => {
    const place = await openPlace();
    const watch = createWatch();
    const worked: string[] = [];
    const queue = await place.open();
    await queue.start([
      worker(async ({ payload }) => {
        worked.push(payload.n ?? '');
        watch.look();
        return done;
      }),
    ]);
    const failing = place.transaction(async () => {
      await queue.add(item(1));
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    await place.transaction(() => queue.add(item(2)));
    await watch.until(() => worked.length > 0);
    await queue.close(5_000);
    expect(worked).toEqual(['2']);
  });

  test('what fails is tried again after a pause, then is dead, and can be worked anew', async () => {
    const place = await openPlace();
    const watch = createWatch();
    const attempts: number[] = [];
    const given: string[] = [];
    let fails = true;
    const queue = await place.open();
    const work: Work = async ({ attempt }) => {
      attempts.push(attempt);
      watch.look();
      if (fails) throw new Error('it is down');
      return done;
    };
    await queue.start([
      worker(work, async (_item, problem) => {
        given.push(problem);
        watch.look();
      }),
    ]);
    await queue.add(item(1));
    const passing = setInterval(() => place.pass(60 * 60_000), 20);
    await watch.until(() => given.length > 0);
    expect(attempts).toEqual([1, 2, 3, 4, 5, 6]);
    expect(given).toEqual(['it is down']);
    const [dead] = await queue.dead(organizationId);
    expect(dead).toMatchObject({ topic: 'job-run', payload: { n: '1' }, problem: 'it is down' });
    expect(await queue.dead('organization-2')).toEqual([]);
    expect(await queue.replay('organization-2', dead?.id ?? '')).toBe(false);
    fails = false;
    expect(await queue.replay(organizationId, dead?.id ?? '')).toBe(true);
    await watch.until(() => attempts.length === 7);
    clearInterval(passing);
    await queue.close(5_000);
    expect(await queue.dead(organizationId)).toEqual([]);
  });

  test('`later` waits for its time and is no attempt', async () => {
    const place = await openPlace();
    const watch = createWatch();
    const seen: number[] = [];
    const queue = await place.open();
    let dueAt: Date | null = new Date(Date.now() + 365 * 86_400_000);
    await queue.start([
      worker(async ({ attempt }) => {
        seen.push(attempt);
        watch.look();
        const again = dueAt;
        dueAt = null;
        return again === null ? done : { type: 'later', dueAt: again };
      }),
    ]);
    await queue.add(item(1));
    await watch.until(() => seen.length === 1);
    const passing = setInterval(() => place.pass(366 * 86_400_000), 20);
    await watch.until(() => seen.length === 2);
    clearInterval(passing);
    await queue.close(5_000);
    expect(seen).toEqual([1, 1]);
  });

  test('an item of a process that is not heard of any more is taken over', async () => {
    const place = await openPlace();
    const watch = createWatch();
    const [lost, other] = [await place.open(), await place.open()];
    const hanging = Promise.withResolvers<WorkResult>();
    let isTaken = false;
    await lost.start([
      worker(() => {
        isTaken = true;
        watch.look();
        return hanging.promise;
      }),
    ]);
    await lost.add(item(1));
    await watch.until(() => isTaken);
    // It stops without a word: nothing renews its lease.
    await lost.close(0);
    const worked: number[] = [];
    await other.start([
      worker(async ({ attempt }) => {
        worked.push(attempt);
        watch.look();
        return done;
      }),
    ]);
    expect(worked).toEqual([]);
    const passing = setInterval(() => place.pass(60_000), 20);
    await watch.until(() => worked.length > 0);
    clearInterval(passing);
    expect(worked).toEqual([2]);
    // What the lost one says now counts no more.
    hanging.resolve(done);
    await other.close(5_000);
  });
}
