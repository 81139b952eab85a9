import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { company, openStandIn, type StandInScene } from '#test/support/ninox-deletion.ts';
import { prepareWriting, type WritingOptions } from '#test/support/ninox-writing.ts';
import { json, startRawServer } from '#test/support/raw-server.ts';

let scene: StandInScene;
beforeEach(async () => {
  scene = await openStandIn();
});
afterEach(() => scene.standIn.close());

const tool = 'ninox_create_records';
const contacts = { team_id: company.team, database_id: company.crm, table_id: 'B' };
const tablePath = `/v1/teams/${company.team}/databases/${company.crm}/tables/B`;
const post = { match: /\/records$/, method: 'POST' } as const;
const ada = { 'First name': 'Ada', 'Last name': 'Quillen', Email: 'ada@example.com', Newsletter: true, Company: 1 };
const ben = { 'First name': 'Ben', Note: 'New' };

const creation = (records: readonly object[] = [ada], options: WritingOptions = {}, baseUrl = scene.baseUrl) =>
  prepareWriting(baseUrl, { tool, args: { ...contacts, records: records.map((fields) => ({ fields })) } }, options);
const newRecords = () => [...scene.table('B').records.values()].filter(({ id }) => id > 40);
const fieldsOf = (id: number) => Object.fromEntries(scene.record('B', id).fields);
const target = [
  { level: 'team', id: company.team, name: 'Example Interiors' },
  { level: 'database', id: company.crm, name: 'CRM' },
  { level: 'table', id: 'B', name: 'Contacts' },
];

/** Plans and creates; what is given back is what the service has after that. */
async function created(records: readonly object[] = [ada]) {
  const writing = creation(records);
  const { snapshot } = await writing.change.plan(writing.context);
  const output = await writing.call.execute(writing.context);
  scene.requests();
  return { ...writing, output, snapshot: writing.stored(snapshot) };
}

describe('the plan of a creation', () => {
  test('shows what each record becomes, without numbers', async () => {
    const { change, context } = creation([ada, { ...ben, Email: null }]);
    const { plan } = await change.plan(context);
    expect(plan).toEqual({
      summary: 'Create 2 records in Contacts',
      targets: target,
      records: [
        {
          id: null,
          title: 'Ada',
          fields: [
            { name: 'First name', value: 'Ada' },
            { name: 'Last name', value: 'Quillen' },
            { name: 'Email', value: 'ada@example.com' },
            { name: 'Newsletter', value: true },
            { name: 'Company', value: 1 },
          ],
        },
        {
          id: null,
          title: 'Ben',
          fields: [
            { name: 'First name', value: 'Ben' },
            { name: 'Note', value: 'New' },
          ],
        },
      ],
      count: 2,
      warnings: [],
    });
    expect((await change.plan(context)).plan).toEqual(plan);
  });

  test('only reads', async () => {
    const { change, context } = creation();
    await change.plan(context);
    expect(scene.requests().filter((request) => !request.startsWith('GET'))).toEqual([]);
  });

  test('lists twenty and counts all', async () => {
    const records = Array.from({ length: 25 }, (_, at) => ({ 'First name': `Number ${at}` }));
    const { change, context } = creation(records);
    const { plan } = await change.plan(context);
    expect([plan.records.length, plan.count]).toEqual([20, 25]);
  });
});

