import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson } from '#audit/canonical-json.ts';
import type { ChangePlan } from '#integrations/change-plan.ts';
import { company, openStandIn, type StandInScene } from '#test/support/ninox-deletion.ts';
import { prepareWriting, type WritingOptions } from '#test/support/ninox-writing.ts';
import { json, startRawServer } from '#test/support/raw-server.ts';

let scene: StandInScene;
beforeEach(async () => {
  scene = await openStandIn();
});
afterEach(() => scene.standIn.close());

const tool = 'ninox_delete_records';
const contacts = { team_id: company.team, database_id: company.crm, table_id: 'B' };
const tablePath = `/v1/teams/${company.team}/databases/${company.crm}/tables/B`;
const target = [
  { level: 'team', id: company.team, name: 'Example Interiors' },
  { level: 'database', id: company.crm, name: 'CRM' },
  { level: 'table', id: 'B', name: 'Contacts' },
];
const hashOf = (plan: ChangePlan) => createHash('sha256').update(canonicalJson(plan)).digest('hex');
const deletion = (record_ids: readonly unknown[] = ['12', '31'], options: WritingOptions = {}, url = scene.baseUrl) =>
  prepareWriting(url, { tool, args: { ...contacts, record_ids } }, options);
const changesSent = () => scene.requests().filter((request) => !request.startsWith('GET'));
const isThere = (id: number) => scene.table('B').records.has(id);
const everyId = () => [...scene.table('B').records.keys()];

async function deleted(record_ids: readonly string[] = ['12', '31']) {
  const writing = deletion(record_ids);
  const { snapshot } = await writing.change.plan(writing.context);
  const output = await writing.call.execute(writing.context);
  scene.requests();
  return { ...writing, output, snapshot: writing.stored(snapshot) };
}

describe('the plan of a deletion of several', () => {
  test('shows each record and what would be lost with it, and only reads', async () => {
    const { change, context } = deletion();
    const { plan } = await change.plan(context);
    expect(plan).toMatchObject({
      summary: 'Delete 2 records from Contacts',
      targets: target,
      records: [
        { id: '12', title: 'Jonas', fields: expect.arrayContaining([{ name: 'Last name', value: 'Varnhorst' }]) },
        { id: '31', title: 'asdf' },
      ],
      count: 2,
    });
    expect(plan.warnings).toEqual([
      'Files would be lost with the records: record 12 has “business-card.txt” and “fair-notes.txt”.',
      expect.stringMatching(/^\d linked records in Activities lose their link/),
      expect.stringContaining('An undo creates the records anew'),
    ]);
    expect(changesSent()).toEqual([]);
    expect((await change.plan(context)).plan).toEqual(plan);
  });

  test('lists twenty, names the rest by number, and moves with any of them', async () => {
    const ids = Array.from({ length: 25 }, (_, at) => String(at + 1));
    const { change, context } = deletion(ids);
    const before = (await change.plan(context)).plan;
    expect([before.records.length, before.count]).toEqual([20, 25]);
    expect(before.warnings[0]).toContain('Not listed here: 21, 22, 23, 24 and 25');
    scene.record('B', 24).fields.set('Note', 'changed');
    expect(hashOf((await change.plan(context)).plan)).not.toBe(hashOf(before));
  });

  test('moves with a field of one of them', async () => {
    const { change, context } = deletion();
    const before = (await change.plan(context)).plan;
    scene.record('B', 31).fields.set('Note', 'somebody works on it');
    expect(hashOf((await change.plan(context)).plan)).not.toBe(hashOf(before));
  });

  test('is none where one is not there: each of those is named', async () => {
    const { change, context } = deletion(['12', '900', '901']);
    await expect(change.plan(context)).rejects.toMatchObject({
      code: 'UPSTREAM_NOT_FOUND',
      message: expect.stringContaining('no records 900 and 901 in the table “Contacts”, so nothing was deleted'),
    });
    expect(changesSent()).toEqual([]);
  });

  test.each<[string, readonly unknown[]]>([
    ['none', []],
    ['one', ['12']],
    ['a hundred and one', Array.from({ length: 101 }, (_, at) => String(at + 1))],
    ['the same twice', ['12', 12]],
    ['the empty one', ['12', '']],
    ['a way out of the path', ['12', '..']],
    ['a number that is none', ['12', '0']],
    ['every one', ['12', '*']],
  ])('%s is not even taken', (_name, ids) => {
    expect(() => deletion(ids)).toThrow('It does not fit');
  });
});

