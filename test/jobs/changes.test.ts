import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ChangeWorld, openChangeWorld } from './change-world.ts';

let world: ChangeWorld;
beforeEach(async () => {
  world = await openChangeWorld();
});
afterEach(() => world.close());

const minute = 60_000;

/** Looks, once what is watched is due again. */
const look = async (poller = world.process()) => {
  world.passes(minute);
  await poller.pollDue();
};

describe('watching a table', () => {
  test('the first look only marks; afterwards what is created, changed and deleted starts the job, each once', async () => {
    await world.makeJob('j1');
    await look();
    expect(await world.starts()).toEqual([]);
    await world.create({ Name: 'Four', State: 'open' });
    await world.update(1, { State: 'paid' });
    await world.remove(2);
    await world.create({ Name: 'Bob' }, 'B');
    await look();
    await look();
    expect((await world.starts()).toSorted()).toEqual(['j1: created A4', 'j1: deleted A2', 'j1: updated A1']);
    const changed = (await world.runs()).find(({ causeKey }) => causeKey.startsWith('updated:'));
    expect(changed).toMatchObject({
      cause: 'change',
      payload: {
        change: { kind: 'updated', table: 'A', tableName: 'Orders', record: '1' },
        record: { id: '1', fields: { Name: 'One', State: 'paid' } },
      },
    });
    expect(await world.queued()).toHaveLength(3);
  });

  test('of a whole database all tables count; of the kinds only those that are named', async () => {
    await world.makeJob('all', { table: null });
    await world.makeJob('new', { on: ['created'] });
    await look();
    await world.create({ Name: 'Bob' }, 'B');
    await world.create({ Name: 'Four' });
    await world.update(1, { Name: 'Eins' });
    await world.remove(3);
    await look();
    expect((await world.starts()).toSorted()).toEqual([
      'all: created A4',
      'all: created B2',
      'all: deleted A3',
      'all: updated A1',
      'new: created A4',
    ]);
  });

  test('a record that was created and seen is changed afterwards, not created again', async () => {
    await world.makeJob('j1');
    await look();
    await world.create({ Name: 'Four' });
    await look();
    await world.update(4, { Name: 'Vier' });
    await look();
    expect(await world.starts()).toEqual(['j1: created A4', 'j1: updated A4']);
  });

  test('for changes alone, a creation starts nothing', async () => {
    await world.makeJob('j1', { on: ['updated'] });
    await look();
    await world.create({ Name: 'Four' });
    await look();
    expect(await world.starts()).toEqual([]);
    await world.update(1, { Name: 'Eins' });
    await look();
    expect(await world.starts()).toEqual(['j1: updated A1']);
  });

  test('nothing is lost or doubled over a restart, in whatever moment the process died', async () => {
    await world.makeJob('j1');
    await look();
    await world.update(1, { Name: 'Eins' });
    await world.update(3, { Name: 'Drei' });
    let count = 0;
    const dying = world.process({
      onStart() {
        count += 1;
        if (count === 2) throw new Error('killed');
      },
    });
    await look(dying);
    expect(await world.starts()).toEqual([]);
    expect(await world.queued()).toEqual([]);
    world.passes(10 * minute);
    await look();
    expect((await world.starts()).toSorted()).toEqual(['j1: updated A1', 'j1: updated A3']);
  });

  test('two processes that look at the same time start it once', async () => {
    await world.makeJob('j1');
    await look();
    await world.update(1, { Name: 'Eins' });
    const other = await world.otherProcess();
    await Promise.all([look(), look(other), look(), look(other)]);
    await look(other);
    expect(await world.starts()).toEqual(['j1: updated A1']);
  });

  test('what a look stores counts for nothing once another process has looked meanwhile', async () => {
    await world.makeJob('j1');
    await look();
    await sentEffect('call-1');
    await world.update(1, { Name: 'Eins' });
    const other = await world.otherProcess();
    let overtaken = false;
    const slow = world.process({
      async onWait() {
        if (overtaken) return;
        overtaken = true;
        await endEffect('call-1');
        // Its time with the place is over, and it does not know.
        world.passes(5 * minute);
        await other.pollDue();
        expect(await world.starts()).toEqual(['j1: updated A1']);
        await world.update(1, { Name: 'Uno' });
      },
    });
    await look(slow);
    expect(overtaken).toBe(true);
    expect(await world.starts()).toEqual(['j1: updated A1']);
    await look();
    expect(await world.starts()).toEqual(['j1: updated A1', 'j1: updated A1']);
  });

  test('started, it looks by itself, and takes nothing more once it is closed', async () => {
    await world.makeJob('j1');
    const poller = world.process();
    poller.start();
    await expect.poll(async () => (await world.watch('j1'))?.sequence ?? null).not.toBeNull();
    await poller.close(1_000);
    await world.update(1, { Name: 'Eins' });
    world.passes(minute);
    await poller.pollDue();
    expect(await world.starts()).toEqual([]);
    await world.process().pollDue();
    expect(await world.starts()).toEqual(['j1: updated A1']);
  });

  test('more than is started at once is taken piece by piece', async () => {
    await world.makeJob('j1', { mostPerHour: 10_000 });
    await look();
    for (let number = 0; number < 450; number += 1) await world.create({ Name: `N${number}` });
    await look();
    const starts = await world.starts();
    expect(starts).toHaveLength(450);
    expect(new Set(starts).size).toBe(450);
    expect(starts.every((start) => start.startsWith('j1: created'))).toBe(true);
  });

  test('a database that was put back to an earlier state is marked anew', async () => {
    await world.makeJob('j1');
    await look();
    world.putBack(1);
    await look();
    expect((await world.watch('j1'))?.sequence).toBe(1);
    expect(await world.starts()).toEqual([]);
    await world.update(1, { Name: 'Eins' });
    await look();
    expect(await world.starts()).toEqual(['j1: updated A1']);
  });

  test('a clock that was put back keeps nothing from being looked at', async () => {
    await world.makeJob('j1');
    const poller = world.process();
    await look(poller);
    await world.update(1, { Name: 'Eins' });
    world.passes(-24 * 60 * minute);
    await poller.pollDue();
    expect(await world.starts()).toEqual(['j1: updated A1']);
    world.passes(48 * 60 * minute);
    await poller.pollDue();
    expect(await world.starts()).toHaveLength(1);
  });
});

