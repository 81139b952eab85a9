import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { company, openStandIn, type StandInScene } from '#test/support/ninox-deletion.ts';
import { type Answer, prepareReading, type Reading } from '#test/support/ninox-reading.ts';
import { json, type RawServer, startRawServer } from '#test/support/raw-server.ts';

let scene: StandInScene;
let reading: Reading;
const raw: RawServer[] = [];
beforeEach(async () => {
  scene = await openStandIn();
  reading = prepareReading(scene.baseUrl);
});
afterEach(async () => {
  await scene.standIn.close();
  for (const server of raw.splice(0)) await server.close();
});

const database = { team_id: company.team, database_id: company.crm };
const contacts = { ...database, table_id: 'B' };
const deals = { ...database, table_id: 'D' };

interface Shown {
  readonly record_id: string;
  readonly fields: Answer;
}
const recordsOf = (answer: Answer) => answer.records as readonly Shown[];
const idsOf = (pages: readonly Answer[]) => pages.flatMap((page) => recordsOf(page).map(({ record_id }) => record_id));
const upTo = (count: number) => Array.from({ length: count }, (_, at) => String(at + 1));

describe('listing records', () => {
  test('gives every record once over several pages and says where it is complete', async () => {
    const pages = await reading.readAll('ninox_list_records', { ...contacts, page_size: 7 });
    expect(idsOf(pages)).toEqual(upTo(40));
    expect(pages.map(({ complete, count }) => [complete, count])).toEqual([
      ...Array.from({ length: 5 }, () => [false, 7]),
      [true, 5],
    ]);
    expect(pages[0]).toMatchObject({ ...contacts, table: 'Contacts' });
  });

  test.each([
    [[{ field: 'Last name', value: 'Varnhorst' }], ['5', '12']],
    [[{ field: 'Last name', operator: 'starts with', value: 'varn' }], ['5', '12']],
    [[{ field: 'Last name', operator: 'contains', value: 'ARNH' }], ['5', '12']],
    [
      [
        { field: 'Company', value: 5 },
        { field: 'Newsletter', value: true },
      ],
      ['5', '12'],
    ],
    [
      [
        { field: 'Company', value: '24' },
        { field: 'Note', operator: 'is empty' },
      ],
      ['24', '39'],
    ],
    [[{ field: 'Last name', value: 'Nobody' }], []],
  ])('filters by %j', async (filters, expected) => {
    expect(idsOf(await reading.readAll('ninox_list_records', { ...contacts, filters }))).toEqual(expected);
  });

  test('compares numbers by size and a choice by its option', async () => {
    const rich = await reading.read('ninox_list_records', {
      ...deals,
      filters: [{ field: 'Amount', operator: '>=', value: 5000 }],
      sort: { field: 'Amount', descending: true },
    });
    const amounts = recordsOf(rich).map(({ fields }) => Number(fields.Amount));
    expect(amounts.length).toBeGreaterThan(1);
    expect(amounts.every((amount) => amount >= 5000)).toBe(true);
    expect(amounts).toEqual(amounts.toSorted((left, right) => right - left));
    const leads = { ...database, table_id: 'A', filters: [{ field: 'Status', operator: '!=', value: 'Customer' }] };
    const statuses = recordsOf(await reading.read('ninox_list_records', leads)).map(({ fields }) => fields.Status);
    expect(new Set(statuses)).toEqual(new Set(['Lead', 'Dormant']));
  });

  test('filters over pages too, with each record that fits once', async () => {
    const filters = [{ field: 'Newsletter', value: true }];
    const all = idsOf([await reading.read('ninox_list_records', { ...contacts, filters, page_size: 200 })]);
    const pages = await reading.readAll('ninox_list_records', { ...contacts, filters, page_size: 4 });
    expect(pages.length).toBeGreaterThan(2);
    expect(idsOf(pages)).toEqual(all);
  });

  test('shows the fields that were asked for alone', async () => {
    const page = await reading.read('ninox_list_records', { ...contacts, fields: ['Last name'], page_size: 1 });
    expect(recordsOf(page)).toMatchObject([{ record_id: '1', fields: { 'Last name': 'Quillen' } }]);
    expect(Object.keys(recordsOf(page)[0]?.fields ?? {})).toEqual(['Last name']);
  });

  test.each([
    [{ filters: [{ field: 'Lastname', value: 'x' }] }, 'There is no field “Lastname”; near to it is “Last name”'],
    [{ sort: { field: 'Emial' } }, '“Email”'],
    [{ fields: ['Nothing'] }, 'There is no field “Nothing”'],
    [{ filters: [{ field: 'B', value: 'x' }] }, '“B” is an id: that field is named “Last name”'],
    [{ filters: [{ field: 'Newsletter', value: 'perhaps' }] }, 'true or false'],
    [{ filters: [{ field: 'Company', operator: '<', value: 3 }] }, 'has no order'],
  ])('says what is wrong with %j before it asks for a record', async (args, message) => {
    await expect(reading.read('ninox_list_records', { ...contacts, ...args })).rejects.toMatchObject({
      code: 'UPSTREAM_INVALID',
      message: expect.stringContaining(message),
    });
    expect(scene.requests().filter((one) => one.includes('/records'))).toEqual([]);
  });

  test('refuses a cursor of another question', async () => {
    const { next_cursor: cursor } = await reading.read('ninox_list_records', { ...contacts, page_size: 2 });
    for (const args of [
      { ...deals, cursor },
      { ...contacts, cursor: 'AAAA' },
      { ...contacts, sort: { field: 'Note' }, cursor },
    ]) {
      await expect(reading.read('ninox_list_records', args)).rejects.toMatchObject({ code: 'UPSTREAM_INVALID' });
    }
  });

  test('stays within what an answer may have and goes on where it stopped', async () => {
    for (const record of scene.table('B').records.values())
      record.fields.set('Note', `${record.id} ${'x'.repeat(30_000)}`);
    const pages = await reading.readAll('ninox_list_records', { ...contacts, page_size: 200 });
    expect(idsOf(pages)).toEqual(upTo(40));
    for (const page of pages) expect(JSON.stringify(page).length).toBeLessThan(256 * 1024);
  });

  test('a Ninox that filters by nothing and gives one page for ever neither misleads nor loops', async () => {
    const records = Array.from({ length: 200 }, (_, at) => ({
      id: at + 1,
      fields: { Name: at % 2 === 0 ? 'a' : 'b' },
    }));
    const server = await startRawServer((request, response) => {
      const isTable = request.url?.endsWith('/tables/B') === true;
      json(response, isTable ? { id: 'B', name: 'T', fields: [{ id: 'A', name: 'Name', type: 'string' }] } : records);
    });
    raw.push(server);
    const stubborn = prepareReading(server.baseUrl);
    const filters = [{ field: 'Name', value: 'b' }];
    const page = await stubborn.read('ninox_list_records', { ...contacts, filters, page_size: 100 });
    expect(recordsOf(page).every(({ fields }) => fields.Name === 'b')).toBe(true);
    expect(page.complete).toBe(false);
    await expect(stubborn.readAll('ninox_list_records', { ...contacts, filters, page_size: 100 })).rejects.toThrow(
      'same page of records again',
    );
  });
});

