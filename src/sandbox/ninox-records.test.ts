import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  contacts,
  crm,
  type RecordShape,
  type SendOptions,
  type StartedStandIn,
  startStandIn,
} from './ninox-test-client.ts';

let standIn: StartedStandIn;
const send = (path: string, options?: SendOptions) => standIn.send(path, options);
const get = <Shape>(path: string) => standIn.get<Shape>(path);
const idsAt = async (query: string) => (await get<RecordShape[]>(`${contacts}?${query}`)).map(({ id }) => id);

beforeEach(async () => {
  standIn = await startStandIn();
});
afterEach(() => standIn.server.close());

describe('reading records', () => {
  it('gives one record with the keys and times of Ninox', async () => {
    const record = await get<RecordShape>(`${contacts}/12`);
    expect(Object.keys(record)).toEqual([
      'id',
      'sequence',
      'createdAt',
      'createdBy',
      'modifiedAt',
      'modifiedBy',
      'fields',
    ]);
    expect(record.id).toBe(12);
    for (const time of [record.createdAt, record.modifiedAt]) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    expect(record.fields).toMatchObject({ 'First name': 'Jonas', 'Last name': 'Varnhorst', Company: 5 });
  });

  it('leaves empty fields out and lists what points here in a reverse field', async () => {
    const { fields } = await get<RecordShape>(`${crm}/tables/A/records/5`);
    expect(fields).not.toHaveProperty('Website');
    expect(fields.Contacts).toEqual([5, 12]);
  });

  it('pages by page and perPage and ignores limit and pageSize', async () => {
    expect(await idsAt('perPage=3')).toEqual([1, 2, 3]);
    expect(await idsAt('perPage=3&page=1')).toEqual([4, 5, 6]);
    expect(await idsAt('perPage=30&page=1')).toHaveLength(10);
    expect(await idsAt('page=1')).toEqual([]);
    expect(await idsAt('limit=2&pageSize=2&offset=5')).toHaveLength(40);
  });

  it('gives 100 records where nothing is said, and never more than 1,000', async () => {
    const rows = Array.from({ length: 1100 }, () => ({ fields: { Note: 'many' } }));
    expect((await send(contacts, { method: 'POST', body: rows })).status).toBe(200);
    expect(await idsAt('')).toHaveLength(100);
    expect(await idsAt('perPage=9999')).toHaveLength(1000);
  });

  it('orders by a field, by name or id, both ways', async () => {
    const names = async (query: string) =>
      (await get<RecordShape[]>(`${contacts}?${query}`)).map(({ fields }) => String(fields['Last name']));
    const ascending = await names('order=Last%20name');
    expect(ascending).toEqual([...ascending].sort((left, right) => left.localeCompare(right, 'en')));
    expect((await names('order=B&desc=true'))[0]).toBe(ascending.at(-1));
  });

  it('gives the newest or the last changed first', async () => {
    await send(`${contacts}/7`, { method: 'PUT', body: { fields: { Note: 'touched' } } });
    expect((await idsAt('new=true'))[0]).toBe(40);
    expect((await idsAt('updated=true&perPage=1'))[0]).toBe(7);
  });

  it('gives what came after an id or a sequence', async () => {
    expect(await idsAt('sinceId=37')).toEqual([38, 39, 40]);
    const { seq } = await get<{ seq: number }>(`${crm}/schema`);
    await send(`${contacts}/7`, { method: 'PUT', body: { fields: { Note: 'touched' } } });
    expect(await idsAt(`sinceSq=${seq}`)).toEqual([7]);
  });

  it.each([
    ['field ids at the top', { B: 'Varnhorst', E: 5 }],
    ['field ids under fields', { fields: { B: 'Varnhorst', E: 5 } }],
    ['names under fields', { fields: { 'Last name': 'Varnhorst', Company: '5' } }],
  ])('filters by %s', async (_, filters) => {
    expect(await idsAt(`filters=${encodeURIComponent(JSON.stringify(filters))}`)).toEqual([5, 12]);
  });

  it('refuses filters it cannot read', async () => {
    expect((await send(`${contacts}?filters={`)).json()).toEqual({ message: 'Invalid JSON' });
    expect((await send(`${contacts}?filters=[1]`)).status).toBe(400);
    expect((await send(`${contacts}?filters=${encodeURIComponent('{"Z":1}')}`)).status).toBe(500);
  });

  it('gives fields and choices by id when asked to', async () => {
    const { fields } = await get<RecordShape>(`${crm}/tables/A/records/1?ids=true&choiceStyle=ids`);
    expect(fields).toMatchObject({ A: 'Quillmere Bookshop', B: '2' });
    const named = await get<RecordShape>(`${crm}/tables/A/records/1`);
    expect(named.fields.Status).toBe('Customer');
  });

  it('looks one record up', async () => {
    const lookUp = (filters: unknown) => send(`${crm}/tables/B/record`, { method: 'POST', body: { filters } });
    expect((await lookUp({ 'Last name': 'Ebbing' })).json<RecordShape>().id).toBe(7);
    const none = await lookUp({ 'Last name': 'Nobody' });
    expect([none.status, none.json()]).toEqual([404, { message: 'Not Found' }]);
  });
});

