import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Database } from '#db/open-database.ts';
import { createJobRunRepository } from '#db/repositories/job-runs.ts';
import { createJobRepository } from '#db/repositories/jobs.ts';
import type { Job, StartJob } from '#jobs/job.ts';
import { jobDefinitionSchema } from '#jobs/job-definition.ts';
import { planNext } from '#jobs/schedules/plan-next.ts';
import { createTicker, type TickerDeps } from '#jobs/schedules/ticker.ts';
import { createStartJob } from '#jobs/start-job.ts';
import { createJobRows } from '#jobs/stored-jobs.ts';
import { createLogger } from '#log';
import type { CreatePlace, Place } from './place.ts';

const start = new Date('2026-11-24T10:00:00.000Z');
const hourMs = 3_600_000;

/** What starts jobs at their planned instants, in one process and in several. */
export function tickerSuite(createPlace: CreatePlace): void {
  let place: Place;
  let db: Database;
  let now: Date;
  const clock = () => now;
  const setClock = (time: string) => {
    now = new Date(time);
  };

  beforeEach(async () => {
    now = start;
    place = await createPlace();
    db = await place.open();
  });
  afterEach(async () => {
    await db.close();
    await place.remove();
  });

  const jobs = () => createJobRows({ rows: createJobRepository(db), clock });
  const paused: string[] = [];

  /** A process of its own; polls only when it is woken. */
  function openTicker(on: Database = db, change: Partial<TickerDeps> = {}) {
    const runs = createJobRunRepository(on);
    const { transaction, lock } = on;
    const startJob = createStartJob({ runs, queue: { add: async () => {} }, transaction, lock, clock });
    paused.length = 0;
    const ticker = createTicker({
      jobs: createJobRepository(on),
      transaction,
      startJob,
      pause: async (_job, reason) => void paused.push(reason),
      log: createLogger({ level: 'silent' }),
      clock,
      pollMs: 3_600_000,
      ...change,
    });
    ticker.start();
    onTestFinished(() => ticker.close(5_000));
    return ticker;
  }

  type Schedule = Partial<Extract<Job['definition']['trigger'], { kind: 'schedule' }>>;

  const definitionOf = (schedule: Schedule, change: Partial<Job['definition']> = {}) =>
    jobDefinitionSchema.parse({
      name: 'Report',
      persona: 'helper',
      trigger: { kind: 'schedule', when: '0 * * * *', ...schedule },
      prompt: 'Do it.',
      overlap: 'allow',
      ...change,
    });

  async function insert(schedule: Schedule = {}, change: Partial<Job> = {}): Promise<Job> {
    const definition = change.definition ?? definitionOf(schedule);
    return jobs().insert({
      organizationId: 'org',
      id: 'job',
      ownerId: 'ann',
      keyScopes: null,
      definition,
      status: 'active',
      pausedReason: null,
      file: null,
      nextAt: planNext(definition, clock()),
      createdBy: 'ann',
      ...change,
    });
  }

  async function started(status = 'queued', id = 'job'): Promise<readonly string[]> {
    const query = { organizationId: 'org', jobId: id, after: null, limit: 100 };
    const runs = await createJobRunRepository(db).list(query);
    return runs
      .filter((run) => run.status === status)
      .map(({ causeKey }) => causeKey.slice(5, 16))
      .toSorted();
  }

  const nextAt = async () => (await jobs().find({ organizationId: 'org', id: 'job' }))?.nextAt?.toISOString();

  describe('planned instants', () => {
    test('start the job once each, with the instant as their cause', async () => {
      await insert();
      const ticker = openTicker();
      await ticker.wake();
      expect(await started()).toEqual([]);
      setClock('2026-11-24T11:00:00.000Z');
      await ticker.wake();
      await ticker.wake();
      expect(await started()).toEqual(['11-24T11:00']);
      expect(await nextAt()).toBe('2026-11-24T12:00:00.000Z');
      setClock('2026-11-24T12:00:20.000Z');
      await ticker.wake();
      expect(await started()).toEqual(['11-24T11:00', '11-24T12:00']);
      const query = { organizationId: 'org', jobId: 'job', after: null, limit: 1 };
      const [run] = await createJobRunRepository(db).list(query);
      expect(run).toMatchObject({
        cause: 'schedule',
        causeKey: '2026-11-24T12:00:00.000Z',
        plannedAt: new Date('2026-11-24T12:00:00.000Z'),
      });
    });

    test('are taken by one of several processes', async () => {
      const others = await Promise.all([place.open(), place.open(), place.open()]);
      for (const other of others) onTestFinished(other.close);
      await insert();
      await insert({}, { id: 'other' });
      const tickers = [db, ...others].map((on) => openTicker(on));
      await Promise.all(tickers.map((ticker) => ticker.wake()));
      const hours = Array.from({ length: 8 }, (_, index) => new Date(start.getTime() + (index + 1) * hourMs));
      for (const hour of hours) {
        now = hour;
        await Promise.all(tickers.map((ticker) => ticker.wake()));
      }
      const all = hours.map((hour) => hour.toISOString().slice(5, 16));
      expect(await started()).toEqual(all);
      expect(await started('queued', 'other')).toEqual(all);
    });

    test('of paused jobs pass by, and are not made up for once it is resumed', async () => {
      const job = await insert({ missed: 'all' }, { status: 'paused' });
      const ticker = openTicker();
      setClock('2026-11-24T15:30:00.000Z');
      await ticker.wake();
      expect(await started()).toEqual([]);
      await jobs().change(job, job.revision, { status: 'active', nextAt: planNext(job.definition, now) });
      await ticker.wake();
      setClock('2026-11-24T16:00:00.000Z');
      await ticker.wake();
      expect(await started()).toEqual(['11-24T16:00']);
    });

    test('of an edited job are those of its new schedule', async () => {
      const job = await insert();
      const ticker = openTicker();
      await ticker.wake();
      const definition = definitionOf({ when: 'every day at 10:20' });
      await jobs().change(job, job.revision, { definition, nextAt: planNext(definition, now) });
      setClock('2026-11-24T10:20:00.000Z');
      await ticker.wake();
      setClock('2026-11-24T11:00:00.000Z');
      await ticker.wake();
      expect(await started()).toEqual(['11-24T10:20']);
      expect(await nextAt()).toBe('2026-11-25T10:20:00.000Z');
    });

    test('are not taken with what the job was before it was changed', async () => {
      const job = await insert();
      now = new Date(start.getTime() + hourMs);
      const rows = createJobRepository(db);
      const definition = definitionOf({}, { prompt: 'Do another thing.' });
      let isFirst = true;
      const ticker = openTicker(db, {
        jobs: {
          ...rows,
          async listDue(at, limit) {
            const due = await rows.listDue(at, limit);
            if (isFirst) await jobs().change(job, job.revision, { definition });
            isFirst = false;
            return due;
          },
        },
      });
      await ticker.wake();
      const query = { organizationId: 'org', jobId: 'job', after: null, limit: 10 };
      const runs = await createJobRunRepository(db).list(query);
      expect(runs.map((run) => run.definition)).toEqual([definition]);
    });

    test('are still due where the run could not be started, and keep no other job waiting', async () => {
      await insert();
      await insert({ when: '1 * * * *' }, { id: 'other' });
      setClock('2026-11-24T11:01:00.000Z');
      let isBroken = true;
      const { transaction, lock } = db;
      const runs = createJobRunRepository(db);
      const real = createStartJob({ runs, queue: { add: async () => {} }, transaction, lock, clock });
      const startJob: StartJob = async (job, how) => {
        if (isBroken && job.id === 'job') throw new Error('The disk is full.');
        return real(job, how);
      };
      const ticker = openTicker(db, { startJob });
      await ticker.wake();
      expect([await started(), await started('queued', 'other')]).toEqual([[], ['11-24T11:01']]);
      expect(await nextAt()).toBe('2026-11-24T11:00:00.000Z');
      isBroken = false;
      await ticker.wake();
      expect(await started()).toEqual(['11-24T11:00']);
    });

    test('of a schedule that is not understood any more pause the job, with words', async () => {
      await insert({ when: 'when the sun rises' }, { nextAt: start });
      await openTicker().wake();
      expect(paused).toEqual([expect.stringContaining('“when” is not known')]);
      expect(await started()).toEqual([]);
    });

    test('are waited for by themselves', async () => {
      const on = await place.open();
      onTestFinished(on.close);
      await insert({}, { nextAt: new Date(Date.now() + 150), id: 'soon' });
      openTicker(on, { clock: () => new Date() });
      await vi.waitFor(async () => expect(await started('queued', 'soon')).toHaveLength(1), { timeout: 10_000 });
    });

    test('are not taken up any more once it is closed', async () => {
      await insert();
      const ticker = openTicker();
      await ticker.wake();
      await ticker.close(1_000);
      setClock('2026-11-24T11:00:00.000Z');
      await ticker.wake();
      expect(await started()).toEqual([]);
    });
  });

  describe('after a time in which nothing was started', () => {
    const afterwards = async (schedule: Schedule, change: Partial<Job['definition']> = {}) => {
      await insert({}, { definition: definitionOf({ missedHours: 4, ...schedule }, change) });
      setClock('2026-11-24T20:30:00.000Z');
      await openTicker().wake();
      expect(await nextAt()).toBe('2026-11-24T21:00:00.000Z');
    };

    test('none is made up for where missed ones are skipped', async () => {
      await afterwards({ missed: 'skip' });
      expect(await started()).toEqual([]);
    });

    test('the newest is made up for where one is enough', async () => {
      await afterwards({ missed: 'once' });
      expect(await started()).toEqual(['11-24T20:00']);
    });

    test.each(['allow', 'queue', 'skip'] as const)(
      'each within the hours is made up for; overlap %s',
      async (overlap) => {
        await afterwards({ missed: 'all' }, { overlap });
        expect(await started()).toEqual(['11-24T17:00', '11-24T18:00', '11-24T19:00', '11-24T20:00']);
        expect(await started('skipped')).toEqual([]);
      },
    );

    test('nothing is made up for where all of it is longer ago', async () => {
      const definition = definitionOf({ when: 'every day at 11', missed: 'once', missedHours: 4 });
      await insert({}, { definition });
      setClock('2026-11-24T20:30:00.000Z');
      await openTicker().wake();
      expect(await started()).toEqual([]);
      expect(await nextAt()).toBe('2026-11-25T11:00:00.000Z');
    });
  });

  describe('a clock that jumps', () => {
    test('forward is as if the time had passed', async () => {
      await insert({ missed: 'all' });
      const ticker = openTicker();
      await ticker.wake();
      setClock('2026-11-24T13:00:00.000Z');
      await ticker.wake();
      expect(await started()).toEqual(['11-24T11:00', '11-24T12:00', '11-24T13:00']);
    });

    test('backward starts nothing twice, and loses nothing', async () => {
      await insert({ missed: 'all' });
      const ticker = openTicker();
      await ticker.wake();
      setClock('2026-11-24T13:00:00.000Z');
      await ticker.wake();
      setClock('2026-11-24T11:30:00.000Z');
      await ticker.wake();
      expect(await nextAt()).toBe('2026-11-24T12:00:00.000Z');
      for (const hour of [12, 13, 14]) {
        setClock(`2026-11-24T${hour}:00:00.000Z`);
        await ticker.wake();
      }
      expect(await started()).toEqual(['11-24T11:00', '11-24T12:00', '11-24T13:00', '11-24T14:00']);
    });

    test('years ahead and back over a restart does not keep it from starting', async () => {
      await insert({ missed: 'skip' });
      setClock('2031-01-01T00:30:00.000Z');
      const before = openTicker();
      await before.wake();
      await before.close(1_000);
      expect(await nextAt()).toBe('2031-01-01T01:00:00.000Z');
      setClock('2026-11-24T10:30:00.000Z');
      const ticker = openTicker();
      await ticker.wake();
      setClock('2026-11-24T11:00:00.000Z');
      await ticker.wake();
      expect(await started()).toEqual(['11-24T11:00']);
    });
  });
}
