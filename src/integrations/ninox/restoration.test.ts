import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NinoxField } from '#sandbox/ninox-model.ts';
import {
  company,
  type Deletion,
  doubleContact,
  openStandIn,
  prepareDeletion,
  type StandInScene,
} from '#test/support/ninox-deletion.ts';
import { json, startRawServer } from '#test/support/raw-server.ts';

let scene: StandInScene;
beforeEach(async () => {
  scene = await openStandIn();
});
afterEach(() => scene.standIn.close());

const post = { match: /\/records$/, method: 'POST' } as const;
const notFound = { kind: 'status', status: 404, body: '{"message":"Not Found"}' } as const;

/** Plans and deletes; what is given back is what the service has after that. */
async function deleted(deletion: Deletion = scene.deletion()) {
  const { snapshot } = await deletion.change.plan(deletion.context);
  await deletion.call.execute(deletion.context);
  scene.requests();
  // As it comes out of the database.
  return { ...deletion, snapshot: JSON.parse(JSON.stringify(snapshot)) as unknown };
}

const newRecords = () => [...scene.table('B').records.values()].filter(({ id }) => id > 40);
const fieldsOf = (id: number) => Object.fromEntries(scene.record('B', id).fields);
const target = (id: string) => [
  { level: 'team', id: company.team, name: 'Example Interiors' },
  { level: 'database', id: company.crm, name: 'CRM' },
  { level: 'table', id: 'B', name: 'Contacts' },
  { level: 'record', id, name: 'Jonas' },
];
const whats = (restored: { notRestored: readonly { what: string }[] } | null) =>
  restored?.notRestored.map(({ what }) => what);
const always = [
  'Its number',
  'File “business-card.txt”',
  'File “fair-notes.txt”',
  '2 links from Activities (records 14 and 54)',
  'Formula fields',
  'When and by whom it was created',
];

/** A column that Ninox could have now, put into the table while nobody looks. */
const setFields = (change: (fields: readonly NinoxField[]) => readonly NinoxField[]) =>
  Object.assign(scene.table('B'), { fields: change(scene.table('B').fields) });