describe('conditions', () => {
  test('on fields hold with the names and the words of choices', async () => {
    await world.makeJob('j1', { conditions: [{ field: 'State', is: 'equals', value: 'paid' }] });
    await look();
    await world.update(1, { State: 'paid' });
    await world.update(2, { Name: 'Zwei' });
    await look();
    expect(await world.starts()).toEqual(['j1: updated A1']);
  });

  test('a field that kept its value was not changed, as far as earlier values are known', async () => {
    await world.makeJob('j1', { conditions: [{ field: 'State', is: 'changed' }] });
    const poller = world.process();
    await look(poller);
    await world.update(1, { Name: 'Eins' });
    await look(poller);
    await world.update(1, { Name: 'Uno' });
    await look(poller);
    expect(await world.starts()).toHaveLength(1);
    await world.update(1, { State: 'paid' });
    await look(poller);
    expect(await world.starts()).toHaveLength(2);
  });
});

describe('what a job has written itself', () => {
  test('starts nothing, and another change of the same record afterwards does', async () => {
    await world.makeJob('j1');
    await look();
    await world.update(1, { State: 'paid' });
    await world.touch(1, world.sequence());
    await world.update(2, { State: 'paid' });
    await world.touch(2, world.sequence());
    await world.update(2, { Name: 'Zwei' });
    await world.remove(3);
    await world.touch(3, null, { kind: 'deleted' });
    await look();
    expect(await world.starts()).toEqual(['j1: updated A2']);
    await world.update(1, { State: 'open' });
    await look();
    expect(await world.starts()).toEqual(['j1: updated A2', 'j1: updated A1']);
  });

  test('where Ninox told no sequence the times must do', async () => {
    await world.makeJob('j1');
    await look();
    await world.update(1, { State: 'paid' });
    await world.touch(1, null);
    await look();
    expect(await world.starts()).toEqual([]);
  });

  test('what a person has had done in a conversation is a change like any other', async () => {
    await world.makeJob('j1');
    await look();
    await world.update(1, { State: 'paid' });
    await world.touch(1, world.sequence(), { channel: 'web' });
    await look();
    expect(await world.starts()).toEqual(['j1: updated A1']);
  });

  test.each([
    ['is its own once the call has ended', true, []],
    ['is another one’s where the call has written something else', false, ['j1: updated A1']],
  ])('a change while a call is on its way %s', async (_what, isOwn, expected) => {
    await world.makeJob('j1');
    await look();
    await sentEffect('call-1');
    await world.update(1, { State: 'paid' });
    let waits = 0;
    const poller = world.process({
      async onWait() {
        waits += 1;
        if (waits < 3) return;
        if (isOwn) await world.touch(1, world.sequence());
        await endEffect('call-1');
      },
    });
    await look(poller);
    expect(waits).toBe(3);
    expect(await world.starts()).toEqual(expected);
  });

  test('a call that does not end keeps the change waiting, and it is neither lost nor started before', async () => {
    await world.makeJob('j1');
    await look();
    const before = (await world.watch('j1'))?.sequence;
    await sentEffect('call-1');
    await world.update(1, { State: 'paid' });
    await look();
    expect(await world.starts()).toEqual([]);
    expect(await world.watch('j1')).toMatchObject({ sequence: before, problem: null });
    await endEffect('call-1');
    await look();
    expect(await world.starts()).toEqual(['j1: updated A1']);
  });
});