describe('one record', () => {
  test('is found by an exact value, as often as it is there', async () => {
    const found = await reading.read('ninox_find_record', { ...contacts, field: 'Last name', value: 'Varnhorst' });
    expect(idsOf([found])).toEqual(['5', '12']);
    expect(found.complete).toBe(true);
    const none = await reading.read('ninox_find_record', { ...contacts, field: 'Last name', value: 'varnhorst' });
    expect([none.count, none.complete]).toEqual([0, true]);
  });

  test('is read by its number; what is too long is cut, told, and read on', async () => {
    const long = 'ä'.repeat(90_000);
    scene.record('B', 12).fields.set('Note', long);
    const answer = await reading.read('ninox_get_record', { ...contacts, record_id: 12 });
    expect(answer).toMatchObject({
      complete: false,
      record: { record_id: '12', cut: [{ field: 'Note', characters: 90_000 }] },
    });
    let text = '';
    for (let from: unknown = 0; from !== null; ) {
      const part = await reading.read('ninox_get_record', {
        ...contacts,
        record_id: 12,
        fields: ['Note'],
        text_from: from,
      });
      text += String(part.text);
      from = part.next_from;
    }
    expect(text).toBe(long);
  });
});

describe('the schema', () => {
  test('names tables and fields with their types, options and links', async () => {
    const schema = await reading.read('ninox_get_schema', database);
    expect(schema).toMatchObject({ ...database, complete: true, next_cursor: null });
    expect(schema.tables).toMatchObject([
      {
        table_id: 'A',
        name: 'Companies',
        fields: [
          { field_id: 'A', name: 'Name', type: 'string', writable: true },
          { name: 'Status', type: 'choice', options: ['Lead', 'Customer', 'Dormant'] },
          {},
          {},
          {},
          { name: 'Contacts', type: 'rev', writable: false, linked_from: 'B' },
          {},
        ],
      },
      { table_id: 'B' },
      { table_id: 'C' },
      { table_id: 'D' },
    ]);
  });

  test('leaves out the tables that are not granted', async () => {
    const limited = prepareReading(scene.baseUrl, ({ table }) => table === undefined || table === 'B');
    const names = async (tool: string) =>
      ((await limited.read(tool, database)).tables as readonly { table_id: string }[]).map(({ table_id }) => table_id);
    expect(await names('ninox_get_schema')).toEqual(['B']);
    expect(await names('ninox_list_tables')).toEqual(['B']);
  });
});

