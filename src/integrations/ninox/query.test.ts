import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { company, openStandIn, type StandInScene } from '#test/support/ninox-deletion.ts';
import { type Answer, prepareReading, type Reading } from '#test/support/ninox-reading.ts';

let scene: StandInScene;
let reading: Reading;
beforeEach(async () => {
  scene = await openStandIn();
  reading = prepareReading(scene.baseUrl);
});
afterEach(() => scene.standIn.close());

const contacts = { team_id: company.team, database_id: company.crm, table_id: 'B' };
const deals = { ...contacts, table_id: 'D' };
const idsOf = (pages: readonly Answer[]) =>
  pages.flatMap(({ records }) => (records as readonly { record_id: string }[]).map(({ record_id }) => record_id));
const ask = (args: object) => reading.read('ninox_run_query', args);

describe('a query', () => {
  test('gives the records that fit, how many they are, and goes on where it stopped', async () => {
    const where = [{ field: 'Newsletter', value: true }];
    const pages = await reading.readAll('ninox_run_query', { ...contacts, where, limit: 9 });
    const listed = idsOf(await reading.readAll('ninox_list_records', { ...contacts, filters: where }));
    expect(idsOf(pages).toSorted()).toEqual([...listed].toSorted());
    expect(pages.every(({ matching }) => matching === listed.length)).toBe(true);
    expect(pages.map(({ complete }) => complete)).toEqual([...pages.slice(1).map(() => false), true]);
  });

  test('orders both ways and shows the chosen fields', async () => {
    const order = { field: 'Amount', descending: true };
    const page = await ask({ ...deals, order, select: ['Amount'], limit: 50 });
    const amounts = (page.records as readonly { fields: { Amount: number } }[]).map(({ fields }) => fields.Amount);
    expect(amounts[0]).toBe(Math.max(...amounts));
    expect(amounts).toEqual(amounts.toSorted((left, right) => right - left));
  });

  test.each([
    [{ ...contacts, aggregate: { function: 'count' } }, 40],
    [{ ...contacts, aggregate: { function: 'count' }, where: [{ field: 'Company', value: 5 }] }, 2],
    [{ ...deals, aggregate: { function: 'minimum', field: 'Amount' } }, 800],
    [
      {
        ...deals,
        aggregate: { function: 'sum', field: 'Amount' },
        where: [{ field: 'Amount', operator: '<', value: 0 }],
      },
      0,
    ],
  ])('reckons %j', async (args, value) => {
    expect(await ask(args)).toMatchObject({ value, complete: true });
  });

  test.each(['" or 1 = 1 or "', '\\" or true or \\"', 'x" or \'Last name\' != "', '"; select Contacts; "', "Var'n\\"])(
    'finds the record that holds %j and no other',
    async (value) => {
      const where = [{ field: 'Last name', value }];
      expect((await ask({ ...contacts, where })).matching).toBe(0);
      scene.record('B', 3).fields.set('Last name', value);
      expect(idsOf([await ask({ ...contacts, where })])).toEqual(['3']);
    },
  );

  test('only asks: it never sends anything but GET', async () => {
    await ask({ ...contacts, aggregate: { function: 'count' }, where: [{ field: 'Note', value: '"; delete B1; "' }] });
    expect(scene.requests().every((one) => one.startsWith('GET '))).toBe(true);
    expect(scene.table('B').records.size).toBe(40);
  });

  test.each([
    [{ where: [{ field: "Last name' = 'x' or 'Last name", value: 'x' }] }, 'There is no field'],
    [{ where: [{ field: 'Lastname', value: 'x' }] }, 'near to it is “Last name”'],
    [{ order: { field: 'Note) ; delete' } }, 'There is no field'],
    [{ select: ['Nothing'] }, 'There is no field “Nothing”'],
    [{ aggregate: { function: 'sum' } }, 'needs the field'],
    [{ where: [{ field: 'Last name', operator: 'starts with', value: 'x' }] }, 'ninox_list_records'],
  ])('says what is wrong with %j and asks nothing', async (args, message) => {
    await expect(ask({ ...contacts, ...args })).rejects.toMatchObject({
      code: 'UPSTREAM_INVALID',
      message: expect.stringContaining(message),
    });
    expect(scene.requests().filter((one) => one.endsWith('/query'))).toEqual([]);
  });

  test.each([{ query: 'delete B1' }, { script: 'x' }, { where: [{ field: 'Note', operator: 'or true', value: 1 }] }])(
    'takes no script: %j',
    async (args) => {
      await expect(ask({ ...contacts, ...args })).rejects.toThrow('does not fit');
    },
  );
});
