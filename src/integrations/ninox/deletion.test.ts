import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson } from '#audit/canonical-json.ts';
import type { ChangePlan } from '#integrations/change-plan.ts';
import type { ResourceTarget } from '#integrations/rights.ts';
import {
  company,
  doubleContact,
  openStandIn,
  prepareDeletion,
  type StandInScene,
} from '#test/support/ninox-deletion.ts';
import { type Behaviour, json, type RawServer, startRawServer } from '#test/support/raw-server.ts';

let scene: StandInScene;
const raw: RawServer[] = [];
beforeEach(async () => {
  scene = await openStandIn();
});
afterEach(async () => {
  await scene.standIn.close();
  for (const server of raw.splice(0)) await server.close();
});

const hashOf = (plan: ChangePlan) => createHash('sha256').update(canonicalJson(plan)).digest('hex');
const recordPath = `/v1/teams/${company.team}/databases/${company.crm}/tables/B/records/12`;

async function planOf(args: unknown = doubleContact, allows?: (target: ResourceTarget) => boolean) {
  const { change, context } = scene.deletion(args, allows === undefined ? {} : { allows });
  return change.plan(context);
}

describe('the plan of a deletion', () => {
  test('names team, database, table and record, shows every field and warns of what would be lost', async () => {
    const { plan } = await planOf();
    expect(plan).toEqual({
      summary: 'Delete 1 record from Contacts',
      targets: [
        { level: 'team', id: company.team, name: 'Example Interiors' },
        { level: 'database', id: company.crm, name: 'CRM' },
        { level: 'table', id: 'B', name: 'Contacts' },
        { level: 'record', id: '12', name: 'Jonas' },
      ],
      records: [
        {
          id: '12',
          title: 'Jonas',
          fields: [
            { name: 'First name', value: 'Jonas' },
            { name: 'Last name', value: 'Varnhorst' },
            { name: 'Email', value: 'jonas.varnhorst@example.com' },
            { name: 'Newsletter', value: true },
            { name: 'Company', value: 5 },
            { name: 'Note', value: 'Duplicate of contact 5, entered twice after the fair' },
            { name: 'Activities', value: ['14', '54'] },
          ],
        },
      ],
      count: 1,
      warnings: [
        '2 files are attached and would be lost with the record: “business-card.txt” and “fair-notes.txt”.',
        expect.stringContaining('2 linked records in Activities lose their link to it'),
        'It is linked to record 5 of Companies (“Company”).',
        expect.stringMatching(/another number, without files, without links from other records.*formula fields/),
      ],
    });
  });

  test('takes five reads, one after the other, and changes nothing', async () => {
    await planOf();
    const team = `/v1/teams/${company.team}`;
    const database = `${team}/databases/${company.crm}`;
    expect(scene.requests()).toEqual([
      `GET ${team}`,
      `GET ${team}/databases`,
      `GET ${database}/tables`,
      `GET ${recordPath}`,
      `GET ${recordPath}/files`,
    ]);
  });

  test('is the same to the letter as long as nothing of it moves, whenever it was changed last', async () => {
    const before = await planOf();
    const record = scene.record('B', 12);
    record.sequence += 100;
    record.modifiedAt = '2031-01-01T00:00:00';
    scene.table('B').records.delete(40);
    const after = await planOf();
    expect(hashOf(after.plan)).toBe(hashOf(before.plan));
    expect(after.snapshot).toMatchObject({ sequence: record.sequence, modifiedAt: record.modifiedAt });
  });

  test.each<[string, () => void]>([
    [
      'a changed field',
      () => scene.record('B', 12).fields.set('Note', 'Duplicate of contact 5, entered twice after the fair.'),
    ],
    ['an emptied field', () => scene.record('B', 12).fields.delete('Note')],
    ['a record that is linked to it now', () => scene.record('C', 1).fields.set('Contact', 12)],
    ['another link', () => scene.record('B', 12).fields.set('Company', 6)],
    ['a file that is gone', () => (scene.record('B', 12).files = [])],
    ['a table of another name', () => Object.assign(scene.table('B'), { name: 'People' })],
  ])('moves with %s', async (_name, move) => {
    const before = await planOf();
    move();
    expect(hashOf((await planOf()).plan)).not.toBe(hashOf(before.plan));
  });

  test('moves with a change behind the part of a long text that is shown', async () => {
    const record = scene.record('B', 12);
    record.fields.set('Note', 'long '.repeat(2_000));
    const before = await planOf();
    const shown = before.plan.records[0]?.fields.find(({ name }) => name === 'Note')?.value;
    expect(String(shown).length).toBeLessThan(2_200);
    record.fields.set('Note', `${'long '.repeat(1_999)}lonG `);
    expect(hashOf((await planOf()).plan)).not.toBe(hashOf(before.plan));
  });

  test('tells no name of a table that lies outside of the grant', async () => {
    const { plan } = await planOf(doubleContact, ({ table }) => table === undefined || table === 'B');
    expect(JSON.stringify(plan.warnings)).not.toMatch(/Companies|Activities in|in Activities/);
    expect(plan.warnings[1]).toContain('2 linked records in another table');
    expect(plan.warnings[2]).toBe('It is linked to record 5 of another table (“Company”).');
  });

  test('calls a record without any text by its number', async () => {
    scene.record('B', 12).fields.clear();
    const { plan } = await planOf();
    expect(plan.records[0]).toMatchObject({ title: 'Record 12' });
    expect(plan.targets[3]).toEqual({ level: 'record', id: '12', name: null });
  });

  test.each([
    [{ ...doubleContact, record_id: '999' }, 'no record 999 in the table “Contacts”'],
    [{ ...doubleContact, table_id: 'Z' }, 'no table Z in the database “CRM”'],
    [{ ...doubleContact, database_id: 'k4x9tq2mw7ac' }, 'no database k4x9tq2mw7ac in the team “Example Interiors”'],
    [{ ...doubleContact, team_id: 'hV3kPq8RnZt2WxC6n' }, 'no team hV3kPq8RnZt2WxC6n'],
  ])('says in plain words what is not there: %j', async (args, words) => {
    await expect(planOf(args)).rejects.toMatchObject({
      code: 'UPSTREAM_NOT_FOUND',
      message: expect.stringContaining(words),
    });
  });

  test('keeps what an undo needs', async () => {
    const { snapshot } = await planOf();
    expect(JSON.parse(JSON.stringify(snapshot))).toMatchObject({
      version: 1,
      team: { id: company.team, name: 'Example Interiors' },
      database: { id: company.crm, name: 'CRM' },
      table: { id: 'B', name: 'Contacts' },
      record: '12',
      fields: { Company: 5, Activities: [14, 54], Newsletter: true },
      tableFields: expect.arrayContaining([
        { id: 'E', name: 'Company', type: 'ref', referenceToTable: 'A' },
        { id: 'C', name: 'Email', type: 'email' },
      ]),
      referrers: [{ tableId: 'C', tableName: 'Activities', listedIn: 'Activities' }],
      files: ['business-card.txt', 'fair-notes.txt'],
      sequence: expect.any(Number),
      modifiedAt: expect.any(String),
    });
  });
});

