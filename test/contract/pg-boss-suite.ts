import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '#db/open-database.ts';
import { createPgBossQueue } from '#jobs/queue/pg-boss-queue.ts';
import { createLogger } from '#log';
import type { CreatePlace, Place } from './place.ts';
import { describeQueue } from './queue-suite.ts';

/** What was taken up just now is not taken for lost. */
const timePassed = `
  with much as (select $1::bigint * interval '1 ms' as time),
  looked as (update pgboss.queue set monitor_on = monitor_on - (select time from much))
  update pgboss.job set start_after = start_after - (select time from much),
    heartbeat_on = heartbeat_on - case when started_on < now() - interval '300 ms' then (select time from much) else interval '0' end
  where state <= 'active'`;

/** The queue past one machine. */
export function pgBossSuite(createPlace: CreatePlace): void {
  let place: Place;
  let db: Database;
  beforeEach(async () => {
    place = await createPlace();
    db = await place.open();
  });
  afterEach(async () => {
    await db.close();
    await place.remove();
  });

  test('the first item may come in a transaction: making the queue ready ends it not', async () => {
    const queue = createPgBossQueue({ db, log: createLogger({ level: 'silent' }) });
    const { queueItems } = db.tables;
    const now = new Date();
    const row = {
      id: 'a',
      organizationId: 'org',
      topic: 'delivery',
      payload: {},
      status: 'pending',
      attempts: 0,
    } as const;
    const failing = db.transaction(async () => {
      await db.query.insert(queueItems).values({ ...row, dueAt: now, createdAt: now });
      await queue.add({ organizationId: 'org', topic: 'delivery', payload: {} });
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    expect(await db.query.select().from(queueItems)).toEqual([]);
    expect(await db.execute?.('select id from pgboss.job')).toMatchObject({ rows: [] });
    await queue.close(0);
  });

  describe('the queue of pg-boss', () => {
    describeQueue(async () => ({
      open: async () => createPgBossQueue({ db, log: createLogger({ level: 'silent' }), pollMs: 20, watchSeconds: 1 }),
      transaction: db.transaction,
      pass(milliseconds) {
        void db.execute?.(timePassed, [milliseconds]).catch(() => undefined);
      },
    }));
  });
}
