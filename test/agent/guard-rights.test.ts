import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '#auth/actor.ts';
import {
  auto,
  type GuardedNinox,
  member,
  openGuardedNinox,
  record,
  runOf,
  T1,
  T2,
  testPersona,
} from '../support/guarded-ninox.ts';
import { json } from '../support/raw-server.ts';

let guarded: GuardedNinox;
beforeEach(async () => {
  guarded = await openGuardedNinox();
});
afterEach(async () => {
  // Whoever follows a connection lets go of it, however the call ended.
  expect(guarded.following.now).toBe(0);
  await guarded.close();
});

const withKey = (keyScopes: readonly string[]): Actor => ({
  ...member,
  keyScopes,
  apiKey: { id: 'key-1', name: 'Reporting' },
});

describe('on whose behalf', () => {
  test.each(['owner', 'admin', 'member'] as const)('a persona acts for %ss', async (role) => {
    expect(await guarded.call(runOf({}, { ...member, role }), 'ninox_list_teams')).toMatchObject({ ok: true });
  });

  test('nothing is done for an auditor, and the denial says why', async () => {
    const result = await guarded.call(runOf(auto, { ...member, role: 'auditor' }), 'ninox_delete_record', record);
    expect(result).toMatchObject({ code: 'TOOL_NOT_GRANTED', message: expect.stringContaining('auditor') });
    expect(guarded.ninox.seen).toEqual([]);
    expect(await guarded.rows()).toMatchObject([{ action: 'tool.denied', connectionId: null }]);
  });

  test('an API key makes the calls it was given by name and no others', async () => {
    const run = runOf(auto, withKey(['chat', 'ninox:teams:read']));
    expect(await guarded.call(run, 'ninox_list_teams')).toMatchObject({ ok: true });
    const refused = await guarded.call(run, 'ninox_delete_record', record);
    expect(refused).toMatchObject({ code: 'TOOL_NOT_GRANTED', message: expect.stringContaining('“Reporting”') });
    expect(guarded.deletes()).toBe(0);
  });

  test('the connection is asked for with who it is for and what the persona is attached to', async () => {
    await guarded.call(runOf({ connections: { ninox: 'connection-9' } }), 'ninox_list_teams');
    await guarded.call(runOf({ connections: { other: 'connection-8' } }), 'ninox_list_teams');
    const question = { organizationId: 'organization-1', actorId: 'user-1', integration: 'ninox' };
    expect(guarded.questions).toEqual([
      { ...question, attached: 'connection-9' },
      { ...question, attached: null },
    ]);
  });
});

describe('a persona that is changed while a run goes on', () => {
  const target = { team_id: T1 };

  test('keeps no right that was taken away since', async () => {
    const run = runOf(auto);
    expect(await guarded.call(run, 'ninox_delete_record', record)).toMatchObject({ ok: true });
    guarded.scene.current = testPersona({
      ...auto,
      scopes: ['ninox:teams:read', 'ninox:databases:read'],
      approvals: {},
    });
    expect(await guarded.call(run, 'ninox_delete_record', record)).toMatchObject({ code: 'TOOL_NOT_GRANTED' });
    expect(await guarded.call(run, 'ninox_get_databases', target)).toMatchObject({ ok: true });
    guarded.scene.current = testPersona({ ...auto, limits: { teams: [T2] } });
    expect(await guarded.call(run, 'ninox_get_databases', target)).toMatchObject({ code: 'RESOURCE_NOT_GRANTED' });
    expect(guarded.deletes()).toBe(1);
  });

  test('gains none that was given since', async () => {
    const run = runOf({ scopes: ['ninox:teams:read'], limits: { teams: [T2] } });
    guarded.scene.current = testPersona(auto);
    expect(await guarded.call(run, 'ninox_delete_record', record)).toMatchObject({ code: 'TOOL_NOT_GRANTED' });
    expect(await guarded.call(run, 'ninox_get_team', target)).toMatchObject({ code: 'RESOURCE_NOT_GRANTED' });
  });

  test('is held to the stricter approval and the smaller budget', async () => {
    const run = runOf(auto);
    guarded.scene.current = testPersona({});
    expect(await guarded.ask(run, 'ninox_delete_record', { args: record })).toMatchObject({ type: 'waiting' });
    guarded.scene.current = testPersona({ approvals: { ninox_delete_record: 'deny' } });
    expect(await guarded.call(run, 'ninox_delete_record', record)).toMatchObject({ code: 'APPROVAL_DENIED' });
    guarded.scene.current = testPersona({ ...auto, budget: { calls: 2 } });
    expect(await guarded.call(run, 'ninox_delete_record', record)).toMatchObject({ code: 'BUDGET_EXCEEDED' });
  });

  test('makes no further call once it is archived or gone', async () => {
    const run = runOf();
    guarded.scene.current = null;
    const result = await guarded.call(run, 'ninox_list_teams');
    expect(result).toMatchObject({ code: 'TOOL_NOT_GRANTED', message: expect.stringContaining('archived') });
    expect(guarded.ninox.seen).toEqual([]);
  });

  test('does not change over to another connection unasked', async () => {
    const run = runOf({ connections: { ninox: 'connection-1' } });
    guarded.scene.current = testPersona({ connections: { ninox: 'connection-2' } });
    expect(await guarded.call(run, 'ninox_list_teams')).toMatchObject({ code: 'CONNECTION_NOT_FOUND' });
    guarded.scene.current = testPersona({ name: 'Free' });
    expect(await guarded.call(run, 'ninox_list_teams')).toMatchObject({ ok: true });
    expect(guarded.questions.at(-1)).toMatchObject({ attached: 'connection-1' });
  });

  test('a database named since does not open another team’s: each side is asked by itself', async () => {
    const run = runOf({ ...auto, limits: { teams: [T1] } });
    guarded.scene.current = testPersona({ ...auto, limits: { databases: ['dbtwo0000001'] } });
    const foreign = { ...record, database_id: 'dbtwo0000001' };
    expect(await guarded.call(run, 'ninox_delete_record', foreign)).toMatchObject({ code: 'RESOURCE_NOT_GRANTED' });
    expect(guarded.deletes()).toBe(0);
  });
});

