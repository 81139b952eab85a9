import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type {
  ModelListView,
  PersonaDetailView,
  PersonaFileView,
  PersonaListView,
  RevisionListView,
  XRayView,
} from '#channels/http/contract/personas.ts';
import { fileId, openPersonaApp, type PersonaApp, people, type Who } from '../support/persona-app.ts';

interface Problem {
  readonly code: string;
  readonly detail: string;
}

let app: PersonaApp;
beforeEach(async () => {
  app = await openPersonaApp();
});
afterEach(() => app[Symbol.asyncDispose]());

const clerk = {
  name: 'Büro clerk',
  description: 'Knows the teams.',
  scopes: ['ninox:teams:read', 'ninox:records:delete'],
  approvals: { ninox_delete_record: 'ask' },
  instructions: 'You are a clerk.\n\n- Be brief.',
};
const create = async (definition: object = clerk, who: Who = 'ann') => {
  const answer = await app.ask<PersonaDetailView>(who, 'POST /api/v1/personas', { definition });
  expect(answer.status).toBe(201);
  return answer.body;
};
const change = <Body = PersonaDetailView>(who: Who, id: string, revision: number, definition: object) =>
  app.ask<Body>(who, `PUT /api/v1/personas/${id}`, { revision, definition });
const problemOf = async (asked: Promise<{ status: number; body: unknown }>) => {
  const { status, body } = await asked;
  return { status, ...(body as Problem) };
};
const refused = (definition: object) =>
  problemOf(app.ask('ann', 'POST /api/v1/personas', { definition: { ...clerk, ...definition } }));
const names = async (query = '') =>
  (await app.ask<PersonaListView>('ann', `GET /api/v1/personas${query}`)).body.items.map(({ name }) => name);
const trail = async () =>
  Promise.all(
    (await app.audit.list({ organizationId: 'organization-1', limit: 100 })).items.map(async ({ id, action }) => {
      const found = await app.audit.find('organization-1', id);
      return [action, (found?.body as { details?: unknown } | null)?.details];
    }),
  );

