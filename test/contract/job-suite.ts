import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '#db/open-database.ts';
import { createJobRunRepository } from '#db/repositories/job-runs.ts';
import { createJobRepository } from '#db/repositories/jobs.ts';
import { createQueueItemRepository } from '#db/repositories/queue-items.ts';
import type { Job } from '#jobs/job.ts';
import { type JobDefinition, jobDefinitionSchema } from '#jobs/job-definition.ts';
import { createEmbeddedQueue } from '#jobs/queue/embedded-queue.ts';
import type { WorkItem } from '#jobs/queue.ts';
import { createStartJob } from '#jobs/start-job.ts';
import { createJobRows, toJobRun } from '#jobs/stored-jobs.ts';
import { createLogger } from '#log';
import type { CreatePlace, Place } from './place.ts';
import { describeQueue } from './queue-suite.ts';

const start = new Date('2026-11-24T10:00:00.000Z');

/** Jobs, their runs, and the queue that works them. */
export function jobSuite(createPlace: CreatePlace): void {
  let place: Place;
  let db: Database;
  let now: Date;
  const clock = () => now;
  const rows = () => createJobRepository(db);
  const jobs = () => createJobRows({ rows: rows(), clock });
  const runs = () => createJobRunRepository(db);
  const queued: WorkItem[] = [];
  const startJob = () =>
    createStartJob({
      runs: runs(),
      queue: { add: async (item) => void queued.push(item) },
      transaction: db.transaction,
      lock: db.lock,
      clock,
    });
  const insert = (id: string, definition: Partial<JobDefinition> = {}, change: Partial<Job> = {}) =>
    jobs().insert({
      organizationId: 'org',
      id,
      ownerId: 'ann',
      keyScopes: null,
      definition: jobDefinitionSchema.parse({
        name: id,
        persona: 'helper',
        trigger: { kind: 'manual' },
        prompt: 'Do it.',
        ...definition,
      }),
      status: 'active',
      pausedReason: null,
      file: null,
      nextAt: null,
      createdBy: 'ann',
      ...change,
    });

  beforeEach(async () => {
    now = start;
    queued.length = 0;
    place = await createPlace();
    db = await place.open();
  });
  afterEach(async () => {
    await db.close();
    await place.remove();
  });

  describe('jobs', () => {
    test('are told in pages, newest change first, and only to whom they belong', async () => {
      for (const id of ['a', 'b', 'c']) {
        now = new Date(now.getTime() + 1);
        await insert(id, {}, { ownerId: id === 'b' ? 'ben' : 'ann' });
      }
      const query = { organizationId: 'org', ownerId: null, after: null, limit: 2 };
      const first = await jobs().list(query);
      expect(first.map(({ id }) => id)).toEqual(['c', 'b']);
      const last = first.at(-1);
      const after = last === undefined ? null : { updatedAt: last.updatedAt, id: last.id };
      expect((await jobs().list({ ...query, after })).map(({ id }) => id)).toEqual(['a']);
      expect((await jobs().list({ ...query, ownerId: 'ben' })).map(({ id }) => id)).toEqual(['b']);
      expect(await jobs().list({ ...query, organizationId: 'other' })).toEqual([]);
      expect(await jobs().find({ organizationId: 'other', id: 'a' })).toBeNull();
    });

    test('of two changes of one revision one counts', async () => {
      const job = await insert('a');
      const key = { organizationId: 'org', id: 'a' };
      const change = (name: string) => jobs().change(key, 1, { definition: { ...job.definition, name } });
      const changed = (await Promise.all([change('x'), change('y')])).filter((one) => one !== null);
      expect(changed).toHaveLength(1);
      expect(await jobs().find(key)).toEqual(changed[0]);
      expect(changed[0]?.revision).toBe(2);
    });

    test('a planned instant is claimed once, and never for a paused job', async () => {
      const due = new Date(start.getTime() - 1);
      await insert('a', {}, { nextAt: due });
      await insert('b', {}, { nextAt: due, status: 'paused' });
      await insert('c', {}, { nextAt: new Date(start.getTime() + 1) });
      expect((await rows().listDue(now, 10)).map(({ id }) => id)).toEqual(['a']);
      const move = (id: string) => rows().moveNext({ organizationId: 'org', id, seen: due, next: null });
      const moved = await Promise.all([move('a'), move('a'), move('a')]);
      expect(moved.filter(Boolean)).toHaveLength(1);
      expect(await move('b')).toBe(false);
    });
  });

  describe('starting', () => {
    const cause = (causeKey: string) => ({ cause: 'schedule', causeKey }) as const;

    test('the same cause starts a job once, however often and at whatever time it comes', async () => {
      const job = await insert('a', { overlap: 'allow' });
      const begin = startJob();
      const started = await Promise.all(Array.from({ length: 10 }, () => begin(job, cause('event:1'))));
      expect(started.filter((run) => run !== null)).toHaveLength(1);
      expect(queued).toHaveLength(1);
      now = new Date(now.getTime() + 86_400_000);
      expect(await begin(job, cause('event:1'))).toBeNull();
    });

    test('a run and its place in the queue are there together or not at all', async () => {
      const job = await insert('a');
      const failing = createStartJob({
        runs: runs(),
        queue: { add: () => Promise.reject(new Error('no room')) },
        transaction: db.transaction,
        lock: db.lock,
        clock,
      });
      await expect(failing(job, cause('event:1'))).rejects.toThrow('no room');
      expect(await runs().open('org', 'a')).toEqual([]);
    });

    test.each(['event', 'change'] as const)('what comes only once is never left out: an %s waits', async (kind) => {
      const job = await insert('a');
      await startJob()(job, { cause: kind, causeKey: '1' });
      const second = await startJob()(job, { cause: kind, causeKey: '2' });
      expect(second).toMatchObject({ status: 'queued', definition: { overlap: 'queue' } });
    });

    test('while one goes on, another is skipped and says why, unless that is allowed', async () => {
      const job = await insert('a');
      await startJob()(job, cause('1'));
      expect(await startJob()(job, cause('2'))).toMatchObject({
        status: 'skipped',
        problem: expect.stringContaining('still going on'),
      });
      expect(queued).toHaveLength(1);
      const other = await insert('b', { overlap: 'queue' });
      await startJob()(other, cause('1'));
      expect(await startJob()(other, cause('2'))).toMatchObject({ status: 'queued' });
      const [first] = await runs().open('org', 'a');
      await runs().end({ organizationId: 'org', id: first?.id ?? '', status: 'succeeded', problem: null, at: now });
      expect(await startJob()(job, cause('3'))).toMatchObject({ status: 'queued' });
    });

    test('a paused job starts only by hand', async () => {
      const job = await insert('a', {}, { status: 'paused' });
      expect(await startJob()(job, cause('1'))).toBeNull();
      expect(await startJob()(job, { cause: 'manual', causeKey: 'm', startedBy: 'ann' })).toMatchObject({
        status: 'queued',
        startedBy: 'ann',
      });
    });

    test('beyond its number an hour, a run waits for a later hour', async () => {
      const job = await insert('a', { overlap: 'allow', mostPerHour: 2 });
      for (const key of ['1', '2']) await startJob()(job, cause(key));
      const late = await startJob()(job, cause('3'));
      expect(late?.problem).toContain('2 times an hour');
      expect(queued.at(-1)).toMatchObject({ dueAt: new Date(start.getTime() + 3_600_000) });
    });
  });

  describe('the life of a run', () => {
    test('attempts are counted, and what has ended stays ended', async () => {
      const run = await startJob()(await insert('a'), { cause: 'manual', causeKey: 'm' });
      const key = { organizationId: 'org', id: run?.id ?? '' };
      const begun = await Promise.all([1, 1, 1].map((attempt) => runs().begin(key, attempt, now)));
      expect(begun.filter(Boolean)).toHaveLength(1);
      expect(await runs().find(key)).toMatchObject({ status: 'working', attempts: 1, startedAt: now });
      expect(await runs().setStatus(key, { status: 'queued', problem: 'cut' })).toBe(true);
      expect(await runs().begin(key, 2, new Date(now.getTime() + 1))).toBe(true);
      expect(await runs().find(key)).toMatchObject({ attempts: 2, problem: null, startedAt: now });
      await runs().setRun(key, { conversationId: 'c', runId: 'r' });
      expect(await runs().ofRunId('org', 'r')).toMatchObject({ id: key.id });
      expect(await runs().ofRunId('other', 'r')).toBeNull();
      const end = { ...key, status: 'succeeded', problem: null, at: now } as const;
      expect(await runs().end(end)).toBe(true);
      expect(await runs().end({ ...end, status: 'dead' })).toBe(false);
      expect(await runs().begin(key, 3, now)).toBe(false);
      expect(await runs().setStatus(key, { status: 'waiting', problem: null })).toBe(false);
      const [last] = await runs().lastOf('org', ['a', 'b']);
      expect(last === undefined ? null : toJobRun(last)).toMatchObject({ id: key.id, status: 'succeeded' });
    });
  });

  describe('the embedded queue', () => {
    describeQueue(async () => {
      let passed = 0;
      const rowsOfQueue = createQueueItemRepository(db);
      return {
        open: async () =>
          createEmbeddedQueue({
            rows: rowsOfQueue,
            log: createLogger({ level: 'silent' }),
            clock: () => new Date(Date.now() + passed),
            pollMs: 10,
          }),
        transaction: db.transaction,
        pass(milliseconds) {
          passed += milliseconds;
        },
      };
    });
  });
}