describe('changes', () => {
  const change = async (method: string, path: string, body?: unknown) => {
    const url = `${scene.baseUrl}/teams/${company.team}/databases/${company.crm}/tables/${path}`;
    const headers = { authorization: 'Bearer k3y-Of-A-test_0123456789', 'content-type': 'application/json' };
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    expect((await fetch(url, init)).status).toBe(200);
  };
  type Change = {
    readonly kind: string;
    readonly table_id: string;
    readonly record_id: string;
    readonly fields?: Answer;
  };
  const keysOf = (pages: readonly Answer[]) =>
    pages.flatMap(({ changes }) =>
      (changes as readonly Change[]).map(({ kind, table_id, record_id }) => `${kind} ${table_id}${record_id}`),
    );

  test('are told once each over several pages, what is gone first', async () => {
    const { next_since: since } = await reading.read('ninox_list_changes', database);
    await change('DELETE', 'B/records/23');
    await change('POST', 'A/records', { fields: { Name: 'New one' } });
    await change('PUT', 'B/records/1', { fields: { Note: 'changed' } });
    await change('PUT', 'B/records/2', { fields: { Note: 'changed too' } });
    const pages = await reading.readAll('ninox_list_changes', { ...database, since, page_size: 2 });
    const keys = keysOf(pages);
    expect(keys).toEqual(expect.arrayContaining(['removed B23', 'created A25', 'updated B1', 'updated B2']));
    expect(new Set(keys).size).toBe(keys.length);
    expect(pages.slice(0, -1).every(({ next_since }) => next_since === null)).toBe(true);
    const last = pages.at(-1)?.next_since;
    expect(keysOf(await reading.readAll('ninox_list_changes', { ...database, since: last }))).toEqual([]);
    const ofTable = await reading.readAll('ninox_list_changes', { ...contacts, since });
    expect(keysOf(ofTable).every((key) => key.includes(' B'))).toBe(true);
    const changes = ofTable.flatMap((page) => page.changes as readonly Change[]);
    expect(changes.find(({ record_id }) => record_id === '1')?.fields).toMatchObject({ Note: 'changed' });
  });

  test('of tables that are not granted are not told', async () => {
    const { next_since: since } = await reading.read('ninox_list_changes', database);
    await change('DELETE', 'B/records/23');
    await change('PUT', 'A/records/1', { fields: { Name: 'Other' } });
    const limited = prepareReading(scene.baseUrl, ({ table }) => table === undefined || table === 'A');
    expect(keysOf(await limited.readAll('ninox_list_changes', { ...database, since }))).toEqual(['updated A1']);
  });
});

describe('files', () => {
  const twelve = { ...contacts, record_id: 12 };
  const attach = (name: string, contentType: string, content: Uint8Array) => {
    const record = scene.record('B', 12);
    const file = { name, contentType, content, modifiedDate: '', modifiedUser: '', sequence: 1, field: null };
    record.files = [...record.files, file];
  };

  test('are listed and their text is read, part by part', async () => {
    const text = `${'Straße 🙂\n'.repeat(9_000)}end`;
    attach('long note & more?.txt', 'text/plain', Buffer.from(text));
    const { files, complete } = await reading.read('ninox_list_files', twelve);
    expect((files as readonly Answer[]).map(({ name }) => name)).toEqual([
      'business-card.txt',
      'fair-notes.txt',
      'long note & more?.txt',
    ]);
    expect(complete).toBe(true);
    let found = '';
    for (let from: unknown = 0; from !== null; ) {
      const part = await reading.read('ninox_read_file', {
        ...twelve,
        file_name: 'long note & more?.txt',
        text_from: from,
      });
      expect(String(part.text).length).toBeLessThanOrEqual(40_000);
      found += String(part.text);
      from = part.next_from;
    }
    expect(found).toBe(text);
  });

  test.each([
    ['photo.png', 'image/png', Buffer.from([0x89, 0x50, 0, 1]), 'holds no text'],
    ['lie.txt', 'text/plain', Buffer.from([0xff, 0xfe, 0, 1]), 'holds no text'],
    ['huge.txt', 'text/plain', Buffer.alloc(2_000_001, 'x'), 'larger than 2 MB'],
  ])('%s is only described', async (name, type, content, why) => {
    attach(name, type, content);
    expect(await reading.read('ninox_read_file', { ...twelve, file_name: name })).toMatchObject({
      file: { name, size: content.byteLength, content_type: type },
      text: null,
      note: expect.stringContaining(why),
    });
  });

  test('a name that is none of the record’s is not asked for', async () => {
    await expect(reading.read('ninox_read_file', { ...twelve, file_name: 'fair-note.txt' })).rejects.toMatchObject({
      code: 'UPSTREAM_NOT_FOUND',
      message: expect.stringContaining('“fair-notes.txt”'),
    });
    for (const file_name of ['../../1', '..', 'a/b', 'a\\b', '']) {
      await expect(reading.read('ninox_read_file', { ...twelve, file_name })).rejects.toThrow('does not fit');
    }
  });
});
