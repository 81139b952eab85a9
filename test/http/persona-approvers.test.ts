import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PersonaDetailView, PersonaFileView, PersonaListView } from '#channels/http/contract/personas.ts';
import { openPersonaApp, type PersonaApp } from '../support/persona-app.ts';

let app: PersonaApp;
beforeEach(async () => {
  app = await openPersonaApp();
});
afterEach(() => app[Symbol.asyncDispose]());

const clerk = {
  name: 'Clerk',
  description: 'Knows the teams.',
  scopes: ['ninox:teams:read', 'ninox:records:delete'],
  instructions: 'You are a clerk.',
};
const create = async (definition: object) => {
  const answer = await app.ask<PersonaDetailView>('ann', 'POST /api/v1/personas', { definition });
  expect(answer.status).toBe(201);
  return answer.body;
};
const change = (id: string, revision: number, definition: object) =>
  app.ask<PersonaDetailView>('ann', `PUT /api/v1/personas/${id}`, { revision, definition });
const problemOf = async (asked: Promise<{ status: number; body: unknown }>) => {
  const { status, body } = await asked;
  return { status, ...(body as { readonly code: string; readonly detail: string }) };
};
const refused = (definition: object) => problemOf(app.ask('ann', 'POST /api/v1/personas', { definition }));

describe('who decides', () => {
  const tool = 'ninox_delete_record';
  const by = (...named: string[]) => ({ ...clerk, approvers: { [tool]: { people: named } } });

  test('only members whose role decides can be named', async () => {
    expect(await refused(by('nobody'))).toMatchObject({
      status: 400,
      code: 'INPUT_INVALID',
      detail: expect.stringMatching(/^approvers\.ninox_delete_record\.people: nobody of this organization has the id/),
    });
    expect((await refused(by('eve'))).detail).toMatch(/nobody of this organization/);
    expect((await refused(by('mia', 'ida'))).detail).toMatch(/Ida is an auditor, who decides nothing/);
    const { persona } = await create(by('mia'));
    expect(persona.approvers).toEqual({
      [tool]: { people: [{ id: 'mia', name: 'Mia', mayDecide: true }], fourEyes: false, hours: 24 },
    });
    expect(persona.problem).toBeNull();
    expect((await problemOf(change(persona.id, 1, by('mia', 'nobody')))).detail).toMatch(/nobody of this/);
  });

  test('whoever has left may stay named, is shown as gone, and where nobody is left the persona says so', async () => {
    const { persona } = await create(by('mia', 'bob'));
    app.leave('bob');
    const second = await change(persona.id, 1, { ...by('bob'), description: 'Another.' });
    expect(second.status).toBe(200);
    expect(second.body.persona.approvers[tool]?.people).toEqual([{ id: 'bob', name: null, mayDecide: false }]);
    expect(second.body.persona.problem).toMatch(
      /^Nobody can approve “Delete a Ninox record”: none of the people chosen/,
    );
    const { items } = (await app.ask<PersonaListView>('ann', 'GET /api/v1/personas')).body;
    expect(items.find(({ id }) => id === persona.id)?.problem).toMatch(/^Nobody can approve/);
    const copy = await app.ask<PersonaDetailView>('ann', `POST /api/v1/personas/${persona.id}/duplicate`);
    expect(copy.status).toBe(201);
    const back = await app.ask('ann', `POST /api/v1/personas/${persona.id}/revert`, { revision: 2, to: 1 });
    expect(back.status).toBe(200);
    expect((await refused(by('bob'))).detail).toMatch(/nobody of this organization/);
  });

  test('every setting about approvals comes back from a file the same', async () => {
    const { persona, definition } = await create({
      ...by('mia'),
      approvals: { [tool]: 'ask above 5' },
      effects: { [tool]: { run: 2, rows: 1 } },
      outsideText: 'trust',
      publicTables: ['database001/B'],
      undo: 'ask',
      budget: { tokens: 5_000 },
    });
    const { body: file } = await app.ask<PersonaFileView>('ann', `GET /api/v1/personas/${persona.id}/file`);
    const back = await app.ask<PersonaDetailView>('ann', 'POST /api/v1/persona-imports', file);
    expect(back.status).toBe(201);
    expect(back.body.definition).toEqual(definition);
    expect(back.body.persona.version).toBe(persona.version);
    const text = file.text.replace('mia', 'nobody');
    const foreign = await problemOf(app.ask('ann', 'POST /api/v1/persona-imports', { ...file, text }));
    expect(foreign.detail).toMatch(/nobody of this organization/);
  });
});