describe('reading back whether a deletion happened', () => {
  test('after a lost answer to one that happened', async () => {
    const { call, change, context } = scene.deletion();
    const { snapshot } = await change.plan(context);
    scene.standIn.faults.set({ match: /records\/12$/, method: 'DELETE', kind: 'applied-then-cut' });
    await expect(call.execute(context)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await change.reconcile(context, snapshot)).toBe('happened');
    expect(change.outputIfHappened).toEqual({ deleted: true, record: doubleContact });
  });

  test('after a lost answer to one that did not', async () => {
    const { call, change, context } = scene.deletion();
    const { snapshot } = await change.plan(context);
    scene.standIn.faults.set({ match: /records\/12$/, method: 'DELETE', kind: 'cut', when: 'before-answer' });
    await expect(call.execute(context)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await change.reconcile(context, snapshot)).toBe('not_happened');
  });

  test('answers as the call itself would have', async () => {
    const { call, change, context } = scene.deletion();
    expect(await call.execute(context)).toEqual(change.outputIfHappened);
  });

  test('takes a table that cannot be seen for no proof of a deletion', async () => {
    const { change, context } = scene.deletion();
    const { snapshot } = await change.plan(context);
    const gone = { kind: 'status', status: 404, body: '{"message":"Team Not Found"}' } as const;
    scene.standIn.faults.set({ match: /tables\/B/, ...gone });
    await expect(change.reconcile(context, snapshot)).rejects.toMatchObject({ code: 'UPSTREAM_NOT_FOUND' });
  });

  test('does not take an outage for an answer', async () => {
    const { change, context } = scene.deletion();
    const { snapshot } = await change.plan(context);
    scene.standIn.faults.set({ match: /records\/12$/, kind: 'status', status: 503 });
    await expect(change.reconcile(context, snapshot)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});

describe('answers of a form that is not documented', () => {
  const answers = (changed: Record<string, unknown>): Behaviour => {
    const team = `/teams/${company.team}`;
    const database = `${team}/databases/${company.crm}`;
    const known: Record<string, unknown> = {
      [team]: { id: company.team, name: 'Team' },
      [`${team}/databases`]: [{ id: company.crm, name: 'CRM' }],
      [`${database}/tables`]: [{ id: 'B', name: 'Contacts', fields: [{ id: 'A', name: 'Name', type: 'string' }] }],
      [`${database}/tables/B/records/12`]: { id: '12', fields: { Name: 'Ada', Total: 12 } },
      [`${database}/tables/B/records/12/files`]: [],
    };
    return (request, response) => {
      const path = request.url ?? '';
      const end = Object.keys(changed).find((key) => path.endsWith(key));
      const body = end === undefined ? known[path] : changed[end];
      if (body === undefined) json(response, { message: 'End-point not found' }, 404);
      else if (typeof body === 'string') response.writeHead(200, { 'content-type': 'text/html' }).end(body);
      else json(response, body);
    };
  };
  async function planAgainst(changed: Record<string, unknown>) {
    const server = await startRawServer(answers(changed));
    raw.push(server);
    const { change, context } = prepareDeletion(server.baseUrl, doubleContact);
    return change.plan(context);
  }

  test('a table whose fields are not listed still shows the record', async () => {
    const { plan } = await planAgainst({ '/tables': [{ id: 'B', name: 'Contacts' }] });
    expect(plan.records[0]?.fields).toEqual([
      { name: 'Name', value: 'Ada' },
      { name: 'Total', value: 12 },
    ]);
  });

  test('a field of an unknown form is left out of the order only', async () => {
    const fields = [{ id: 1 }, null, { id: 'B', name: 'Total', type: 7 }, { id: 'A', name: 'Name', type: 'string' }];
    const { plan } = await planAgainst({ '/tables': [{ id: 'B', name: 'Contacts', fields }] });
    expect(plan.records[0]?.fields.map(({ name }) => name)).toEqual(['Total', 'Name']);
    expect(plan.records[0]?.title).toBe('Ada');
  });

  test('where nobody tells who points to the record, the tables that could are named', async () => {
    const fields = [{ id: 'X', name: 'Contact', type: 'ref', referenceToTable: 'B' }];
    const tables = [
      { id: 'B', name: 'Contacts', fields: [] },
      { id: 'C', name: 'Orders', fields },
    ];
    const { plan } = await planAgainst({ '/tables': tables });
    expect(plan.warnings[0]).toContain('Records in Orders may be linked to it');
  });

  test('a Ninox that lists no files is not taken for one without files', async () => {
    const { plan, snapshot } = await planAgainst({ '/files': undefined });
    expect(plan.warnings[0]).toContain('could not be read');
    expect(snapshot).toMatchObject({ files: null });
  });

  const deep = JSON.parse(`${'['.repeat(50)}${']'.repeat(50)}`) as unknown;
  test.each([
    ['a record without fields', { '/records/12': { id: 12 } }],
    ['another record', { '/records/12': { id: 13, fields: {} } }],
    ['a page', { '/records/12': '<html>Sign in</html>' }],
    ['a field that nests for ever', { '/records/12': { id: 12, fields: { Name: deep } } }],
    ['another team', { [`/teams/${company.team}`]: { id: 'mnPLY6DMsvq9wz4id', name: 'Other' } }],
    ['no list of tables', { '/tables': { B: 'Contacts' } }],
    ['no list of files', { '/files': { name: 'a' } }],
  ])('%s is refused', async (_name, changed) => {
    await expect(planAgainst(changed)).rejects.toMatchObject({ code: 'UPSTREAM_INVALID' });
  });
});
