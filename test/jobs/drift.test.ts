import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NinoxTable } from '#sandbox/ninox-model.ts';
import { type ChangeWorld, openChangeWorld, place } from './change-world.ts';

let world: ChangeWorld;
beforeEach(async () => {
  world = await openChangeWorld();
  await world.makeJob('j1', {
    conditions: [{ field: 'State', is: 'equals', value: 'paid' }],
    mandate: {
      rule: 'pre_approved',
      allowances: [
        {
          tool: 'ninox_update_record',
          limits: { tables: [`${place.database}/B`] },
          count: 5,
          expiresAt: '2099-01-01T00:00:00Z',
          afterOutsideText: true,
        },
      ],
    },
  });
});
afterEach(() => world.close());

const key = { organizationId: 'organization-1', id: 'j1' };
const check = () => world.drift.check(key);
const drift = async () => (await world.jobOf('j1')).drift;
const rename = (id: string, name: string) =>
  world.setTables((tables) => tables.map((table) => (table.id === id ? { ...table, name } : table)));
const renameField = (from: string, name: string) =>
  world.setTables((tables) =>
    tables.map(
      (table): NinoxTable => ({
        ...table,
        fields: table.fields.map((field) => (field.name === from ? { ...field, name } : field)),
      }),
    ),
  );

test('nothing is told as long as everything is there', async () => {
  await check();
  await check();
  expect(await drift()).toEqual([]);
  expect(world.told).toEqual([]);
});

test('a field that was renamed is told of once, with its new name, and no more once it is back', async () => {
  await check();
  renameField('State', 'Status');
  await Promise.all([check(), check()]);
  await check();
  expect(await drift()).toEqual([
    'The field “State” of “Orders” is named “Status” now. The job names it in the conditions: change it there.',
  ]);
  expect(world.told).toEqual([
    {
      title: 'Something that the job “Job j1” uses was changed in Ninox',
      body: expect.stringContaining('is named “Status” now'),
    },
  ]);
  renameField('Status', 'State');
  await check();
  expect(await drift()).toEqual([]);
});

test('storing the job without mending it changes nothing; with the new name it is over', async () => {
  await check();
  renameField('State', 'Status');
  await check();
  const { definition } = await world.jobOf('j1');
  await world.change('j1', { definition: { ...definition, description: 'Other.' } });
  await check();
  expect(await drift()).toHaveLength(1);
  expect(world.told).toHaveLength(1);
  await world.change('j1', { definition: { ...definition, conditions: [{ field: 'Status', is: 'is_not_empty' }] } });
  await check();
  expect(await drift()).toEqual([]);
});

test('a field of the prompt that was removed is told of', async () => {
  await check();
  world.setTables((tables) =>
    tables.map((table) => ({ ...table, fields: table.fields.filter(({ name }) => name !== 'Name') })),
  );
  await check();
  expect(await drift()).toEqual([
    'The field “Name” of “Orders” is not there any more. The job names it in the prompt: change it there.',
  ]);
});

test('a table that was renamed is told of until the job is stored; one that was removed until it is gone from the job', async () => {
  await check();
  rename('A', 'Sales');
  world.setTables((tables) => tables.filter(({ id }) => id !== 'B'));
  await check();
  expect(await drift()).toEqual([
    expect.stringContaining('The table “Orders”, which the job watches, is named “Sales” now.'),
    'The table “People”, which a standing approval of the job is for, is not there any more. Choose another one in the job.',
  ]);
  const { definition } = await world.jobOf('j1');
  await world.change('j1', { definition: { ...definition, mandate: { rule: 'park', allowances: [] } } });
  await check();
  expect(await drift()).toEqual([]);
});

test('what is looked at while polling tells at once', async () => {
  await check();
  const poller = world.process();
  await poller.pollDue();
  renameField('State', 'Status');
  await world.update(1, { Status: 'paid' });
  world.passes(60_000);
  await poller.pollDue();
  expect(world.told).toHaveLength(1);
});

test('every job is looked at once a day; where Ninox cannot be read, what was known stays', async () => {
  await world.drift.checkDue();
  renameField('State', 'Status');
  world.passes(23 * 3_600_000);
  await world.drift.checkDue();
  expect(await drift()).toEqual([]);
  world.passes(3_600_000);
  await world.drift.checkDue();
  expect(await drift()).toHaveLength(1);
  world.setConnection(null);
  await check();
  expect(await drift()).toHaveLength(1);
  world.setConnection(world.connection);
  world.ninox.faults.set({ kind: 'status', status: 500, match: /tables/ });
  await check();
  expect(await drift()).toHaveLength(1);
  expect(world.told).toHaveLength(1);
});