describe('the undo of a deletion', () => {
  test('plans what would be restored and what would not, the same each time', async () => {
    const { undo, context, snapshot } = await deleted();
    const plan = await undo.plan(context, snapshot);
    expect(plan).toMatchObject({
      summary: 'Restore 1 record into Contacts',
      targets: target('').slice(0, 3),
      records: [{ id: '12', title: 'Jonas' }],
      count: 1,
    });
    expect(plan.records[0]?.fields.map(({ name }) => name)).toEqual([
      'First name',
      'Last name',
      'Email',
      'Newsletter',
      'Company',
      'Note',
    ]);
    expect(plan.warnings.map((warning) => warning.split(': ')[0])).toEqual(always);
    expect(await undo.plan(context, snapshot)).toEqual(plan);
  });

  test('creates the record anew with one request and says all that is not as it was', async () => {
    const before = fieldsOf(12);
    const { undo, context, snapshot } = await deleted();
    expect(await undo.obstacle(context, snapshot)).toBeNull();
    scene.requests();
    const restored = await undo.restore(context, snapshot);
    expect(scene.requests().filter((request) => !request.startsWith('GET'))).toEqual([
      `POST /v1/teams/${company.team}/databases/${company.crm}/tables/B/records`,
    ]);
    expect(restored.target).toEqual(target('41'));
    expect(whats(restored)).toEqual(always);
    expect(restored.notRestored[0]?.why).toBe('It was 12, it is 41 now: Ninox numbers each new record by itself.');
    expect(fieldsOf(41)).toEqual(before);
  });

  test('says which link and which value Ninox did not take', async () => {
    const { undo, context, snapshot } = await deleted();
    scene.table('A').records.delete(5);
    const restored = await undo.restore(context, snapshot);
    expect(restored.notRestored[0]).toEqual({
      what: 'Field “Company”',
      why: 'Ninox did not take the link to 5; what it pointed to may be gone.',
    });
    expect(whats(restored)?.slice(1)).toEqual(always);
  });

  test('follows a field to its new name and reports one that is gone', async () => {
    const { undo, context, snapshot } = await deleted();
    setFields((fields) =>
      fields
        .filter(({ name }) => name !== 'Email')
        .map((field) => (field.name === 'Note' ? { ...field, name: 'Remark' } : field)),
    );
    const restored = await undo.restore(context, snapshot);
    expect(fieldsOf(41)).toMatchObject({ Remark: 'Duplicate of contact 5, entered twice after the fair' });
    expect(whats(restored)).toContain('Field “Email”');
    const plan = await undo.plan(context, snapshot);
    expect(plan.warnings.join('\n')).toContain('Field “Email”: The table has no such field that can be written');
  });

  test('a record that could not be read back is restored all the same, and that is said', async () => {
    const { undo, context, snapshot } = await deleted();
    scene.standIn.faults.set({ match: /records\/41$/, kind: 'status', status: 503 });
    const restored = await undo.restore(context, snapshot);
    expect(restored.target).toEqual(target('41'));
    expect(restored.notRestored[0]).toMatchObject({
      what: 'The comparison with what there was',
      why: expect.stringContaining('could not be read back'),
    });
  });

  test('refused values leave nothing behind, and that is found out before it is said', async () => {
    const { undo, context, snapshot } = await deleted();
    scene.standIn.faults.set({ ...post, kind: 'status', status: 500 });
    await expect(undo.restore(context, snapshot)).rejects.toMatchObject({
      code: 'UPSTREAM_INVALID',
      message: expect.stringContaining('Nothing was restored'),
    });
    expect(scene.requests().filter((request) => request.startsWith('POST'))).toHaveLength(1);
  });

  test('an error that left the record behind is no failure', async () => {
    const { undo, context, snapshot } = await deleted();
    scene.standIn.faults.set({ ...post, kind: 'status', status: 500, applied: true });
    expect((await undo.restore(context, snapshot)).target).toEqual(target('41'));
    expect(newRecords()).toHaveLength(1);
  });

  test('tells no names outside of the grant', async () => {
    const { undo, context, snapshot } = await deleted();
    const narrow = { ...context, allows: ({ table }: { table?: string }) => table === undefined || table === 'B' };
    expect(JSON.stringify((await undo.plan(narrow, snapshot)).warnings)).not.toContain('Activities');
    expect(whats(await undo.restore(narrow, snapshot))).toContain('2 links from another table (records 14 and 54)');
  });

  test('takes no snapshot of another form', async () => {
    const { undo, context } = scene.deletion();
    for (const snapshot of [undefined, {}, { version: 2 }]) {
      await expect(undo.restore(context, snapshot)).rejects.toMatchObject({ code: 'UPSTREAM_INVALID' });
    }
    expect(scene.requests()).toEqual([]);
  });
});

