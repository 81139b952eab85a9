import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson } from '#audit/canonical-json.ts';
import type { ChangePlan } from '#integrations/change-plan.ts';
import { company, openStandIn, type StandInScene } from '#test/support/ninox-deletion.ts';
import { prepareWriting, type WritingOptions } from '#test/support/ninox-writing.ts';

let scene: StandInScene;
beforeEach(async () => {
  scene = await openStandIn();
});
afterEach(() => scene.standIn.close());

const contact5 = { team_id: company.team, database_id: company.crm, table_id: 'B', record_id: '5' };
const recordPath = `/v1/teams/${company.team}/databases/${company.crm}/tables/B/records/5`;
const put = { match: /\/records\/5$/, method: 'PUT' } as const;
const wish = { Note: 'Moved', Newsletter: false, Company: 6 };
const target = [
  { level: 'team', id: company.team, name: 'Example Interiors' },
  { level: 'database', id: company.crm, name: 'CRM' },
  { level: 'table', id: 'B', name: 'Contacts' },
  { level: 'record', id: '5', name: 'Jonas' },
];
const noteBefore = 'Decides about furniture for the waiting room';

const hashOf = (plan: ChangePlan) => createHash('sha256').update(canonicalJson(plan)).digest('hex');
const update = (fields: object = wish, options: WritingOptions = {}) =>
  prepareWriting(scene.baseUrl, { tool: 'ninox_update_record', args: { ...contact5, fields } }, options);
const fieldsNow = () => Object.fromEntries(scene.record('B', 5).fields);
const sent = () => scene.requests().filter((request) => !request.startsWith('GET'));

/** Plans and updates; what is given back is what the service has after that. */
async function updated(fields: object = wish) {
  const writing = update(fields);
  const { snapshot } = await writing.change.plan(writing.context);
  const output = await writing.call.execute(writing.context);
  scene.requests();
  return { ...writing, output, snapshot: writing.stored(snapshot) };
}

describe('the plan of an update', () => {
  test('shows what stands there and what it becomes, field by field, in the order of the table', async () => {
    const { change, context } = update({ ...wish, Email: null });
    const { plan } = await change.plan(context);
    expect(plan).toEqual({
      summary: 'Change 1 record in Contacts',
      targets: target,
      records: [
        {
          id: '5',
          title: 'Jonas',
          fields: [
            { name: 'Email', value: null, before: 'jonas.varnhorst@example.com' },
            { name: 'Newsletter', value: false, before: true },
            { name: 'Company', value: 6, before: 5 },
            { name: 'Note', value: 'Moved', before: noteBefore },
          ],
        },
      ],
      count: 1,
      warnings: [],
    });
    expect(sent()).toEqual([]);
  });

  test('says that nothing stands where a field is empty', async () => {
    scene.record('B', 5).fields.delete('Note');
    const { change, context } = update({ Note: 'New' });
    const { plan } = await change.plan(context);
    expect(plan.records[0]?.fields).toEqual([{ name: 'Note', value: 'New', before: null }]);
  });

  test('leaves out what it has already, and says so', async () => {
    const { change, context } = update({ Note: 'New', Newsletter: true, Company: '5' });
    const { plan } = await change.plan(context);
    expect(plan.records[0]?.fields).toEqual([{ name: 'Note', value: 'New', before: noteBefore }]);
    expect(plan.warnings).toEqual(['“Newsletter” and “Company” have this value already.']);
  });

  test('that would change nothing is answered with nobody asked', async () => {
    const { change, context } = update({ Newsletter: true });
    const { plan, answer } = await change.plan(context);
    expect([plan.count, answer]).toEqual([
      0,
      {
        updated: false,
        record: contact5,
        note: 'The record holds this already (“Newsletter”), so nothing was sent.',
      },
    ]);
  });

  test.each<[string, () => void, boolean]>([
    ['what it writes was changed', () => scene.record('B', 5).fields.set('Note', 'Somebody else'), true],
    ['what it writes was emptied', () => scene.record('B', 5).fields.delete('Note'), true],
    ['another field was changed', () => scene.record('B', 5).fields.set('Email', 'new@example.com'), false],
  ])('moves where %s: %s', async (_name, move, moves) => {
    const { change, context } = update();
    const before = await change.plan(context);
    move();
    const after = await change.plan(context);
    expect(hashOf(after.plan) !== hashOf(before.plan)).toBe(moves);
  });

  test.each<[string, object, string]>([
    ['a wrong name', { Noet: 'x' }, 'no field “Noet”; near to it is “Note”'],
    ['a formula', { 'Full name': 'x' }, 'Ninox computes it'],
    ['a wrong value', { Newsletter: 1 }, 'takes true or false'],
  ])('is none for %s, and nothing is sent', async (_name, fields, words) => {
    const { change, context } = update(fields);
    await expect(change.plan(context)).rejects.toMatchObject({
      code: 'UPSTREAM_INVALID',
      message: expect.stringContaining(words),
    });
    expect(sent()).toEqual([]);
  });

  test('is none for a record that is not there', async () => {
    scene.table('B').records.delete(5);
    const { change, context } = update();
    await expect(change.plan(context)).rejects.toMatchObject({ code: 'UPSTREAM_NOT_FOUND' });
  });
});

