import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '#db/database.ts';
import { createNinoxWatchRepository } from '#db/repositories/ninox-watches.ts';
import { createTouchedRecordRepository, type TouchedRecordRow } from '#db/repositories/touched-records.ts';
import type { CreatePlace, Place } from './place.ts';

const start = Date.parse('2026-11-25T10:00:00.000Z');
const at = (seconds: number) => new Date(start + seconds * 1000);

export function watchSuite(createPlace: CreatePlace): void {
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

  const watches = (handle = db) => createNinoxWatchRepository(handle);
  const key = { organizationId: 'org', jobId: 'job-1' };

  describe('watches', () => {
    test('keep how far they were read in the same place, and begin anew in another', async () => {
      await watches().put({ ...key, place: 't/d/A', now: at(0) });
      expect(await watches().find(key)).toMatchObject({ sequence: null, nextAt: at(0), failures: 0, revision: 1 });
      expect(
        await watches().move({ ...key, revision: 1 }, { sequence: 7, polledAt: at(1), problem: 'x', failures: 2 }),
      ).toBe(true);
      await watches().put({ ...key, place: 't/d/A', now: at(5) });
      const same = await watches().find(key);
      expect(same).toMatchObject({
        sequence: 7,
        polledAt: at(1),
        nextAt: at(5),
        problem: null,
        failures: 0,
        revision: 3,
      });
      await watches().put({ ...key, place: 't/d/B', now: at(6) });
      expect(await watches().find(key)).toMatchObject({ place: 't/d/B', sequence: null, polledAt: null });
      await watches().remove(key);
      expect(await watches().find(key)).toBeNull();
    });

    test('are moved from the newest revision alone, and not at all where the transaction fails', async () => {
      await watches().put({ ...key, place: 't/d/A', now: at(0) });
      expect(await watches().move({ ...key, revision: 2 }, { sequence: 1 })).toBe(false);
      const failing = db.transaction(async () => {
        await watches().move({ ...key, revision: 1 }, { sequence: 1 });
        throw new Error('cut');
      });
      await expect(failing).rejects.toThrow('cut');
      expect(await watches().find(key)).toMatchObject({ sequence: null, revision: 1 });
    });

    test('that are due are claimed by one of many, and are due again once its time is over', async () => {
      for (let number = 0; number < 5; number += 1) {
        await watches().put({ organizationId: 'org', jobId: `j${number}`, place: 'p', now: at(number) });
      }
      const other = await place.open();
      const claim = { now: at(3), until: at(100), limit: 10 };
      const claimed = await Promise.all([watches().claimDue(claim), watches(other).claimDue(claim)]);
      expect(
        claimed
          .flat()
          .map(({ jobId }) => jobId)
          .toSorted(),
      ).toEqual(['j0', 'j1', 'j2', 'j3']);
      expect(await watches().claimDue({ ...claim, now: at(99) })).toMatchObject([{ jobId: 'j4' }]);
      expect(await watches().claimDue({ now: at(100), until: at(200), limit: 2 })).toHaveLength(2);
      await watches().wakeAll(at(50));
      expect(await watches().claimDue({ now: at(50), until: at(60), limit: 10 })).toHaveLength(5);
      await other.close();
    });
  });

  describe('records that calls have written', () => {
    const touches = () => createTouchedRecordRepository(db);
    const rowOf = (change: Partial<TouchedRecordRow>): TouchedRecordRow => ({
      organizationId: 'org',
      callId: 'call-1',
      channel: 'job',
      databaseId: 'd',
      tableId: 'A',
      recordId: '1',
      kind: 'updated',
      sequence: 5,
      at: at(0),
      ...change,
    });
    const listOf = (records: readonly { table: string; record: string }[]) =>
      touches().listOf({ organizationId: 'org', channel: 'job', databaseId: 'd', records });

    test('are found by record, channel, database and organization', async () => {
      await touches().insert([
        rowOf({}),
        rowOf({ recordId: '2' }),
        rowOf({ tableId: 'B' }),
        rowOf({ callId: 'call-2', channel: 'web' }),
        rowOf({ callId: 'call-3', databaseId: 'e' }),
        rowOf({ callId: 'call-4', organizationId: 'other' }),
      ]);
      await touches().insert([rowOf({ sequence: 6 })]);
      expect(await listOf([{ table: 'A', record: '1' }])).toEqual([rowOf({})]);
      expect(await listOf([{ table: 'A', record: '3' }])).toEqual([]);
      const many = Array.from({ length: 1_000 }, (_, index) => ({ table: 'A', record: String(index + 1) }));
      expect(await listOf(many)).toHaveLength(2);
    });

    test('are known since a time, and forgotten after one', async () => {
      await touches().insert([rowOf({ at: at(10) })]);
      const question = { organizationId: 'org', channel: 'job', database: 'd', table: 'A', record: '1' };
      expect(await touches().isTouchedSince({ ...question, since: at(10) })).toBe(true);
      expect(await touches().isTouchedSince({ ...question, since: at(11) })).toBe(false);
      expect(await touches().isTouchedSince({ ...question, channel: 'web', since: at(0) })).toBe(false);
      await touches().prune(at(11));
      expect(await touches().isTouchedSince({ ...question, since: at(0) })).toBe(false);
    });
  });
}