describe('what stands in the way of an undo', () => {
  test('a record of that number', async () => {
    const { undo, context, change } = scene.deletion();
    const { snapshot } = await change.plan(context);
    expect(await undo.obstacle(context, snapshot)).toContain('There is a record 12 in the table “Contacts”');
  });

  test('a table that is gone, also for the plan', async () => {
    const { undo, context, snapshot } = await deleted();
    scene.standIn.faults.set({ match: /tables\/B$/, ...notFound });
    expect(await undo.obstacle(context, snapshot)).toContain(
      'The table “Contacts” is not in the database “CRM” any more',
    );
    await expect(undo.plan(context, snapshot)).rejects.toMatchObject({ code: 'UPSTREAM_NOT_FOUND' });
  });

  test('no outage is taken for either', async () => {
    const { undo, context, snapshot } = await deleted();
    scene.standIn.faults.set({ match: /records\/12$/, kind: 'status', status: 503 });
    await expect(undo.obstacle(context, snapshot)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});

describe('after an undo whose answer was lost', () => {
  const sentAt = () => new Date();
  async function lost(fault: 'applied-then-cut' | 'cut') {
    const found = await deleted();
    const sent = sentAt();
    const rest = fault === 'cut' ? ({ kind: 'cut', when: 'before-answer' } as const) : ({ kind: fault } as const);
    scene.standIn.faults.set({ ...post, ...rest });
    await expect(found.undo.restore(found.context, found.snapshot)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    scene.standIn.faults.clear();
    return { ...found, find: () => found.undo.findRestored(found.context, found.snapshot, sent) };
  }
  /** A record of somebody else, made at that time. */
  const addRecord = (fields: Record<string, string | number | boolean>, createdAt?: string) => {
    const table = scene.table('B');
    const id = table.nextId;
    const like = scene.record('B', 1);
    const time = createdAt ?? new Date().toISOString().slice(0, 19);
    table.nextId += 1;
    table.records.set(id, { ...like, id, createdAt: time, fields: new Map(Object.entries(fields)), files: [] });
  };

  const before = {
    'First name': 'Jonas',
    'Last name': 'Varnhorst',
    Email: 'jonas.varnhorst@example.com',
    Newsletter: true,
    Company: 5,
    Note: 'Duplicate of contact 5, entered twice after the fair',
  };

  test('one that happened is found with its report, and nothing is sent again', async () => {
    const { find } = await lost('applied-then-cut');
    const restored = await find();
    expect(restored?.target).toEqual(target('41'));
    expect(whats(restored)).toEqual(always);
    expect(newRecords()).toHaveLength(1);
  });

  test('one that did not happen is not found, whatever else was created meanwhile', async () => {
    const { find } = await lost('cut');
    expect(await find()).toBeNull();
    addRecord({ 'First name': 'Somebody', 'Last name': 'Else' });
    expect(await find()).toBeNull();
  });

  test('the twin of before is not taken for it', async () => {
    const { find } = await lost('cut');
    addRecord(before, '2020-01-01T00:00:00');
    expect(await find()).toBeNull();
  });

  test.each<[string, (fields: Record<string, string | number | boolean>) => Record<string, string | number | boolean>]>(
    [
      ['two that are equal', (fields) => fields],
      ['one that is only similar', ({ Note: _note, ...fields }) => fields],
    ],
  )('with %s it stays unknown', async (name, change) => {
    const { find } = await lost(name.startsWith('two') ? 'applied-then-cut' : 'cut');
    addRecord(change({ ...before }));
    await expect(find()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });
  test('it is found among hundreds that are older', async () => {
    for (let count = 0; count < 300; count += 1) addRecord({ Note: 'filling' }, '2020-01-01T00:00:00');
    const { find } = await lost('applied-then-cut');
    scene.requests();
    expect((await find())?.target[3]).toMatchObject({ id: '341' });
    expect(scene.requests().filter((request) => request.endsWith('/records'))).toHaveLength(1);
  });

  test('hundreds that are newer leave it unknown after four pages', async () => {
    const { find } = await lost('cut');
    for (let count = 0; count < 300; count += 1) addRecord({ Note: 'filling' });
    scene.requests();
    await expect(find()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(scene.requests().filter((request) => request.endsWith('/records'))).toHaveLength(4);
  });

  test('a Ninox that turns no pages and knows no order is not trusted with a no', async () => {
    const { snapshot } = await lost('cut');
    const records = Array.from({ length: 50 }, (_, at) => ({
      id: at + 1,
      createdAt: '2020-01-01T00:00:00',
      fields: {},
    }));
    const server = await startRawServer((request, response) =>
      json(response, request.url?.includes('/records') ? records : { id: 'B', name: 'Contacts', fields: [] }),
    );
    const { undo, context } = prepareDeletion(server.baseUrl, doubleContact);
    await expect(undo.findRestored(context, snapshot, new Date())).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(server.seen).toHaveLength(3);
    await server.close();
  });
});