describe('an update', () => {
  test('sends the fields it names with one request, and notes what came of it', async () => {
    const { call, context, touched } = update({ ...wish, Email: null });
    expect(await call.execute(context)).toEqual({ updated: true, record: contact5 });
    expect(sent()).toEqual([`PUT ${recordPath}`]);
    expect(fieldsNow()).toMatchObject({ 'First name': 'Jonas', Note: 'Moved', Company: 6 });
    expect(fieldsNow().Email).toBeUndefined();
    const { sequence } = scene.record('B', 5);
    expect(touched).toEqual([{ database: company.crm, table: 'B', record: '5', kind: 'updated', sequence }]);
  });

  test('refused with 500, it says so once the record was read again', async () => {
    scene.standIn.faults.set({ ...put, kind: 'status', status: 500 });
    const { call, context, touched } = update();
    await expect(call.execute(context)).rejects.toMatchObject({
      code: 'UPSTREAM_INVALID',
      message: expect.stringContaining('Ninox refused to change record 5'),
    });
    expect(sent()).toEqual([`PUT ${recordPath}`]);
    expect(touched).toEqual([]);
  });

  test('answered with 500 though it was done, it is done', async () => {
    scene.standIn.faults.set({ ...put, kind: 'status', status: 500, applied: true });
    const { call, context } = update();
    expect(await call.execute(context)).toEqual({ updated: true, record: contact5 });
  });
});