describe('writing records', () => {
  const write = (body: unknown) => send(contacts, { method: 'POST', body });

  it('creates one and answers 200 with its id', async () => {
    const answer = await write({ fields: { 'First name': 'New' } });
    expect([answer.status, answer.json<RecordShape>().id]).toEqual([200, 41]);
    expect((await get<RecordShape>(`${contacts}/41`)).fields).toEqual({ 'First name': 'New' });
  });

  it('creates and updates in one list and answers in its order', async () => {
    const answer = await write([{ fields: { 'First name': 'New' } }, { id: 3, fields: { Note: 'changed' } }]);
    expect(answer.json<RecordShape[]>().map(({ id }) => id)).toEqual([41, 3]);
    const { fields } = await get<RecordShape>(`${contacts}/3`);
    expect(fields).toMatchObject({ Note: 'changed', 'First name': 'Imke' });
  });

  it('takes a reference as a number, as text or as a list of one, and leaves one to nobody empty', async () => {
    const companyOf = async (Company: unknown) =>
      (await write({ fields: { Company } })).json<RecordShape>().fields.Company;
    for (const one of [5, '5', [5], ['5']]) expect(await companyOf(one)).toBe(5);
    expect(await companyOf(999)).toBeUndefined();
    for (const wrong of ['Varnholt', [5, 6], 1.5]) {
      expect((await write({ fields: { Company: wrong } })).status).toBe(500);
    }
  });

  it('understands both forms of _upsert', async () => {
    expect((await write({ id: 90, fields: { Note: 'a' } })).status).toBe(404);
    expect((await write({ id: 90, _upsert: true, fields: { Note: 'a' } })).json<RecordShape>().id).toBe(90);
    const byField = { _upsert: ['Email'], fields: { Email: 'dana.marsh@example.com', Note: 'found' } };
    expect((await write([byField])).json<RecordShape[]>()[0]?.id).toBe(6);
    const isNew = { _upsert: ['Email'], fields: { Email: 'nobody@example.com' } };
    expect((await write(isNew)).json<RecordShape>().id).toBe(91);
  });

  it('keeps unsent fields with PUT and empties those sent as null', async () => {
    const answer = await send(`${contacts}/5`, { method: 'PUT', body: { fields: { Note: null, Newsletter: false } } });
    expect(answer.status).toBe(200);
    const { fields, modifiedBy } = await get<RecordShape>(`${contacts}/5`);
    expect(fields).not.toHaveProperty('Note');
    expect([fields.Newsletter, fields['Last name'], modifiedBy]).toEqual([false, 'Varnhorst', 'api']);
  });

  it.each([
    ['unknown', { Nonsense: 1 }],
    ['of the prototype', JSON.parse('{"__proto__": 1}')],
    ['that is reverse', { Activities: [1] }],
    ['with an object', { Note: { a: 1 } }],
  ])('answers 500 with a message to a field %s, and changes nothing', async (_, fields) => {
    const answer = await write([{ id: 1, fields: { Note: 'first' } }, { fields }]);
    expect([answer.status, answer.json()]).toEqual([500, { message: expect.any(String) }]);
    expect((await get<RecordShape>(`${contacts}/1`)).fields).not.toHaveProperty('Note');
  });

  it('answers 500 to a formula and to an unknown choice, and takes a choice by its id', async () => {
    const deal = `${crm}/tables/D/records/1`;
    const put = (fields: unknown) => send(deal, { method: 'PUT', body: { fields } });
    expect((await put({ 'Weighted amount': 1 })).status).toBe(500);
    expect((await put({ Stage: 'Frozen' })).status).toBe(500);
    expect((await put({ Stage: 3, Tags: ['Fair', '4'] })).json<RecordShape>().fields).toMatchObject({
      Stage: 'Won',
      Tags: ['Fair', 'Urgent'],
    });
  });

  it('answers 400 to a body that is not JSON or not an object', async () => {
    for (const method of ['POST', 'PUT']) {
      const path = method === 'PUT' ? `${contacts}/1` : contacts;
      expect((await send(path, { method })).json()).toEqual({ message: 'Invalid JSON' });
    }
    expect((await write('text')).status).toBe(400);
  });
});

describe('deleting records', () => {
  it('deletes one with 200, and the second time answers 404', async () => {
    expect((await send(`${contacts}/12`, { method: 'DELETE' })).status).toBe(200);
    const again = await send(`${contacts}/12`, { method: 'DELETE' });
    expect([again.status, again.json()]).toEqual([404, { message: 'Not Found' }]);
    expect((await send(`${contacts}/12`)).status).toBe(404);
    expect(await idsAt('')).toHaveLength(39);
  });

  it('empties what pointed to it and gives a new record a new id', async () => {
    await send(`${contacts}/40`, { method: 'DELETE' });
    const wanted = encodeURIComponent('{"fields":{"Contact":40}}');
    expect(await get(`${crm}/tables/C/records?filters=${wanted}`)).toEqual([]);
    const created = await send(contacts, { method: 'POST', body: { fields: {} } });
    expect(created.json<RecordShape>().id).toBe(41);
  });

  it('deletes many by a list of ids', async () => {
    const answer = await send(contacts, { method: 'DELETE', body: [1, '2', 999] });
    expect(answer.status).toBe(200);
    expect((await idsAt('')).slice(0, 2)).toEqual([3, 4]);
  });

  it('takes an empty record id for the deletion of many, as Ninox does', async () => {
    expect((await send(`${contacts}/`, { method: 'DELETE', body: [1, 2, 3] })).status).toBe(200);
    expect(await idsAt('')).toHaveLength(37);
  });

  it('deletes nothing when the list is missing', async () => {
    expect((await send(`${contacts}/`, { method: 'DELETE' })).status).toBe(400);
    expect(await idsAt('')).toHaveLength(40);
  });
});
