import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '#db/open-database.ts';
import { createMandateRepository, type NewMandate } from '#db/repositories/mandates.ts';
import type { CreatePlace, Place } from './place.ts';

const now = new Date('2026-11-24T10:00:00.001Z');
const after = (ms: number) => new Date(now.getTime() + ms);
const question = { organizationId: 'org', jobId: 'j1', tool: 'ninox_delete_record', now };

export function mandateSuite(createPlace: CreatePlace): void {
  let place: Place;
  let db: Database;
  const mandates = () => createMandateRepository(db);
  const insert = (id: string, change: Partial<NewMandate> = {}) =>
    mandates().insert({
      organizationId: 'org',
      id,
      jobId: 'j1',
      tool: 'ninox_delete_record',
      limits: { tables: ['db1/A'] },
      count: 3,
      afterOutsideText: false,
      expiresAt: after(10_000),
      givenBy: 'ann',
      givenAt: now,
      ...change,
    });
  const inForce = async (change: object = {}) =>
    (await mandates().inForce({ ...question, ...change })).map(({ id }) => id);

  beforeEach(async () => {
    place = await createPlace();
    db = await place.open();
  });
  afterEach(async () => {
    await db.close();
    await place.remove();
  });

  describe('what is in force', () => {
    test('the one that ends first comes first; other jobs, tools and organizations have their own', async () => {
      await insert('late', { expiresAt: after(20_000) });
      await insert('early');
      await insert('job', { jobId: 'j2' });
      await insert('tool', { tool: 'ninox_update_record' });
      await insert('org', { organizationId: 'other' });
      expect(await inForce()).toEqual(['early', 'late']);
      expect(await inForce({ organizationId: 'other' })).toEqual(['org']);
    });

    test('what is over, ended or used up is not', async () => {
      await insert('over', { expiresAt: now });
      await insert('ended');
      await insert('used', { count: 1 });
      expect(await mandates().end({ organizationId: 'other', id: 'ended' }, now)).toBe(false);
      expect(await mandates().end({ organizationId: 'org', id: 'ended' }, now)).toBe(true);
      expect(await mandates().end({ organizationId: 'org', id: 'ended' }, now)).toBe(false);
      expect(await mandates().use({ organizationId: 'org', id: 'used', rows: 1, now })).toBe(true);
      expect(await inForce()).toEqual([]);
      // Those that nobody has ended are still shown, with what they say.
      const shown = await mandates().ofJobs('org', ['j1', 'j2']);
      expect(shown.map(({ id, used }) => [id, used])).toEqual([
        ['over', 0],
        ['used', 1],
      ]);
      expect(shown[0]).toMatchObject({ limits: { tables: ['db1/A'] }, expiresAt: now, givenAt: now });
      expect(await mandates().ofJobs('org', [])).toEqual([]);
    });
  });

  describe('using it', () => {
    test('never beyond the count, not even by many at once', async () => {
      await insert('m', { count: 5 });
      const uses = Array.from({ length: 8 }, () => mandates().use({ organizationId: 'org', id: 'm', rows: 2, now }));
      expect((await Promise.all(uses)).filter(Boolean)).toHaveLength(2);
      expect((await mandates().ofJobs('org', ['j1']))[0]?.used).toBe(4);
      expect(await mandates().use({ organizationId: 'org', id: 'm', rows: 1, now })).toBe(true);
      expect(await mandates().use({ organizationId: 'org', id: 'm', rows: 1, now })).toBe(false);
    });

    test('not once it is over, and not by another organization', async () => {
      await insert('m');
      const use = { organizationId: 'org', id: 'm', rows: 1, now };
      expect(await mandates().use({ ...use, organizationId: 'other' })).toBe(false);
      expect(await mandates().use({ ...use, now: after(10_000) })).toBe(false);
      await mandates().end(use, now);
      expect(await mandates().use(use)).toBe(false);
    });

    test('a transaction that fails gives back what it took', async () => {
      await insert('m');
      const failing = db.transaction(async () => {
        expect(await mandates().use({ organizationId: 'org', id: 'm', rows: 3, now })).toBe(true);
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect((await mandates().ofJobs('org', ['j1']))[0]?.used).toBe(0);
    });
  });
}
