import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '#db/open-database.ts';
import { createPersonaRepository, type PersonaContent, type PersonaRepository } from '#db/repositories/personas.ts';
import type { CreatePlace, Place } from './place.ts';

const key = { organizationId: 'org', id: 'clerk_1' };
const content = (name: string, more: Partial<PersonaContent> = {}): PersonaContent => ({
  version: `version of ${name}`,
  name,
  definition: { zebra: name, apple: 1 },
  change: 'edited',
  revertedTo: null,
  changedBy: 'ann',
  ...more,
});

export function personaSuite(createPlace: CreatePlace): void {
  let place: Place;
  let db: Database;
  let now: number;
  let personas: PersonaRepository;

  beforeEach(async () => {
    place = await createPlace();
    db = await place.open();
    now = Date.parse('2026-11-24T10:00:00.001Z');
    personas = createPersonaRepository(db, () => new Date(now++));
  });
  afterEach(async () => {
    await db.close();
    await place.remove();
  });

  describe('personas of the browser', () => {
    test('a new one is its first revision, and each change the next; all of them stay', async () => {
      const made = await personas.insert(key, content('Clerk', { change: 'created' }));
      expect(made).toMatchObject({ revision: 1, archivedAt: null, createdBy: 'ann', updatedBy: 'ann' });
      const changed = await personas.change(key, 1, content('Head clerk', { changedBy: 'bob' }));
      expect(changed).toMatchObject({ revision: 2, createdBy: 'ann', updatedBy: 'bob', name: 'Head clerk' });
      await personas.change(key, 2, content('Clerk', { change: 'reverted', revertedTo: 1 }));

      expect(JSON.stringify((await personas.find(key))?.definition)).toBe('{"zebra":"Clerk","apple":1}');
      const state = await personas.state(key);
      expect(state).toMatchObject({ id: 'clerk_1', revision: 3, version: 'version of Clerk', archivedAt: null });
      expect(state).not.toHaveProperty('definition');
      const all = await personas.revisions(key, null, 10);
      expect(
        all.map(({ revision, change, revertedTo, changedBy }) => [revision, change, revertedTo, changedBy]),
      ).toEqual([
        [3, 'reverted', 1, 'ann'],
        [2, 'edited', null, 'bob'],
        [1, 'created', null, 'ann'],
      ]);
      expect((await personas.revisions(key, 3, 1)).map(({ revision }) => revision)).toEqual([2]);
      expect(await personas.findRevision(key, 2)).toMatchObject({ definition: { zebra: 'Head clerk' } });
      expect(await personas.findRevision(key, 4)).toBeNull();
    });

    test('of many who change the same revision one wins, and leaves the only next one', async () => {
      await personas.insert(key, content('Clerk'));
      const race = Array.from({ length: 20 }, (_, place) => personas.change(key, 1, content(`Clerk ${place}`)));
      const won = (await Promise.all(race)).filter((row) => row !== null);
      expect(won).toHaveLength(1);
      expect(await personas.find(key)).toMatchObject({ revision: 2, name: won[0]?.name });
      expect(await personas.revisions(key, null, 100)).toHaveLength(2);
    });

    test('an archived one is not changed until it is restored', async () => {
      await personas.insert(key, content('Clerk'));
      expect(await personas.setArchived(key, true)).toBe(true);
      expect(await personas.setArchived(key, true)).toBe(false);
      expect(await personas.change(key, 1, content('Other'))).toBeNull();
      expect((await personas.state(key))?.archivedAt).toBeInstanceOf(Date);
      expect(await personas.setArchived(key, false)).toBe(true);
      expect(await personas.setArchived(key, false)).toBe(false);
      expect(await personas.change(key, 1, content('Other'))).toMatchObject({ revision: 2 });
    });

    test('a change that is part of a larger one goes with it', async () => {
      await personas.insert(key, content('Clerk'));
      const failing = db.transaction(async () => {
        await personas.change(key, 1, content('Other'));
        throw new Error('the rest failed');
      });
      await expect(failing).rejects.toThrow('the rest failed');
      expect(await personas.find(key)).toMatchObject({ revision: 1, name: 'Clerk' });
      expect(await personas.revisions(key, null, 10)).toHaveLength(1);
    });

    test('another organization sees and changes nothing, and may use the same id', async () => {
      await personas.insert(key, content('Clerk'));
      const other = { ...key, organizationId: 'other' };
      expect(await personas.find(other)).toBeNull();
      expect(await personas.state(other)).toBeNull();
      expect(await personas.states('other')).toEqual([]);
      expect(await personas.findAll('other', ['clerk_1'])).toEqual([]);
      expect(await personas.findRevision(other, 1)).toBeNull();
      expect(await personas.revisions(other, null, 10)).toEqual([]);
      expect(await personas.change(other, 1, content('Taken'))).toBeNull();
      expect(await personas.setArchived(other, true)).toBe(false);
      await personas.insert(other, content('Theirs'));
      expect((await personas.states('org')).map(({ name }) => name)).toEqual(['Clerk']);
      expect((await personas.findAll('org', ['clerk_1', 'nobody'])).map(({ name }) => name)).toEqual(['Clerk']);
      expect(await personas.findAll('org', [])).toEqual([]);
    });
  });
}
