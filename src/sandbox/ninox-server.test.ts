import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNinoxServer } from './ninox-server.ts';
import {
  allKey,
  company,
  companyKey,
  contacts,
  crm,
  type SendOptions,
  type StartedStandIn,
  south,
  startStandIn,
  workshop,
} from './ninox-test-client.ts';

let standIn: StartedStandIn;
const send = (path: string, options?: SendOptions) => standIn.send(path, options);
const get = <Shape>(path: string) => standIn.get<Shape>(path);

beforeEach(async () => {
  standIn = await startStandIn();
});
afterEach(() => standIn.server.close());

describe('what it says of itself', () => {
  it('is labelled on its start page and in every answer', async () => {
    const page = await fetch(new URL('/', standIn.baseUrl));
    expect(await page.text()).toMatch(/stand-in.*not Ninox/);
    for (const path of ['/teams', '/nothing', '/teams/none'])
      expect((await send(path)).headers.get('x-ninox-stand-in')).toBe('true');
    expect((await send('/teams', { key: null })).headers.get('x-ninox-stand-in')).toBe('true');
  });

  it('answers on 127.0.0.1 only', async () => {
    expect(standIn.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    await expect(fetch(standIn.baseUrl.replace('127.0.0.1', '127.0.0.2'))).rejects.toThrow(TypeError);
  });

  it('logs what arrived', async () => {
    await send('/teams?a=1');
    await send('/nothing', { method: 'POST' });
    expect(standIn.server.requests).toEqual([
      { method: 'GET', path: '/v1/teams', query: '?a=1', status: 200 },
      { method: 'POST', path: '/v1/nothing', query: '', status: 404 },
    ]);
  });

  it('keeps only the newest requests', async () => {
    await send('/first');
    for (let batch = 0; batch < 20; batch += 1) await Promise.all(Array.from({ length: 50 }, () => send('/later')));
    expect(standIn.server.requests).toHaveLength(1000);
    expect(standIn.server.requests.map(({ path }) => path)).not.toContain('/v1/first');
  });

  it('refuses a port that is taken', async () => {
    const other = createNinoxServer({ keys: [] });
    await expect(other.listen(Number(new URL(standIn.baseUrl).port))).rejects.toThrow(/EADDRINUSE/);
    await other.close();
  });
});

describe('keys', () => {
  it.each([[null], ['wrong'], ['']])('answers 401 to the key %j', async (key) => {
    const answer = await send('/teams', { key });
    expect([answer.status, answer.json()]).toEqual([401, { message: 'Unauthorized' }]);
  });

  it('shows a key its own teams only', async () => {
    const answer = await send('/teams', { key: companyKey });
    expect(answer.json()).toEqual([{ id: company.team, name: 'Example Interiors' }]);
  });

  it('answers for a foreign team as for one that does not exist', async () => {
    const foreign = [
      `/teams/${workshop.team}`,
      `/teams/${workshop.team}/databases`,
      `/teams/${workshop.team}/databases/${workshop.inventory}`,
      `/teams/${workshop.team}/databases/${workshop.inventory}/tables/A/records/1`,
      '/teams/aaaaaaaaaaaaaaaaa',
    ];
    for (const path of foreign) {
      const answer = await send(path, { key: companyKey });
      expect([path, answer.status, answer.json()]).toEqual([path, 404, { message: 'Team Not Found' }]);
    }
  });

  it('does not reach a database of another team through a team it sees', async () => {
    const path = `/teams/${company.team}/databases/${workshop.inventory}/tables/A/records/1`;
    for (const method of ['GET', 'DELETE']) expect((await send(path, { method, key: companyKey })).status).toBe(404);
    const own = `/teams/${workshop.team}/databases/${workshop.inventory}/tables/A/records/1`;
    expect((await send(own)).status).toBe(200);
  });
});

describe('teams, databases and tables', () => {
  it('lists and gets teams', async () => {
    const teams = await get<{ id: string; name: string }[]>('/teams');
    expect(teams.map(({ id }) => id)).toEqual([company.team, workshop.team, south.team]);
    expect(await get(`/teams/${south.team}`)).toEqual({ id: south.team, name: 'Büro Süd' });
  });

  it('lists the databases of one team', async () => {
    expect(await get(`/teams/${workshop.team}/databases`)).toEqual([
      { id: workshop.inventory, name: 'Inventory' },
      { id: workshop.machines, name: 'Machines' },
    ]);
  });

  it('gives a database without an id, and its schema alone', async () => {
    type Schema = { seq: number; types: Record<string, { caption: string; fields: Record<string, { base: string }> }> };
    const database = await get<{ settings: { name: string }; schema: Schema }>(crm);
    expect(Object.keys(database)).toEqual(['settings', 'schema']);
    expect(database.settings.name).toBe('CRM');
    expect(database.schema.types.B?.caption).toBe('Contacts');
    expect(await get(`${crm}/schema`)).toEqual(database.schema);
  });

  it('leaves formulas out of tables but not out of the schema', async () => {
    type Table = { id: string; name: string; fields: { id: string; name: string; type: string }[] };
    const tables = await get<Table[]>(`${crm}/tables`);
    expect(tables.map(({ name }) => name)).toEqual(['Companies', 'Contacts', 'Activities', 'Deals']);
    expect(JSON.stringify(tables)).not.toContain('Weighted amount');
    expect(JSON.stringify(await get(`${crm}/schema`))).toContain('Weighted amount');
    expect(await get(`${crm}/tables/D`)).toEqual(tables[3]);
  });

  it('gives choices and both ends of a reference, and takes a table by its name', async () => {
    const table = await get<{ fields: unknown[] }>(`${crm}/tables/Companies`);
    expect(table.fields).toContainEqual({
      id: 'B',
      name: 'Status',
      type: 'choice',
      choices: [
        { id: '1', caption: 'Lead', captions: {}, order: 0 },
        { id: '2', caption: 'Customer', captions: {}, order: 1 },
        { id: '3', caption: 'Dormant', captions: {}, order: 2 },
      ],
    });
    const contactsTable = await get<{ fields: unknown[] }>(`${crm}/tables/B`);
    expect(table.fields).toContainEqual({
      id: 'F',
      name: 'Contacts',
      type: 'rev',
      referenceFromTable: 'B',
      referenceFromField: 'E',
    });
    expect(contactsTable.fields).toContainEqual({
      id: 'E',
      name: 'Company',
      type: 'ref',
      referenceToTable: 'A',
      reverseField: 'F',
    });
  });

  it.each([
    ['GET', '/nothing', 'End-point not found'],
    ['GET', '', 'End-point not found'],
    ['PATCH', '/teams', 'End-point not found'],
    ['GET', `${crm}/tables/B/fields`, 'End-point not found'],
    ['GET', `${crm}x`, 'Database Not Found'],
    ['GET', `${crm}/tables/ZZ`, 'Table Not Found'],
    ['GET', `${contacts}/999`, 'Not Found'],
    ['GET', `${contacts}/0`, 'Not Found'],
    ['GET', `${contacts}/01`, 'Not Found'],
    ['GET', `${contacts}/1.5`, 'Not Found'],
    ['GET', `${contacts}/abc`, 'Not Found'],
    ['GET', `${contacts}/1/files/none.pdf`, 'Not Found'],
  ])('answers %s %s with 404 and a message', async (method, path, message) => {
    const answer = await send(path, { method });
    expect([answer.status, answer.json()]).toEqual([404, { message }]);
  });

  it('answers 400 to a path that cannot be decoded', async () => {
    expect((await send('/teams/%E0%A4%A')).status).toBe(400);
  });
});

describe('changes', () => {
  type Changes = { seq: number; updates: Record<string, Record<string, unknown>>; removes: string[]; nextRid?: number };

  it('shows what was written and removed since a sequence, at each level', async () => {
    const { seq } = await get<Changes>(`${crm}/changes`);
    await send(`${contacts}/3`, { method: 'PUT', body: { fields: { Note: 'now' } } });
    await send(`${crm}/tables/D/records/2`, { method: 'DELETE' });
    const all = await get<Changes>(`${crm}/changes?sinceSq=${seq}`);
    expect([all.seq, Object.keys(all.updates), all.removes]).toEqual([seq + 2, ['B3'], ['D2']]);
    expect(all.updates.B3).toMatchObject({ F: 'now', _mu: 'api', _sq: seq + 1, _cd: expect.any(Number) });
    const table = await get<Changes>(`${crm}/tables/D/changes?sinceSq=${seq}`);
    expect([table.updates, table.removes, table.nextRid]).toEqual([{}, ['D2'], 23]);
    const record = await get<Changes>(`${contacts}/3/changes?sinceSq=${seq}`);
    expect(Object.keys(record.updates)).toEqual(['B3']);
    const removed = await get<Changes>(`${crm}/tables/D/records/2/changes?sinceSq=${seq}`);
    expect(removed.removes).toEqual(['D2']);
  });
});

describe('files', () => {
  const files = `${contacts}/1/files`;

  async function upload(name: string, content: string): Promise<string> {
    const form = new FormData();
    form.set('file', new File([content], name, { type: 'text/plain' }));
    form.set('fieldName', 'Note');
    const answer = await send(files, { method: 'POST', body: form });
    return `${answer.status} ${answer.text}`;
  }

  it('takes, lists, describes, gives and deletes one', async () => {
    expect(await get(files)).toEqual([]);
    expect(await upload('Angebot März.txt', 'für Sie')).toBe('200 File Uploaded Successfully');
    const path = `${files}/${encodeURIComponent('Angebot März.txt')}`;
    const described = { name: 'Angebot März.txt', size: 8, contentType: 'text/plain' };
    expect(await get(files)).toMatchObject([described]);
    expect(await get(`${path}/metadata`)).toMatchObject(described);
    const download = await send(path);
    expect([download.text, download.headers.get('content-type')]).toEqual(['für Sie', 'text/plain']);
    expect((await send(path, { method: 'DELETE' })).status).toBe(200);
    expect((await send(path)).status).toBe(404);
  });

  it('replaces a file of the same name', async () => {
    await upload('a.txt', 'old');
    await upload('a.txt', 'new');
    expect((await send(`${files}/a.txt`)).text).toBe('new');
    expect(await get<unknown[]>(files)).toHaveLength(1);
  });

  it('refuses an upload without a file', async () => {
    for (const body of [new FormData(), { file: 'x' }]) {
      const answer = await send(files, { method: 'POST', body });
      expect([answer.status, answer.json()]).toEqual([400, { message: 'No file uploaded' }]);
    }
  });
});

it('gives each server its own data', async () => {
  const other = createNinoxServer({ keys: [{ key: allKey, teams: 'all' }] });
  const otherUrl = await other.listen();
  await send(`${contacts}/12`, { method: 'DELETE' });
  const kept = await fetch(`${otherUrl}${contacts}/12`, { headers: { authorization: `Bearer ${allKey}` } });
  expect(kept.status).toBe(200);
  await other.close();
});