describe('what does not fit the table', () => {
  test.each<[string, object, string]>([
    ['a wrong name', { Emial: 'a@b.example' }, 'no field “Emial”; near to it is “Email”'],
    ['another case', { 'first name': 'A' }, 'no field “first name”; near to it'],
    ['an id', { A: 'x' }, '“A” is an id: that field is named “First name”'],
    ['a formula', { 'Full name': 'Ada' }, 'The field “Full name” cannot be written: Ninox computes it'],
    ['a back link', { Activities: [1] }, 'The field “Activities” cannot be written: it lists the records'],
    ['a name near to none', { Zzzzzz: 'x' }, 'There is no field “Zzzzzz”; there are “First name”'],
    ['a number for a text', { Email: 5 }, 'The field “Email” takes text.'],
    ['a text for a yes', { Newsletter: 'yes' }, 'The field “Newsletter” takes true or false.'],
    ['a name for a link', { Company: 'Quillmere' }, 'The field “Company” takes the number of one record'],
  ])('%s is named before anything is sent', async (_name, fields, words) => {
    const { change, context } = creation([fields]);
    await expect(change.plan(context)).rejects.toMatchObject({
      code: 'UPSTREAM_INVALID',
      message: expect.stringContaining(words),
    });
    expect(scene.requests().filter((request) => !request.startsWith('GET'))).toEqual([]);
  });

  test('is told of each record, and an option by the near ones', async () => {
    const records = [{ fields: { Name: 'A', Status: 'customer' } }, { fields: { Name: 'B', Status: 'Gone' } }];
    const { change, context } = prepareWriting(scene.baseUrl, { tool, args: { ...contacts, table_id: 'A', records } });
    const message = await change.plan(context).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(message).toContain('Record 1 of the list: The field “Status” takes one of its options as it is written');
    expect(message).toContain('(near to it: “Customer”)');
    expect(message).toContain('“Gone” is none (“Lead”, “Customer” and “Dormant”)');
  });

  test.each<[string, unknown]>([
    ['no records', []],
    ['a hundred and one', Array.from({ length: 101 }, () => ({ fields: ben }))],
    ['no fields', [{ fields: {} }]],
    ['a long text', [{ fields: { Note: 'x'.repeat(100_001) } }]],
    ['more than 200 fields', [{ fields: Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`F${at}`, at])) }]],
    ['an object for a value', [{ fields: { Note: { a: 1 } } }]],
    ['anything beside the fields', [{ id: 5, fields: ben }]],
  ])('%s are not even taken', (_name, records) => {
    expect(() => prepareWriting(scene.baseUrl, { tool, args: { ...contacts, records } })).toThrow('It does not fit');
  });
});

