import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '#db/open-database.ts';
import { isUniqueViolation } from '#db/storage-error.ts';
import type { CreatePlace, Place } from './place.ts';

export function databaseSuite(createPlace: CreatePlace): void {
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

  const version = (name: string, definition: unknown = {}) => ({
    organizationId: 'org',
    personaId: 'clerk',
    version: name,
    definition,
    createdAt: new Date('2026-11-24T10:11:12.345Z'),
  });
  const insert = (name: string, definition?: unknown) =>
    db.query.insert(db.tables.personaVersions).values(version(name, definition));
  const read = () => db.query.select().from(db.tables.personaVersions).orderBy(db.tables.personaVersions.version);
  const names = async () => (await read()).map((row) => row.version);

  describe('values', () => {
    test('come back as they went in: keys in their order, dates to the millisecond, any text', async () => {
      const definition = { zebra: 1, apple: { y: null, b: ['\u0000', '😀'] }, 'a b': 0.1 };
      await insert('one', definition);
      const [row] = await read();
      expect(JSON.stringify(row?.definition)).toBe(JSON.stringify(definition));
      expect(row?.createdAt.toISOString()).toBe('2026-11-24T10:11:12.345Z');
    });

    test('a second row of one key is told as such', async () => {
      await insert('one');
      const error = await insert('one').then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(isUniqueViolation(error)).toBe(true);
      expect(isUniqueViolation(new Error('other'))).toBe(false);
    });
  });

  describe('transactions', () => {
    test('take everything back when the work fails', async () => {
      const work = db.transaction(async () => {
        await insert('one');
        throw new Error('changed my mind');
      });
      await expect(work).rejects.toThrow('changed my mind');
      expect(await names()).toEqual([]);
    });

    test('do not swallow what others do meanwhile', async () => {
      let entered = () => {};
      const inside = new Promise<void>((resolve) => {
        entered = resolve;
      });
      let leave = () => {};
      const mayLeave = new Promise<void>((resolve) => {
        leave = resolve;
      });
      const failing = db.transaction(async () => {
        await insert('inside');
        entered();
        await mayLeave;
        throw new Error('no');
      });
      await inside;
      const outside = insert('outside').execute();
      leave();
      await expect(failing).rejects.toThrow('no');
      await outside;
      expect(await names()).toEqual(['outside']);
    });

    test('nested ones join the outer', async () => {
      const work = db.transaction(async () => {
        await db.transaction(async () => void (await insert('inner')));
        expect(db.inTransaction()).toBe(true);
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
      expect(await names()).toEqual([]);
      expect(db.inTransaction()).toBe(false);
    });

    test('50 parallel read-modify-writes under a lock lose nothing', async () => {
      const { personaVersions } = db.tables;
      await insert('counter', { count: 0 });
      const increment = () =>
        db.transaction(async () => {
          await db.lock('counter');
          const [row] = await db.query.select().from(personaVersions);
          const { count } = (row?.definition ?? {}) as { count: number };
          await new Promise((resolve) => setImmediate(resolve));
          await db.query.update(personaVersions).set({ definition: { count: count + 1 } });
        });
      await Promise.all(Array.from({ length: 50 }, increment));
      expect((await read())[0]?.definition).toEqual({ count: 50 });
    });

    test('a lock without a transaction is refused', async () => {
      await expect(db.lock('anything')).rejects.toThrow('needs a transaction');
    });

    test('work left behind by a finished transaction no longer belongs to it', async () => {
      const { promise: isOver, resolve: over } = Promise.withResolvers<void>();
      let late: Promise<boolean> | undefined;
      await db.transaction(async () => {
        late = isOver.then(async () => {
          await insert('late');
          return db.inTransaction();
        });
      });
      over();
      expect(await late).toBe(false);
      expect(await names()).toEqual(['late']);
    });
  });

  describe('opening', () => {
    test('several at once migrate once and share what is stored', async () => {
      const fresh = await createPlace({ bare: true });
      const opened = await Promise.all([fresh.open(), fresh.open(), fresh.open()]);
      const { personaVersions } = db.tables;
      await opened[0].query.insert(opened[0].tables.personaVersions).values(version('one'));
      expect(await opened[2].query.select().from(opened[2].tables.personaVersions)).toHaveLength(1);
      expect(personaVersions).toBeDefined();
      await Promise.all(opened.map((handle) => handle.close()));
      await fresh.remove();
    });

    test('again finds everything as it was', async () => {
      await insert('one');
      await db.close();
      db = await place.open();
      expect(await names()).toEqual(['one']);
    });
  });
}