describe('a deletion of several', () => {
  test('is one request that names each, reads back, and notes what is gone', async () => {
    const before = everyId();
    const { call, context, touched } = deletion();
    expect(await call.execute(context)).toEqual({ ...contacts, deleted: 2, record_ids: ['12', '31'] });
    expect(changesSent()).toEqual([`DELETE ${tablePath}/records`]);
    expect(everyId()).toEqual(before.filter((id) => id !== 12 && id !== 31));
    expect(touched.map(({ record, kind }) => `${kind} ${record}`)).toEqual(['deleted 12', 'deleted 31']);
  });

  test('says which Ninox has passed over', async () => {
    const server = await startRawServer((request, response) => {
      const path = request.url ?? '';
      if (request.method === 'DELETE') json(response, {});
      else if (path.endsWith('/records/31')) json(response, { message: 'Not Found' }, 404);
      else if (path.endsWith('/tables/B')) json(response, { id: 'B', name: 'Contacts', fields: [] });
      else json(response, { id: Number(path.split('/').at(-1)), fields: { Name: 'x' } });
    });
    try {
      const { call, context, touched } = deletion(['12', '31', '32'], {}, `${server.baseUrl}/v1`);
      expect(await call.execute(context)).toEqual({
        ...contacts,
        deleted: 1,
        record_ids: ['31'],
        still_there: ['12', '32'],
        note: 'Ninox did not delete records 12 and 32: read again, they are still there.',
      });
      expect(touched.map(({ record }) => record)).toEqual(['31']);
    } finally {
      await server.close();
    }
  });

  test('that left all where it was is not told as done', async () => {
    scene.standIn.faults.set({ match: /records$/, method: 'DELETE', kind: 'status', status: 500 });
    const { call, context, touched } = deletion();
    await expect(call.execute(context)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect([touched.length, isThere(12), isThere(31)]).toEqual([0, true, true]);
  });

  test('whose outcome cannot be read back is told as it is, part by part', async () => {
    scene.standIn.faults.set({ match: /records\/31$/, method: 'GET', kind: 'status', status: 403 });
    const { call, context, touched } = deletion();
    await expect(call.execute(context)).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message: expect.stringMatching(/Gone: 12\. Not known: 31\./),
    });
    expect(touched.map(({ record }) => record)).toEqual(['12']);
  });
});

describe('after a deletion of several whose answer was lost', () => {
  test.each<[object, string]>([
    [{ kind: 'applied-then-cut' }, 'happened'],
    [{ kind: 'cut', when: 'before-answer' }, 'not_happened'],
  ])('by %j, the table tells that it %s', async (fault, outcome) => {
    const { change, call, context } = deletion();
    const { snapshot } = await change.plan(context);
    scene.standIn.faults.set({ match: /records$/, method: 'DELETE', ...(fault as { kind: 'hang' }) });
    await expect(call.execute(context)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(changesSent()).toEqual([`DELETE ${tablePath}/records`]);
    expect(await change.reconcile(context, snapshot)).toBe(outcome);
    expect(change.outputIfHappened).toMatchObject({ deleted: null, unknown: expect.any(String) });
  });
});

describe('the undo of a deletion of several', () => {
  test('creates each anew with what it held, with one request, and tells what is lost', async () => {
    const held = ['First name', 'Last name', 'Email', 'Company', 'Note'];
    const fieldsOf = (id: number) => held.map((name) => scene.record('B', id).fields.get(name));
    const before = [fieldsOf(12), fieldsOf(31)];
    const { undo, context, snapshot } = await deleted();
    expect(await undo.obstacle(context, snapshot)).toBeNull();
    const plan = await undo.plan(context, snapshot);
    expect(plan).toMatchObject({ summary: 'Restore 2 records into Contacts', count: 2 });
    scene.requests();
    const { notRestored } = await undo.restore(context, snapshot);
    expect(changesSent()).toEqual([`POST ${tablePath}/records`]);
    expect([fieldsOf(41), fieldsOf(42)]).toEqual(before);
    expect(notRestored.map(({ what }) => what)).toEqual([
      'Their numbers',
      'Files of record 12 (“business-card.txt” and “fair-notes.txt”)',
      expect.stringContaining('from Activities'),
      'Formula fields',
      'When and by whom they were created',
    ]);
    expect(notRestored[0]?.why).toContain('12 is 41 now and 31 is 42 now');
  });

  test('restores only those that are gone', async () => {
    const writing = deletion();
    const { snapshot } = await writing.change.plan(writing.context);
    scene.table('B').records.delete(31);
    const { undo, context } = writing;
    const { notRestored } = await undo.restore(context, snapshot);
    expect(everyId().filter((id) => id > 40)).toEqual([41]);
    expect(scene.record('B', 41).fields.get('First name')).toBe('asdf');
    expect(notRestored[0]).toEqual({
      what: 'Record 12 (“Jonas”)',
      why: 'There is such a record, so it is not created a second time.',
    });
  });

  test('has an obstacle where all are there, and then creates nothing', async () => {
    const { undo, change, context } = deletion();
    const { snapshot } = await change.plan(context);
    expect(await undo.obstacle(context, snapshot)).toContain('The records are all in the table “Contacts”');
    await expect(undo.restore(context, snapshot)).rejects.toMatchObject({ code: 'UPSTREAM_INVALID' });
    expect(changesSent()).toEqual([]);
  });

  test('whose answer was lost is found, and not sent twice', async () => {
    const { undo, context, snapshot } = await deleted();
    const sentAt = new Date();
    scene.standIn.faults.set({ match: /records$/, method: 'POST', kind: 'cut', when: 'before-answer', times: 1 });
    await expect(undo.restore(context, snapshot)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await undo.findRestored(context, snapshot, sentAt)).toBeNull();
    scene.standIn.faults.set({ match: /records$/, method: 'POST', kind: 'applied-then-cut', times: 1 });
    await expect(undo.restore(context, snapshot)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await undo.findRestored(context, snapshot, sentAt)).toMatchObject({ target });
    expect(everyId().filter((id) => id > 40)).toEqual([41, 42]);
  });

  test('takes no snapshot of another form', async () => {
    const { undo, context } = deletion();
    await expect(undo.restore(context, { version: 2 })).rejects.toMatchObject({ code: 'UPSTREAM_INVALID' });
    expect(scene.requests()).toEqual([]);
  });
});