describe('making and changing', () => {
  test('a persona is made, seen in the list and in detail, changed, and every step is recorded', async () => {
    const { persona, editable, createdBy } = await create();
    expect(persona.id).toMatch(/^buro-clerk_[a-z2-9]{8}$/);
    expect(persona).toMatchObject({ revision: 1, file: null, archived: false, model: 'test/scripted', problem: null });
    expect([editable, createdBy]).toEqual([true, 'Ann']);
    expect(persona.tools.map(({ name, approval }) => [name, approval])).toEqual([
      ['ninox_list_teams', 'auto'],
      ['ninox_get_team', 'auto'],
      ['ninox_delete_record', 'ask'],
      ['ninox_delete_records', 'ask'],
    ]);
    expect(await names()).toEqual(['Büro clerk', 'File clerk']);

    const changed = await change('bob', persona.id, 1, { ...clerk, scopes: ['ninox:teams:read'], approvals: {} });
    expect(changed).toMatchObject({ status: 200, body: { persona: { revision: 2 }, updatedBy: 'Bob' } });
    const seen = await app.ask<PersonaDetailView>('mia', `GET /api/v1/personas/${persona.id}`);
    expect(seen.body).toEqual({ ...changed.body, editable: false });
    expect(await trail()).toEqual([
      [
        'persona.changed',
        { name: 'Büro clerk', change: 'edited', changed: ['scopes', 'approvals'], revision: { from: 1, to: 2 } },
      ],
      ['persona.created', { name: 'Büro clerk', change: 'created', revision: 1 }],
    ]);
    expect(await app.audit.verify('organization-1')).toMatchObject({ ok: true, events: 2 });
  });

  test('of two tabs the second is told who was faster, and nothing of it is stored', async () => {
    const { persona } = await create();
    await change('bob', persona.id, 1, { ...clerk, name: 'Bob’s' });
    const late = await problemOf(change('ann', persona.id, 1, { ...clerk, name: 'Ann’s' }));
    expect(late).toMatchObject({ status: 409, code: 'PERSONA_CHANGED' });
    expect(late.detail).toMatch(
      /^Bob changed this persona on \d{4}-\d\d-\d\d \d\d:\d\d UTC, .*revision 1; now it is 2/,
    );
    expect(await names()).toEqual(['Bob’s', 'File clerk']);
    expect((await trail()).filter(([action]) => action === 'persona.changed')).toHaveLength(1);
  });

  test('of many who store at once one wins', async () => {
    const { persona } = await create();
    const race = Array.from({ length: 12 }, (_, place) =>
      change('ann', persona.id, 1, { ...clerk, name: `N${place}` }),
    );
    const statuses = (await Promise.all(race)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(11);
  });

  test('saving what is there already is no change', async () => {
    const { persona } = await create();
    expect((await change('ann', persona.id, 1, clerk)).body.persona.revision).toBe(1);
    expect(await trail()).toHaveLength(1);
  });

  test.each<[string, object, RegExp]>([
    ['a field that is not known', { colour: 'red' }, /Unrecognized key: "colour"/],
    ['no name', { name: ' ' }, /definition.name: must not be empty/],
    ['a model without a provider', { model: 'nowhere/best' }, /^model: .*no configured provider/],
    [
      'a policy for what is no tool',
      { approvals: { ninox_delete_recrd: 'ask' } },
      /is not a tool. Did you mean “ninox_/,
    ],
    [
      'a policy for a tool it is not granted',
      { approvals: { ninox_get_databases: 'ask' } },
      /add ninox:databases:read/,
    ],
    ['a connection that is not there', { connections: { ninox: 'nothing' } }, /no such connection of the whole/],
    ['a connection of one person', { connections: { ninox: 'personal' } }, /no such connection of the whole/],
    ['a connection of another organization', { connections: { ninox: 'elsewhere' } }, /no such connection of the/],
    [
      'a connection of another integration',
      { connections: { ninox: 'mail' } },
      /^connections.ninox: this is a .*email/,
    ],
    ['an integration that is not there', { connections: { fax: 'main' } }, /^connections.fax: there is no such/],
    ['more than a file can hold', { instructions: '語'.repeat(30_000) }, /As a file, .*larger than 64 kB/],
    ['a name that no file can hold', { name: '__proto__' }, /As a file, .*__proto__/],
  ])('%s is refused with the reason', async (_what, definition, reason) => {
    expect(await refused(definition)).toMatchObject({
      status: 400,
      code: 'INPUT_INVALID',
      detail: expect.stringMatching(reason),
    });
    expect(await names()).toEqual(['File clerk']);
  });

  test('a connection of the organization can be attached', async () => {
    expect((await create({ ...clerk, connections: { ninox: 'main' } })).definition.connections).toEqual({
      ninox: 'main',
    });
  });
});

describe('history', () => {
  test('every state is kept, page by page, and any of them can be gone back to', async () => {
    const { persona } = await create();
    const { id } = persona;
    await change('bob', id, 1, { ...clerk, name: 'Second' });
    await change('ann', id, 2, { ...clerk, name: 'Third' });
    const back = await app.ask<PersonaDetailView>('bob', `POST /api/v1/personas/${id}/revert`, { revision: 3, to: 1 });
    expect(back.body.persona).toMatchObject({ name: 'Büro clerk', revision: 4, version: persona.version });

    const first = await app.ask<RevisionListView>('mia', `GET /api/v1/personas/${id}/revisions?limit=3`);
    expect(
      first.body.items.map(({ revision, change: kind, revertedTo, changedBy }) => [
        revision,
        kind,
        revertedTo,
        changedBy,
      ]),
    ).toEqual([
      [4, 'reverted', 1, 'Bob'],
      [3, 'edited', null, 'Ann'],
      [2, 'edited', null, 'Bob'],
    ]);
    const next = `GET /api/v1/personas/${id}/revisions?limit=3&cursor=${first.body.nextCursor}` as const;
    const second = await app.ask<RevisionListView>('mia', next);
    expect(second.body).toMatchObject({ items: [{ revision: 1, change: 'created' }], nextCursor: null });
    expect(second.body.items[0]?.definition).toMatchObject(clerk);
    expect((await trail())[0]).toMatchObject([
      'persona.changed',
      { change: 'reverted', revertedTo: 1, changed: ['name'] },
    ]);

    expect(await problemOf(app.ask('ann', `POST /api/v1/personas/${id}/revert`, { revision: 3, to: 1 }))).toMatchObject(
      {
        code: 'PERSONA_CHANGED',
      },
    );
    expect(await problemOf(app.ask('ann', `POST /api/v1/personas/${id}/revert`, { revision: 4, to: 9 }))).toMatchObject(
      {
        status: 404,
      },
    );
  });
});

describe('archiving', () => {
  test('an archived persona leaves the list, takes no message and no change, and comes back', async () => {
    const { persona } = await create();
    const { id } = persona;
    const archived = await app.ask<PersonaDetailView>('ann', `POST /api/v1/personas/${id}/archive`);
    expect(archived.body).toMatchObject({ persona: { archived: true }, editable: false });
    await app.ask('ann', `POST /api/v1/personas/${id}/archive`);
    expect(await names()).toEqual(['File clerk']);
    expect(await names('?archived=true')).toEqual(['Büro clerk']);
    expect(await problemOf(change('ann', id, 1, { ...clerk, name: 'X' }))).toMatchObject({
      status: 409,
      code: 'CONFLICT',
    });
    const message = {
      actor: people.ann,
      channel: 'web',
      conversationId: 'c',
      personaId: id,
      messageId: 'm',
      text: 'Hi',
    } as const;
    await expect(app.runs.start(message)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const { body } = await app.ask<XRayView>('ann', `GET /api/v1/personas/${id}/x-ray`);
    expect(body.tools.every(({ allowed, blockedBy }) => !allowed && blockedBy?.message.includes('archived'))).toBe(
      true,
    );

    await app.ask('bob', `POST /api/v1/personas/${id}/restore`);
    expect(await names()).toEqual(['Büro clerk', 'File clerk']);
    await (await app.runs.start(message)).done;
    expect((await trail()).map(([action]) => action)).toEqual([
      'persona.restored',
      'persona.archived',
      'persona.created',
    ]);
  });
});

describe('files', () => {
  test('a persona in a file says where it lives and is not changed here, but copied', async () => {
    const place = `/api/v1/personas/${fileId}` as const;
    const { body } = await app.ask<PersonaDetailView>('ann', `GET ${place}`);
    expect(body).toMatchObject({ persona: { file: 'personas/file-clerk.md', revision: null }, editable: false });
    const attempts = [
      app.ask('ann', `PUT ${place}`, { revision: 1, definition: clerk }),
      app.ask('ann', `POST ${place}/archive`),
      app.ask('ann', `POST ${place}/restore`),
      app.ask('ann', `POST ${place}/revert`, { revision: 1, to: 1 }),
    ];
    for (const attempt of attempts) {
      expect(await problemOf(attempt)).toMatchObject({
        status: 409,
        detail: expect.stringContaining('personas/file-clerk.md'),
      });
    }
    const copy = await app.ask<PersonaDetailView>('ann', `POST ${place}/duplicate`);
    expect(copy.body.persona).toMatchObject({ name: 'File clerk (copy)', file: null, revision: 1 });
    expect(copy.body.definition).toMatchObject({ instructions: 'You are a clerk.', scopes: ['ninox:teams:read'] });
    expect((await app.ask<RevisionListView>('ann', `GET ${place}/revisions`)).body.items).toEqual([]);
    expect((await trail())[0]).toMatchObject(['persona.created', { change: 'duplicated', from: fileId }]);
  });

  test('a copy of the longest name still has a good one', async () => {
    const { persona } = await create({ ...clerk, name: `${'x'.repeat(52)}😀 and more`.slice(0, 60) });
    const copy = await app.ask<PersonaDetailView>('ann', `POST /api/v1/personas/${persona.id}/duplicate`);
    expect(copy.body.persona.name).toBe(`${'x'.repeat(52)} (copy)`);
  });

  test('a persona goes out as a file and comes back as the same', async () => {
    const { persona } = await create();
    const { body: file } = await app.ask<PersonaFileView>('mia', `GET /api/v1/personas/${persona.id}/file`);
    expect(file.fileName).toBe('buro-clerk.md');
    const back = await app.ask<PersonaDetailView>('ann', 'POST /api/v1/persona-imports', file);
    expect(back.status).toBe(201);
    expect(back.body.persona).toMatchObject({ version: persona.version, revision: 1 });
    expect(back.body.persona.id).not.toBe(persona.id);
  });

  test('a file with a mistake is refused with its line', async () => {
    const text = '---\nname: X\ndescription: d\nscopes: 7\n---\nHi.\n';
    const answer = problemOf(app.ask('ann', 'POST /api/v1/persona-imports', { fileName: 'My Clerk.md', text }));
    expect(await answer).toMatchObject({ status: 400, detail: 'My Clerk.md, line 4: “scopes” must be a list.' });
  });

  test('files that never were good are named beside the list', async () => {
    await writeFile(path.join(app.personasFolder, 'bad.md'), 'nothing');
    await expect
      .poll(async () => (await app.ask<PersonaListView>('ann', 'GET /api/v1/personas')).body.problems)
      .toMatchObject([{ file: 'personas/bad.md', problem: expect.stringMatching(/^Line 1: /) }]);
  });
});

describe('who may', () => {
  const writes = ['/archive', '/restore', '/duplicate', '/revert'] as const;
  test.each(['mia', 'ida', 'key'] as const)('%s sees and changes nothing', async (who) => {
    const { persona } = await create();
    const place = `/api/v1/personas/${persona.id}` as const;
    for (const rest of ['', '/file', '/revisions', '/x-ray']) {
      expect((await app.ask(who, `GET ${place}${rest}`)).status).toBe(200);
    }
    for (const rest of writes)
      expect((await app.ask(who, `POST ${place}${rest}`, { revision: 1, to: 1 })).status).toBe(403);
    expect((await change(who, persona.id, 1, clerk)).status).toBe(403);
    expect((await app.ask(who, 'POST /api/v1/personas', { definition: clerk })).status).toBe(403);
    expect((await app.ask(who, 'POST /api/v1/persona-imports', { text: '---' })).status).toBe(403);
  });

  test('another organization finds nothing, and shares the files only', async () => {
    const { persona } = await create();
    const place = `/api/v1/personas/${persona.id}` as const;
    for (const rest of ['', '/file', '/revisions', '/x-ray']) {
      expect(await problemOf(app.ask('eve', `GET ${place}${rest}`))).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    }
    const back = { revision: 1, to: 1 };
    for (const rest of writes) {
      const body = rest === '/revert' ? back : {};
      expect((await app.ask('eve', `POST ${place}${rest}`, body)).status, rest).toBe(404);
    }
    expect((await change('eve', persona.id, 1, clerk)).status).toBe(404);
    const check = { tool: 'ninox_list_teams', arguments: {} };
    expect((await app.ask('eve', `POST ${place}/x-ray/checks`, check)).status).toBe(404);
    const list = await app.ask<PersonaListView>('eve', 'GET /api/v1/personas');
    expect(list.body.items.map(({ id }) => id)).toEqual([fileId]);
    expect((await app.ask(null, 'GET /api/v1/personas')).status).toBe(401);
  });
});

test('the list is read page by page, each persona once, whatever is archived meanwhile', async () => {
  const made = [];
  for (const name of ['Cora', 'anton', 'Bert', 'Ärmel', 'Bert']) made.push((await create({ ...clerk, name })).persona);
  const whole = await names();
  expect(whole).toEqual(['anton', 'Ärmel', 'Bert', 'Bert', 'Cora', 'File clerk']);
  const seen: string[] = [];
  let cursor = '';
  do {
    const page = await app.ask<PersonaListView>('ann', `GET /api/v1/personas?limit=2${cursor}`);
    seen.push(...page.body.items.map(({ id }) => id));
    const last = page.body.items.at(-1)?.id;
    if (made.some(({ id }) => id === last)) await app.ask('ann', `POST /api/v1/personas/${last}/archive`);
    cursor = page.body.nextCursor === null ? '' : `&cursor=${page.body.nextCursor}`;
  } while (cursor !== '');
  expect(new Set(seen).size).toBe(6);
  expect(seen).toHaveLength(6);
  expect(await problemOf(app.ask('ann', 'GET /api/v1/personas?cursor=abc'))).toMatchObject({ code: 'INPUT_INVALID' });
});

test('models are those of the configured providers, the default one first', async () => {
  const { body } = await app.ask<ModelListView>('mia', 'GET /api/v1/models');
  expect(body.providers).toEqual(['demo', 'openai', 'test']);
  expect(body.items[0]).toEqual({ id: 'test/scripted', provider: 'test', isDefault: true, isDemo: false });
  expect(body.items).toContainEqual({ id: 'demo/offline', provider: 'demo', isDefault: false, isDemo: true });
  expect(body.items.some(({ provider }) => provider === 'openai')).toBe(true);
  expect(body.items.some(({ provider }) => provider === 'google')).toBe(false);
});
