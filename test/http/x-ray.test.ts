import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PersonaDetailView, XRayCheckView, XRayView } from '#channels/http/contract/personas.ts';
import { databaseId, openPersonaApp, type PersonaApp, teamId } from '../support/persona-app.ts';

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
const create = async (definition: object = clerk) =>
  (await app.ask<PersonaDetailView>('ann', 'POST /api/v1/personas', { definition })).body;

describe('X-ray', () => {
  test('says what the persona can do, as whom, within what, and what stands in the way', async () => {
    const limits = { teams: [teamId] };
    const { persona } = await create({ ...clerk, scopes: [...clerk.scopes, 'ninox:databases:read'], limits });
    const { body } = await app.ask<XRayView>('ann', `GET /api/v1/personas/${persona.id}/x-ray`);
    expect(body.actor).toEqual({ id: 'ann', name: 'Ann', role: 'owner' });
    const main = { id: 'main', label: 'Main key', ownership: 'organization', status: 'active' };
    expect(body.connections).toEqual([{ integration: 'ninox', connection: main }]);
    const blocked = Object.fromEntries(body.tools.map(({ tool, blockedBy }) => [tool.name, blockedBy?.code ?? null]));
    expect(blocked).toMatchObject({
      ninox_list_teams: null,
      ninox_get_databases: null,
      ninox_delete_record: null,
    });
    const deleting = body.tools.find(({ tool }) => tool.name === 'ninox_delete_record');
    expect(deleting).toMatchObject({
      gates: [{ why: 'policy', when: 'at_once', message: expect.stringContaining('approve each call') }],
      rule: { people: null, fourEyes: false, hours: 24, deciders: [{ name: 'Ann' }, { name: 'Bob' }] },
      effects: { run: null, hour: null, day: null, rows: null },
    });
    expect(body.outsideText).toBe('ask');
    expect(body.tools.find(({ tool }) => tool.name === 'ninox_get_team')?.parameters).toEqual([
      { name: 'team_id', description: expect.stringContaining('Ninox team') },
    ]);
    const scopes = ['ninox:teams:read', 'ninox:records:delete', 'ninox:databases:read'];
    expect(body.grants).toEqual([{ integration: 'ninox', scopes, limits }]);
    expect(body.names).toEqual({ [teamId]: 'One' });
    expect(app.ninox.seen).toEqual([]);
  });

  test('is made for whoever asks: an auditor and a narrow API key can have nothing done', async () => {
    const { persona } = await create();
    for (const who of ['ida', 'key'] as const) {
      const { body } = await app.ask<XRayView>(who, `GET /api/v1/personas/${persona.id}/x-ray`);
      expect(body.tools.filter(({ allowed }) => allowed)).toEqual([]);
      expect(body.grants).toMatchObject([{ scopes: [] }]);
    }
  });

  test('is made for a guest, for whom only what is granted to guests is read', async () => {
    const guests = { scopes: ['ninox:teams:read'], limits: { teams: [teamId] } };
    const { persona } = await create({ ...clerk, guests });
    expect(persona.guests).toEqual(guests);
    const path = `/api/v1/personas/${persona.id}/x-ray` as const;
    const { body } = await app.ask<XRayView>('ann', `GET ${path}?as=guest`);
    expect(body.actor).toEqual({ id: 'any-guest', name: 'A guest', role: 'guest' });
    expect(body.tools.filter(({ allowed }) => allowed).map(({ tool }) => tool.name)).toEqual([
      'ninox_list_teams',
      'ninox_get_team',
    ]);
    expect(body.grants).toEqual([{ integration: 'ninox', ...guests }]);
    const check = async (team: string) =>
      (
        await app.ask<XRayCheckView>('ann', `POST ${path}/checks`, {
          tool: 'ninox_get_team',
          arguments: { team_id: team },
          as: 'guest',
        })
      ).body;
    expect(await check(teamId)).toMatchObject({ verdict: 'allowed' });
    expect(await check('someotherteam1')).toMatchObject({ verdict: 'denied', rule: { code: 'RESOURCE_NOT_GRANTED' } });
  });

  test('shows nothing for a guest of a persona that does not answer guests', async () => {
    const { persona } = await create();
    expect(persona.guests).toBeNull();
    const { body } = await app.ask<XRayView>('ann', `GET /api/v1/personas/${persona.id}/x-ray?as=guest`);
    expect(body.tools.filter(({ allowed }) => allowed)).toEqual([]);
  });

  test('guests are given nothing that changes something, and nothing the persona does not hold', async () => {
    const refused = async (scope: string) =>
      (await app.ask('ann', 'POST /api/v1/personas', { definition: { ...clerk, guests: { scopes: [scope] } } })).body;
    expect(await refused('ninox:records:delete')).toMatchObject({
      code: 'INPUT_INVALID',
      detail: expect.stringContaining('guests.scopes.0: is not for guests'),
    });
    expect(await refused('ninox:databases:read')).toMatchObject({
      detail: expect.stringContaining('guests.scopes.0: gives guests what the persona itself does not hold'),
    });
  });

  test('answers whether a call would be allowed, and by which rule not', async () => {
    const { persona } = await create({ ...clerk, limits: { teams: [teamId] } });
    const check = async (tool: string, args: object) => {
      const where = `POST /api/v1/personas/${persona.id}/x-ray/checks` as const;
      return (await app.ask<XRayCheckView>('ann', where, { tool, arguments: args })).body;
    };
    const allowed = await check('ninox_get_team', { team_id: teamId });
    expect(allowed).toMatchObject({ verdict: 'allowed', rule: null });
    expect(allowed.steps.every(({ passed }) => passed)).toBe(true);
    const outside = await check('ninox_get_team', { team_id: 'TeamTwoBBBBBBBBB2' });
    expect(outside).toMatchObject({ verdict: 'denied', rule: { code: 'RESOURCE_NOT_GRANTED' } });
    expect(outside.steps.at(-1)).toEqual({ rule: 'The target is within the limits', passed: false });
    const record = { team_id: teamId, database_id: databaseId, table_id: 'A', record_id: '7' };
    expect(await check('ninox_delete_record', record)).toMatchObject({
      verdict: 'needs_approval',
      rule: null,
      gates: [{ why: 'policy', when: 'at_once' }],
    });
    expect(await check('ninox_get_databases', { team_id: teamId })).toMatchObject({
      rule: { code: 'TOOL_NOT_GRANTED' },
    });
    expect(await check('nothing', {})).toMatchObject({ verdict: 'denied', rule: { code: 'TOOL_UNKNOWN' } });
    expect(await app.audit.list({ organizationId: 'organization-1', limit: 9 })).toMatchObject({ items: [{}] });
  });

  test('says when it will ask, who may decide then, and that nobody can where nobody is left', async () => {
    const remove = 'ninox_delete_record';
    const { persona } = await create({
      ...clerk,
      approvals: { [remove]: 'ask above 5' },
      approvers: { [remove]: { people: ['ann'], fourEyes: true, hours: 2 } },
      effects: { [remove]: { day: 20 } },
    });
    const of = async (who: 'ann' | 'mia') => {
      const { body } = await app.ask<XRayView>(who, `GET /api/v1/personas/${persona.id}/x-ray`);
      return body.tools.find(({ tool }) => tool.name === remove);
    };
    const gates = [
      { why: 'bound', when: 'later', message: expect.stringContaining('up to 5 records') },
      { why: 'outside_text', when: 'later', message: expect.stringContaining('strangers') },
    ];
    const rule = { people: [{ id: 'ann', name: 'Ann', mayDecide: true }], fourEyes: true, hours: 2 };
    expect(await of('mia')).toMatchObject({
      gates,
      rule: { ...rule, deciders: [{ id: 'ann' }] },
      effects: { day: 20 },
    });
    expect((await of('ann'))?.rule.deciders).toEqual([]);
  });

  test('arguments that are nested without end are refused in plain words', async () => {
    const { persona } = await create();
    let deep: object = {};
    for (let level = 0; level < 4_000; level += 1) deep = { a: deep };
    const where = `POST /api/v1/personas/${persona.id}/x-ray/checks` as const;
    const answer = await app.ask('ann', where, { tool: 'ninox_list_teams', arguments: deep });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INPUT_INVALID' } });
  });
});