describe('a connection that is revoked while a call is under way', () => {
  test('cuts a read off, in plain words and in the record', async () => {
    await guarded.close();
    guarded = await openGuardedNinox(() => guarded.revoke());
    const result = await guarded.call(runOf(), 'ninox_list_teams');
    expect(result).toMatchObject({
      ok: false,
      outcome: 'failed',
      code: 'CONNECTION_REVOKED',
      message: expect.stringContaining('“Main key” was revoked while'),
    });
    expect((await guarded.rows()).map(({ action, code }) => [action, code])).toEqual([
      ['tool.failed', 'CONNECTION_REVOKED'],
      ['tool.intended', null],
    ]);
  });

  test('lets a change that is on the wire be finished and recorded, and keeps back those behind it', async () => {
    guarded.scene.answerDelete = (response) => {
      guarded.revoke();
      setImmediate(() => json(response, {}));
    };
    const run = runOf(auto);
    const results = await Promise.all(
      ['7', '8', '9'].map((id) => guarded.call(run, 'ninox_delete_record', { ...record, record_id: id })),
    );
    expect(results.map((result) => (result.ok ? 'done' : result.code))).toEqual([
      'done',
      'CONNECTION_REVOKED',
      'CONNECTION_REVOKED',
    ]);
    expect(guarded.deletes()).toBe(1);
    expect((await guarded.rows()).filter(({ action }) => action === 'tool.succeeded')).toHaveLength(1);
  });

  test('leaves what the service answered, and what nobody knows, as it is', async () => {
    guarded.scene.answerDelete = (response) => {
      guarded.revoke();
      setImmediate(() => response.destroy());
    };
    expect(await guarded.call(runOf(auto), 'ninox_delete_record', record)).toMatchObject({
      outcome: 'outcome_unknown',
      code: 'OUTCOME_UNKNOWN',
    });
  });

  test('is told as that also while it is looked up where the database lies, and nothing is changed', async () => {
    await guarded.close();
    guarded = await openGuardedNinox(() => guarded.revoke());
    const result = await guarded.call(runOf({ ...auto, limits: { teams: [T1] } }), 'ninox_delete_record', record);
    expect(result).toMatchObject({ outcome: 'denied', code: 'CONNECTION_REVOKED' });
    expect(guarded.deletes()).toBe(0);
  });

  test('sends nothing when it was revoked between the decision and the sending', async () => {
    guarded.scene.onFollow = () => guarded.revoke();
    expect(await guarded.call(runOf(auto), 'ninox_delete_record', record)).toMatchObject({
      code: 'CONNECTION_REVOKED',
    });
    expect(guarded.ninox.seen).toEqual([]);
  });

  test('a stopped run is not taken for a revoked connection', async () => {
    await guarded.close();
    const stop = new AbortController();
    guarded = await openGuardedNinox(() => stop.abort(new Error('stopped')));
    const result = await guarded.call({ ...runOf(), signal: stop.signal }, 'ninox_list_teams');
    expect(result).toMatchObject({ ok: false, code: 'UPSTREAM_UNAVAILABLE' });
  });
});
