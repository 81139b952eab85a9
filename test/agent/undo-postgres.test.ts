import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import {
  decide,
  type EffectWorld,
  memberOf,
  openEffectWorld,
  personaWith,
  removedItem,
} from '../support/effect-world.ts';
import { startPostgres } from '../support/postgres.ts';

const server = await startPostgres();
const ann = memberOf('ann');

if ('unavailable' in server) {
  console.warn(`No Postgres for undos: ${server.unavailable}`);
  test.skip('undos on Postgres', () => {});
} else {
  let opened: EffectWorld;
  beforeEach(async () => {
    opened = await openEffectWorld(await server.createDatabase());
  });
  afterEach(() => opened.close());
  afterAll(server.stop);

  const restores = () => opened.world.shelf.asked.filter((asked) => asked === 'restore').length;

  test('of a hundred undos at once in two processes one restores', async () => {
    const { first, second } = opened;
    const call = await removedItem(opened);
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        (index % 2 === 0 ? first : second).undo.undo(ann, call.id).then(
          ({ status }) => status,
          ({ code }: { code: string }) => code,
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'UNDO_REFUSED')).toHaveLength(99);
    expect(restores()).toBe(1);
    expect((await first.audit.verify('org')).ok).toBe(true);
  });

  test('however many ask at once, one approval is asked for, and used once', async () => {
    const { first, second, world } = opened;
    world.persona = personaWith({ undo: 'ask' });
    const call = await removedItem(opened);
    const both = (index: number) => (index % 2 === 0 ? first : second).undo;
    const asked = await Promise.all(Array.from({ length: 30 }, (_, index) => both(index).undo(ann, call.id)));
    const ids = new Set(asked.map(({ approvalId }) => approvalId));
    expect([ids.size, restores()]).toEqual([1, 0]);
    const approval = await decide(first, [...ids][0] ?? '');
    const performed = await Promise.all(Array.from({ length: 30 }, (_, index) => both(index).perform(approval)));
    expect(performed.filter(({ status }) => status === 'done')).toHaveLength(1);
    expect(restores()).toBe(1);
  });
}