async function sentEffect(id: string) {
  const { newEffect } = await import('#test/support/new-effect.ts');
  const { arguments: given, ...effect } = newEffect({ id, organizationId: 'organization-1', channel: 'job' });
  const { effects } = world.db.tables;
  await world.db.query.insert(effects).values({
    ...effect,
    arguments: JSON.stringify(given),
    state: 'sent',
    happened: null,
    code: null,
    intendedAt: new Date(world.now()),
    sentAt: new Date(world.now()),
    endedAt: null,
    reconciledAt: null,
    tries: 0,
    nextTryAt: null,
    toldAt: null,
  });
}

async function endEffect(id: string) {
  const key = { organizationId: 'organization-1', id };
  await world.effects.move(key, ['sent'], { state: 'succeeded', happened: true, endedAt: new Date() });
}

describe('a look that fails', () => {
  test('shows at the job, is tried again after a growing pause, and nothing is lost', async () => {
    await world.makeJob('j1');
    await look();
    await world.update(1, { Name: 'Eins' });
    const key = { organizationId: 'organization-1', id: 'j1' };
    world.setConnection({ ...world.connection, baseUrl: 'http://127.0.0.1:1/v1', status: 'needs_reconnect' });
    const pauses: number[] = [];
    for (let time = 0; time < 8; time += 1) {
      const due = (await world.watch('j1'))?.nextAt.getTime() ?? 0;
      world.passes(due - world.now());
      await world.process().pollDue();
      pauses.push(((await world.watch('j1'))?.nextAt.getTime() ?? 0) - world.now());
    }
    expect(pauses.slice(0, 3)).toEqual([2 * minute, 4 * minute, 8 * minute]);
    expect(pauses.at(-1)).toBe(60 * minute);
    expect(await world.watches.problemOf(key)).toContain('has to be connected again');
    world.setConnection(world.connection);
    world.passes(60 * minute);
    await world.process().pollDue();
    expect(await world.watches.problemOf(key)).toBeNull();
    expect(await world.starts()).toEqual(['j1: updated A1']);
  });

  test('because Ninox answers with a fault says so, and the changes come once it is well again', async () => {
    await world.makeJob('j1');
    await look();
    await world.update(1, { Name: 'Eins' });
    const mend = world.ninox.faults.set({ kind: 'status', status: 500, match: /changes/ });
    await look();
    expect((await world.watch('j1'))?.problem).toContain('The last look at what changed in Ninox failed.');
    mend();
    world.passes(60 * minute);
    await world.process().pollDue();
    expect((await world.watch('j1'))?.problem).toBeNull();
    expect(await world.starts()).toEqual(['j1: updated A1']);
  });

  test('because the connection was revoked pauses the job; what was changed meanwhile is taken up afterwards', async () => {
    await world.makeJob('j1');
    await look();
    await world.update(1, { Name: 'Eins' });
    world.setConnection({ ...world.connection, status: 'revoked' });
    await look();
    expect(world.paused).toEqual([expect.stringContaining('was revoked')]);
    await look();
    world.setConnection(world.connection);
    await world.change('j1', { status: 'active', pausedReason: null });
    await look();
    expect(await world.starts()).toEqual(['j1: updated A1']);
  });
});

test('what changes while a person has the job paused starts nothing later', async () => {
  await world.makeJob('j1');
  await look();
  await world.change('j1', { status: 'paused', pausedReason: null });
  await look();
  await world.update(1, { Name: 'Eins' });
  await world.change('j1', { status: 'active' });
  await look();
  await world.update(2, { Name: 'Zwei' });
  await look();
  expect(await world.starts()).toEqual(['j1: updated A2']);
});
