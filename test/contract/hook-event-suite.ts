import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '#db/database.ts';
import { createHookEventRepository, type HookEventRecord } from '#db/repositories/hook-events.ts';
import type { CreatePlace, Place } from './place.ts';

const start = Date.parse('2026-11-25T10:00:00.000Z');

export function hookEventSuite(createPlace: CreatePlace): void {
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

  const events = (handle = db) => createHookEventRepository(handle);
  const eventOf = (number: number, change: Partial<HookEventRecord> = {}): HookEventRecord => ({
    organizationId: 'org',
    id: `e${String(number).padStart(3, '0')}`,
    jobId: 'job-1',
    messageId: `m${number}`,
    outcome: 'accepted',
    reason: null,
    body: '{}',
    jobRunId: null,
    receivedAt: new Date(start + number * 1000),
    ...change,
  });
  const list = async (change: Partial<Parameters<ReturnType<typeof events>['list']>[0]> = {}) =>
    (await events().list({ organizationId: 'org', jobId: 'job-1', after: null, limit: 100, ...change })).map(
      ({ id }) => id,
    );
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

  describe('hook events', () => {
    test('are known by the sender’s id, once in a job', async () => {
      const first = eventOf(1, { body: 'ü\u0000\uD800', reason: 'why\u0000' });
      expect(await events().insert(first)).toBe(true);
      expect(await events().insert(eventOf(2, { messageId: 'm1' }))).toBe(false);
      expect(await events().insert(eventOf(3, { messageId: 'm1', jobId: 'job-2' }))).toBe(true);
      expect(await events().insert(eventOf(4, { messageId: 'm1', organizationId: 'other' }))).toBe(true);
      const known = { organizationId: 'org', jobId: 'job-1', messageId: 'm1' };
      expect(await events().findByMessage(known)).toEqual({ ...first, body: 'ü\uFFFD\uFFFD', reason: 'why\uFFFD' });
      expect(await events().findByMessage({ ...known, messageId: 'm2' })).toBeNull();
      expect(await events().find({ organizationId: 'org', jobId: 'job-1', id: 'e001' })).toMatchObject({ id: 'e001' });
      expect(await events().find({ organizationId: 'other', jobId: 'job-1', id: 'e001' })).toBeNull();
      expect(await events().find({ organizationId: 'org', jobId: 'job-2', id: 'e001' })).toBeNull();
    });

    test('of many with one id at the same time, one is stored, and the others see it', async () => {
      const other = await place.open();
      const taken = await Promise.all(
        range(1, 20).map((number) => {
          const handle = number % 2 === 0 ? db : other;
          return handle.transaction(async () => {
            const isFirst = await events(handle).insert(eventOf(number, { messageId: 'same' }));
            const message = { organizationId: 'org', jobId: 'job-1', messageId: 'same' };
            return { isFirst, id: (await events(handle).findByMessage(message))?.id };
          });
        }),
      );
      await other.close();
      expect(taken.filter(({ isFirst }) => isFirst)).toHaveLength(1);
      expect(new Set(taken.map(({ id }) => id)).size).toBe(1);
    });

    test('are told what became of them', async () => {
      await events().insert(eventOf(1));
      await events().settle(eventOf(1), { jobRunId: 'run-1' });
      expect(await events().find(eventOf(1))).toMatchObject({ outcome: 'accepted', jobRunId: 'run-1' });
      await events().settle(eventOf(1), { outcome: 'filtered', reason: 'no' });
      expect(await events().find(eventOf(1))).toMatchObject({ outcome: 'filtered', reason: 'no', jobRunId: 'run-1' });
    });

    test('are listed page by page, newest first, also those of one instant', async () => {
      const receivedAt = new Date(start);
      for (const number of range(1, 5)) await events().insert(eventOf(number, { receivedAt }));
      await events().insert(eventOf(6));
      await events().insert(eventOf(7, { jobId: 'job-2' }));
      expect(await list({ limit: 2 })).toEqual(['e006', 'e005']);
      expect(await list({ limit: 3, after: { receivedAt, id: 'e005' } })).toEqual(['e004', 'e003', 'e002']);
      expect(await list({ after: { receivedAt, id: 'e002' } })).toEqual(['e001']);
    });

    test('refused ones are kept up to a number, proved and unproved each by themselves', async () => {
      const refused = { outcome: 'refused', body: null } as const;
      await events().insert(eventOf(0));
      await events().insertRefused(eventOf(100, { ...refused, jobId: 'job-2' }) as never, 3);
      for (const number of range(1, 6)) await events().insertRefused({ ...eventOf(number), ...refused }, 3);
      for (const number of range(7, 9)) await events().insertRefused({ ...eventOf(number), ...refused, body: '' }, 2);
      expect(await list()).toEqual(['e009', 'e008', 'e006', 'e005', 'e004', 'e000']);
      expect(await list({ jobId: 'job-2' })).toEqual(['e100']);
    });

    test('are forgotten when they are old, when there are too many, and with their job', async () => {
      for (const number of range(1, 6)) await events().insert(eventOf(number));
      for (const number of range(7, 9)) await events().insert(eventOf(number, { jobId: 'job-2' }));
      await events().insert(eventOf(10, { organizationId: 'other' }));
      await events().prune(new Date(start + 2_000), 4);
      expect(await list()).toEqual(['e006', 'e005', 'e004', 'e003']);
      expect(await list({ jobId: 'job-2' })).toHaveLength(3);
      await events().removeOf({ organizationId: 'org', jobId: 'job-2' });
      expect(await list({ jobId: 'job-2' })).toEqual([]);
      expect(await list({ organizationId: 'other' })).toEqual(['e010']);
    });
  });

  describe('the version of a hook’s secret', () => {
    test('is moved on by one of many, and is no change of the job', async () => {
      const at = new Date(start);
      const job = { organizationId: 'org', jobId: 'job-1' };
      await db.query.insert(db.tables.jobs).values({
        organizationId: 'org',
        id: 'job-1',
        ownerId: 'ann',
        name: 'x',
        personaId: 'p',
        triggerKind: 'webhook',
        definition: {},
        status: 'active',
        revision: 3,
        createdBy: 'ann',
        createdAt: at,
        updatedAt: at,
      });
      const make = { from: null, to: 1, overlapUntil: null };
      const made = await Promise.all(range(1, 5).map(() => events().setHook(job, make)));
      expect(made.filter(Boolean)).toHaveLength(1);
      const overlapUntil = new Date(start + 1_000);
      expect(await events().setHook(job, { from: 1, to: 2, overlapUntil })).toBe(true);
      expect(await events().setHook(job, { from: 1, to: 2, overlapUntil })).toBe(false);
      expect(await events().setHook({ ...job, jobId: 'job-2' }, make)).toBe(false);
      const [row] = await db.query.select().from(db.tables.jobs);
      expect(row).toMatchObject({ hookVersion: 2, hookOverlapUntil: overlapUntil, revision: 3 });
    });
  });
}