describe('a creation', () => {
  test('sends one record as it is, and notes what came of it', async () => {
    const { output, touched } = await created();
    expect(output).toEqual({ created: 1, ...contacts, record_ids: ['41'] });
    expect(fieldsOf(41)).toEqual(ada);
    const { sequence } = scene.record('B', 41);
    expect(touched).toEqual([{ database: company.crm, table: 'B', record: '41', kind: 'created', sequence }]);
  });

  test('sends several with one request', async () => {
    const { call, context } = creation([ada, ben]);
    expect(await call.execute(context)).toMatchObject({ created: 2, record_ids: ['41', '42'] });
    expect(scene.requests().filter((request) => !request.startsWith('GET'))).toEqual([`POST ${tablePath}/records`]);
    expect([fieldsOf(41), fieldsOf(42)]).toEqual([ada, ben]);
  });

  test.each<[string, unknown]>([
    ['one object', { id: '41' }],
    ['a list', [{ id: 41 }]],
  ])('takes the ids of an answer that is %s, and reads the rest from the table', async (_name, answer) => {
    const server = await startRawServer((request, response) => {
      const list = [{ id: 41, sequence: 7, fields: { 'First name': 'Ada' } }];
      json(response, request.method === 'POST' ? answer : list);
    });
    try {
      const { call, context, touched } = creation([{ 'First name': 'Ada' }], {}, `${server.baseUrl}/v1`);
      expect(await call.execute(context)).toMatchObject({ record_ids: ['41'] });
      expect(touched).toMatchObject([{ record: '41', sequence: 7 }]);
    } finally {
      await server.close();
    }
  });

  test.each<[string, unknown]>([
    ['fewer records than were sent', [{ id: 41 }]],
    ['one record twice', [{ id: 41 }, { id: 41 }]],
    ['no ids', [{}, {}]],
  ])('an answer with %s leaves the outcome open', async (_name, answer) => {
    const server = await startRawServer((request, response) => json(response, request.method === 'POST' ? answer : []));
    try {
      const { call, context } = creation([ada, ben], {}, `${server.baseUrl}/v1`);
      await expect(call.execute(context)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    } finally {
      await server.close();
    }
  });

  test('refused with 500, it says so once the table was looked through, and sends nothing again', async () => {
    scene.standIn.faults.set({ ...post, kind: 'status', status: 500 });
    const { call, context, touched } = creation();
    await expect(call.execute(context)).rejects.toMatchObject({
      code: 'UPSTREAM_INVALID',
      message: expect.stringContaining('nothing was created'),
    });
    expect(scene.requests().filter((request) => request.startsWith('POST'))).toHaveLength(1);
    expect(touched).toEqual([]);
  });

  test('answered with 500 though it was done, it is done', async () => {
    scene.standIn.faults.set({ ...post, kind: 'status', status: 500, applied: true });
    const { call, context } = creation([ada, ben]);
    expect(await call.execute(context)).toMatchObject({ created: 2, record_ids: ['41', '42'] });
  });

  test('answered with 500, an equal record of before is not taken for it', async () => {
    await created();
    scene.standIn.faults.set({ ...post, kind: 'status', status: 500 });
    const { call, context } = creation();
    await expect(call.execute(context)).rejects.toMatchObject({ code: 'UPSTREAM_INVALID' });
  });
});

describe('after a creation whose answer was lost', () => {
  async function lost(records: readonly object[], fault: object, options: WritingOptions = {}) {
    const writing = creation(records, options);
    const { snapshot } = await writing.change.plan(writing.context);
    scene.standIn.faults.set({ ...post, ...(fault as { kind: 'hang' }) });
    await expect(writing.call.execute(writing.context)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    scene.standIn.faults.clear();
    expect(scene.requests().filter((request) => request.startsWith('POST'))).toHaveLength(1);
    const stored = writing.stored(snapshot);
    return { ...writing, snapshot: stored, find: () => writing.change.reconcile(writing.context, stored) };
  }

  test.each<[string, object, WritingOptions]>([
    ['a reset', { kind: 'applied-then-cut' }, {}],
    ['silence', { kind: 'hang', applied: true }, { timeoutMs: 500 }],
    ['a gateway that did not hear', { kind: 'status', status: 502, applied: true }, {}],
  ])('by %s, equal records are found', async (_name, fault, options) => {
    const { find, change } = await lost([ada, ben], fault, options);
    expect(await find()).toBe('happened');
    expect(change.outputIfHappened).toMatchObject({ created: 2, record_ids: null, unknown: expect.any(String) });
  });

  test('that never came, nothing is found, whatever was there before', async () => {
    await created();
    const { find } = await lost([ada], { kind: 'cut', when: 'before-answer' });
    expect(await find()).toBe('not_happened');
  });

  test('fields that Ninox fills in by itself do not matter', async () => {
    const { find } = await lost([ben], { kind: 'applied-then-cut' });
    scene.record('B', 41).fields.set('Newsletter', true);
    expect(await find()).toBe('happened');
  });

  test.each<[string, readonly object[], () => void]>([
    ['only some are there', [ada, ben], () => scene.table('B').records.delete(41)],
    ['one was changed', [ada], () => scene.record('B', 41).fields.set('Email', 'other@example.com')],
    [
      'somebody has made an equal one',
      [ada],
      () => {
        const record = scene.record('B', 41);
        scene.table('B').records.set(42, { ...record, id: 42, fields: new Map(record.fields), files: [] });
      },
    ],
  ])('where %s, nobody knows', async (_name, records, move) => {
    const { find } = await lost(records, { kind: 'applied-then-cut' });
    move();
    await expect(find()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  test('an undo takes back what can only be it', async () => {
    const { undo, context, snapshot } = await lost([ada], { kind: 'applied-then-cut' });
    expect(await undo.obstacle(context, snapshot)).toBeNull();
    await undo.restore(context, snapshot);
    expect(newRecords()).toEqual([]);
  });

  test('an undo leaves all as it is where that is not sure', async () => {
    const { undo, context, snapshot } = await lost([ada], { kind: 'applied-then-cut' });
    scene.record('B', 41).fields.set('Note', 'mine');
    expect(await undo.obstacle(context, snapshot)).toContain('it is not known which');
    expect(newRecords()).toHaveLength(1);
  });
});

describe('the undo of a creation', () => {
  test('plans the deletion of exactly what was created', async () => {
    const { undo, context, snapshot } = await created([ada, ben]);
    const plan = await undo.plan(context, snapshot);
    expect(plan).toMatchObject({
      summary: 'Delete 2 records from Contacts that were created',
      targets: target,
      records: [
        { id: '41', title: 'Ada' },
        { id: '42', title: 'Ben' },
      ],
      count: 2,
      warnings: [],
    });
    expect(await undo.plan(context, snapshot)).toEqual(plan);
  });

  test.each([
    [[ada], `DELETE ${tablePath}/records/41`],
    [[ada, ben], `DELETE ${tablePath}/records`],
  ])('deletes it with one request', async (records, request) => {
    const { undo, context, snapshot } = await created(records);
    expect(await undo.obstacle(context, snapshot)).toBeNull();
    scene.requests();
    expect(await undo.restore(context, snapshot)).toEqual({ target, notRestored: [] });
    expect(scene.requests().filter((one) => !one.startsWith('GET'))).toEqual([request]);
    expect(scene.table('B').records.size).toBe(40);
  });

  test('leaves what was changed, what something links to and what is gone, and tells each', async () => {
    const { undo, context, snapshot } = await created([ada, ben, { 'First name': 'Cy' }, { 'First name': 'Di' }]);
    scene.record('B', 41).fields.set('Note', 'mine');
    scene.record('C', 1).fields.set('Contact', 42);
    scene.table('B').records.delete(43);
    const { notRestored } = await undo.restore(context, snapshot);
    expect(notRestored).toEqual([
      { what: 'Record 41 (“Ada”)', why: expect.stringContaining('Somebody has changed it') },
      { what: 'Record 42 (“Ben”)', why: expect.stringContaining('linked something to it') },
      { what: 'Record 43', why: 'It is gone already.' },
    ]);
    expect(newRecords().map(({ id }) => id)).toEqual([41, 42]);
  });

  test('a value that was set and set back is no change', async () => {
    const { undo, context, snapshot } = await created();
    scene.record('B', 41).sequence += 5;
    expect(await undo.obstacle(context, snapshot)).toBeNull();
  });

  test.each<[string, () => void, string]>([
    ['were all changed', () => scene.record('B', 41).fields.set('Note', 'x'), 'was changed after the creation'],
    ['are all gone', () => scene.table('B').records.delete(41), 'is gone already'],
  ])('has an obstacle where they %s', async (_name, move, words) => {
    const { undo, context, snapshot } = await created();
    move();
    expect(await undo.obstacle(context, snapshot)).toContain(words);
  });

  test('whose answer was lost is found by what is gone', async () => {
    const { undo, context, snapshot } = await created([ada, ben]);
    scene.standIn.faults.set({ match: /records$/, method: 'DELETE', kind: 'cut', when: 'before-answer', times: 1 });
    await expect(undo.restore(context, snapshot)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await undo.findRestored(context, snapshot, new Date())).toBeNull();
    scene.standIn.faults.set({ match: /records$/, method: 'DELETE', kind: 'applied-then-cut', times: 1 });
    await expect(undo.restore(context, snapshot)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await undo.findRestored(context, snapshot, new Date())).toEqual({ target, notRestored: [] });
  });

  test('takes no snapshot of another form', async () => {
    const { undo, context } = creation();
    await expect(undo.restore(context, { version: 2 })).rejects.toMatchObject({ code: 'UPSTREAM_INVALID' });
    expect(scene.requests()).toEqual([]);
  });
});