describe('after an update whose answer was lost', () => {
  async function lost(fault: object) {
    const writing = update();
    const { snapshot } = await writing.change.plan(writing.context);
    scene.standIn.faults.set({ ...put, ...(fault as { kind: 'hang' }) });
    await expect(writing.call.execute(writing.context)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    scene.standIn.faults.clear();
    expect(sent()).toEqual([`PUT ${recordPath}`]);
    const stored = writing.stored(snapshot);
    return { ...writing, snapshot: stored, find: () => writing.change.reconcile(writing.context, stored) };
  }

  test.each<[object, string]>([
    [{ kind: 'applied-then-cut' }, 'happened'],
    [{ kind: 'status', status: 502, applied: true }, 'happened'],
    [{ kind: 'cut', when: 'before-answer' }, 'not_happened'],
  ])('by %j, the record tells that it %s', async (fault, outcome) => {
    expect(await (await lost(fault)).find()).toBe(outcome);
  });

  test.each<[string, () => void]>([
    ['the record is gone', () => scene.table('B').records.delete(5)],
    [
      'everything was changed again',
      () => {
        const { fields } = scene.record('B', 5);
        for (const [name, value] of Object.entries({ Note: 'other', Company: 7 })) fields.set(name, value);
        fields.set('Newsletter', true);
      },
    ],
  ])('where %s, nobody knows', async (_name, move) => {
    const { find } = await lost({ kind: 'applied-then-cut' });
    move();
    await expect(find()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  test('it can be taken back as well', async () => {
    const { undo, context, snapshot } = await lost({ kind: 'applied-then-cut' });
    expect(await undo.obstacle(context, snapshot)).toBeNull();
    await undo.restore(context, snapshot);
    expect(fieldsNow()).toMatchObject({ Note: noteBefore, Newsletter: true, Company: 5 });
  });
});

describe('the undo of an update', () => {
  test('plans what is written back', async () => {
    const { undo, context, snapshot } = await updated({ Note: 'Moved', Email: null });
    expect(await undo.plan(context, snapshot)).toEqual({
      summary: 'Change 1 record in Contacts back',
      targets: target,
      records: [
        {
          id: '5',
          title: 'Jonas',
          fields: [
            { name: 'Email', value: 'jonas.varnhorst@example.com', before: null },
            { name: 'Note', value: noteBefore, before: 'Moved' },
          ],
        },
      ],
      count: 1,
      warnings: [],
    });
  });

  test('writes back what there was and touches nothing else', async () => {
    const before = fieldsNow();
    const { undo, context, snapshot } = await updated({ ...wish, Email: null });
    scene.record('B', 5).fields.set('Last name', 'Varnholt');
    expect(await undo.obstacle(context, snapshot)).toBeNull();
    expect(await undo.restore(context, snapshot)).toEqual({ target, notRestored: [] });
    expect(sent()).toEqual([`PUT ${recordPath}`]);
    expect(fieldsNow()).toEqual({ ...before, 'Last name': 'Varnholt' });
  });

  test('leaves a field that somebody has changed since, and tells it before and after', async () => {
    const { undo, context, snapshot } = await updated();
    scene.record('B', 5).fields.set('Note', 'mine');
    expect(await undo.obstacle(context, snapshot)).toBeNull();
    const plan = await undo.plan(context, snapshot);
    expect(plan.records[0]?.fields.map(({ name }) => name)).toEqual(['Newsletter', 'Company']);
    expect(plan.warnings).toEqual(['Field “Note”: Somebody has changed it since, so it stays.']);
    const { notRestored } = await undo.restore(context, snapshot);
    expect(notRestored).toEqual([{ what: 'Field “Note”', why: 'Somebody has changed it since, so it stays.' }]);
    expect(fieldsNow()).toMatchObject({ Note: 'mine', Newsletter: true, Company: 5 });
  });

  test('empties what was empty', async () => {
    scene.record('B', 5).fields.delete('Note');
    const { undo, context, snapshot } = await updated({ Note: 'New' });
    await undo.restore(context, snapshot);
    expect(fieldsNow().Note).toBeUndefined();
  });

  test('follows a field through a change of its name', async () => {
    const { undo, context, snapshot } = await updated({ Note: 'Moved' });
    const field = scene.table('B').fields.find(({ name }) => name === 'Note');
    Object.assign(field ?? {}, { name: 'Remark' });
    const record = scene.record('B', 5);
    record.fields.set('Remark', 'Moved');
    record.fields.delete('Note');
    await undo.restore(context, snapshot);
    expect(fieldsNow().Remark).toBe(noteBefore);
  });

  test.each<[string, () => void, string]>([
    ['the record is gone', () => scene.table('B').records.delete(5), 'is gone'],
    ['it was set back by hand', () => scene.record('B', 5).fields.set('Note', noteBefore), 'nothing to take back'],
    ['somebody has changed it since', () => scene.record('B', 5).fields.set('Note', 'mine'), 'so it stays'],
  ])('has an obstacle where %s, and then sends nothing', async (_name, move, words) => {
    const { undo, context, snapshot } = await updated({ Note: 'Moved' });
    move();
    expect(await undo.obstacle(context, snapshot)).toContain(words);
    await expect(undo.restore(context, snapshot)).rejects.toMatchObject({
      code: expect.stringMatching(/UPSTREAM_(INVALID|NOT_FOUND)/),
    });
    expect(sent()).toEqual([]);
  });

  test('whose answer was lost is found by what the record holds', async () => {
    const { undo, context, snapshot } = await updated();
    scene.record('B', 5).fields.set('Company', 5);
    scene.standIn.faults.set({ ...put, kind: 'cut', when: 'before-answer', times: 1 });
    await expect(undo.restore(context, snapshot)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    // The company was set back by hand, which is not taken for the undo.
    expect(await undo.findRestored(context, snapshot, new Date())).toBeNull();
    scene.standIn.faults.set({ ...put, kind: 'applied-then-cut', times: 1 });
    await expect(undo.restore(context, snapshot)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await undo.findRestored(context, snapshot, new Date())).toEqual({ target, notRestored: [] });
  });

  test('takes no snapshot of another form', async () => {
    const { undo, context } = update();
    await expect(undo.restore(context, { version: 2 })).rejects.toMatchObject({ code: 'UPSTREAM_INVALID' });
    expect(scene.requests()).toEqual([]);
  });
});
