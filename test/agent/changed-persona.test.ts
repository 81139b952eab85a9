import { expect, test } from 'vitest';
import type { Who } from '../support/persona-app.ts';
import { openPersonaApp, type PersonaApp, people, teamId } from '../support/persona-app.ts';

const definition = {
  name: 'Clerk',
  description: 'd',
  scopes: ['ninox:teams:read'],
  instructions: 'You are a clerk.',
};
const getTeam = { tool: 'ninox_get_team', input: { team_id: teamId } };

async function create(app: PersonaApp, more: object = {}): Promise<{ id: string; version: string }> {
  const request = { definition: { ...definition, ...more } };
  const { body } = await app.ask<{ persona: { id: string; version: string } }>('ann', 'POST /api/v1/personas', request);
  return body.persona;
}

const change = (app: PersonaApp, id: string, more: object, who: Who = 'bob') =>
  app.ask(who, `PUT /api/v1/personas/${id}`, { revision: 1, definition: { ...definition, ...more } });

const message = (personaId: string, messageId = 'm1', conversationId = 'c1') =>
  ({ actor: people.mia, channel: 'web', conversationId, personaId, messageId, text: 'Which team?' }) as const;

const actions = async (app: PersonaApp) =>
  (await app.audit.list({ organizationId: 'organization-1', limit: 50 })).items
    .filter(({ action }) => action.startsWith('tool.'))
    .map(({ action, code, personaVersion }) => ({ action, code, personaVersion }))
    .reverse();

/** A run whose second call waits until something has happened. */
function twoCalls() {
  const first = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  return {
    firstIsDone: first.promise,
    goOn: goOn.resolve,
    decide: async (step: number) => {
      if (step === 1) return getTeam;
      first.resolve();
      await goOn.promise;
      return step === 2 ? getTeam : { text: 'Done.' };
    },
  };
}

test('a run keeps the version it began with while the persona is edited; the next message has the new one', async () => {
  const script = twoCalls();
  await using app = await openPersonaApp({ decide: script.decide });
  const before = await create(app);
  const run = await app.runs.start(message(before.id));
  await script.firstIsDone;
  expect((await change(app, before.id, { instructions: 'You are brief.' })).status).toBe(200);
  script.goOn();
  await run.done;
  const after = await app.directory.find('organization-1', before.id);
  expect(after?.version).not.toBe(before.version);
  expect(await actions(app)).toEqual(
    ['tool.intended', 'tool.succeeded', 'tool.intended', 'tool.succeeded'].map((action) => ({
      action,
      code: null,
      personaVersion: before.version,
    })),
  );
  await (await app.runs.start(message(before.id, 'm2'))).done;
  expect((await actions(app)).slice(4).every(({ personaVersion }) => personaVersion === after?.version)).toBe(true);
  // What the persona was each time is kept for the record.
  for (const version of [before.version, after?.version ?? '']) {
    const kept = await app.versions.find({ organizationId: 'organization-1', personaId: before.id, version });
    expect(kept?.definition).toMatchObject({ id: before.id, version });
  }
});

test.each<[string, (app: PersonaApp, id: string) => Promise<unknown>, string]>([
  ['a scope', (app, id) => change(app, id, { scopes: ['ninox:databases:read'] }), 'TOOL_NOT_GRANTED'],
  ['a team', (app, id) => change(app, id, { limits: { teams: ['TeamTwoBBBBBBBBB2'] } }), 'RESOURCE_NOT_GRANTED'],
  ['the approval', (app, id) => change(app, id, { approvals: { ninox_get_team: 'deny' } }), 'APPROVAL_DENIED'],
  ['all by archiving', (app, id) => app.ask('bob', `POST /api/v1/personas/${id}/archive`), 'TOOL_NOT_GRANTED'],
])('%s that is taken away during a run counts at its next call', async (_what, takeAway, code) => {
  const script = twoCalls();
  await using app = await openPersonaApp({ decide: script.decide });
  const { id } = await create(app);
  const run = await app.runs.start(message(id));
  await script.firstIsDone;
  await takeAway(app, id);
  script.goOn();
  await run.done;
  expect((await actions(app)).map(({ action, code: why }) => [action, why])).toEqual([
    ['tool.intended', null],
    ['tool.succeeded', null],
    ['tool.denied', code],
  ]);
  expect(app.ninox.seen).toHaveLength(1);
});

test('what another process changed is seen at the next message', async () => {
  await using app = await openPersonaApp();
  const { id, version } = await create(app);
  expect((await app.directory.find('organization-1', id))?.version).toBe(version);
  const row = await app.db.query.select().from(app.db.tables.personas);
  const changed = { ...(row[0]?.definition as object), name: 'Changed elsewhere' };
  // As the other process does it, past every cache of this one.
  const { personas } = app.db.tables;
  await app.db.query.update(personas).set({ revision: 2, name: 'Changed elsewhere', definition: changed });
  expect((await app.directory.find('organization-1', id))?.name).toBe('Changed elsewhere');
  await app.db.query.update(personas).set({ archivedAt: new Date() });
  expect(await app.directory.find('organization-1', id)).toBeNull();
});

test('a version that cannot be kept for the record does not act', async () => {
  await using app = await openPersonaApp();
  const { id } = await create(app);
  await app.db.query.run('drop table persona_versions');
  await expect(app.runs.start(message(id))).rejects.toThrow();
  expect(await app.store.find(people.mia, 'c1')).toBeNull();
});
