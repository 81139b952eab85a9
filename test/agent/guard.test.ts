import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createGuard } from '#agent/guard-tool-call.ts';
import type { GuardedRun } from '#agent/guarded-call.ts';
import type { Connection } from '#integrations/connection.ts';
import { scopes } from '#integrations/rights.ts';
import { auto, type GuardedNinox, openGuardedNinox, record, runOf, T1, T2 } from '../support/guarded-ninox.ts';
import { testKey } from '../support/ninox-connection.ts';
import { json } from '../support/raw-server.ts';

let guarded: GuardedNinox;
beforeEach(async () => {
  guarded = await openGuardedNinox();
});
afterEach(() => guarded.close());

const call = (run: GuardedRun, tool: string, args: unknown = {}) => guarded.call(run, tool, args);
const rows = () => guarded.rows();
const deletes = () => guarded.deletes();
const connectAs = (change: (connection: Connection) => Connection | null) => {
  const { connection } = guarded.scene;
  if (connection !== null) guarded.scene.connection = change(connection);
};

describe('denials, in the order of the guard; nothing is sent and each is recorded', () => {
  const cases: [
    string,
    string,
    { front?: object; tool?: string; args?: unknown; connect?: (c: Connection) => Connection | null },
  ][] = [
    ['TOOL_UNKNOWN', 'a tool that is not there', { tool: 'ninox_drop_database' }],
    ['ARG_INVALID', 'arguments that are no JSON', { tool: 'ninox_get_team', args: '{"team_id":' }],
    ['ARG_INVALID', 'a missing argument', { tool: 'ninox_get_team' }],
    ['ARG_INVALID', 'an argument that is not known', { tool: 'ninox_list_teams', args: { everything: true } }],
    ['ARG_INVALID', 'a record id that climbs the path', { args: { ...record, record_id: '..' }, front: auto }],
    [
      'ARG_INVALID',
      'an empty record id, which would be the bulk delete',
      { args: { ...record, record_id: '' }, front: auto },
    ],
    ['TOOL_NOT_GRANTED', 'a scope the persona lacks', { front: { scopes: ['ninox:teams:read'] } }],
    ['CONNECTION_NOT_FOUND', 'no connection', { front: auto, connect: () => null }],
    [
      'CONNECTION_NOT_FOUND',
      'a connection of somebody else',
      { front: auto, connect: (c) => ({ ...c, ownerId: 'user-2' }) },
    ],
    ['CONNECTION_REVOKED', 'a revoked connection', { front: auto, connect: (c) => ({ ...c, status: 'revoked' }) }],
    [
      'CONNECTION_NEEDS_RECONNECT',
      'a connection whose credential is not accepted any more',
      { front: auto, connect: (c) => ({ ...c, status: 'needs_reconnect' }) },
    ],
    [
      'CONNECTION_NOT_FOUND',
      'a connection of another organization',
      { front: auto, connect: (c) => ({ ...c, organizationId: 'organization-2' }) },
    ],
    [
      'CONNECTION_NOT_FOUND',
      'a connection of another integration',
      { front: auto, connect: (c) => ({ ...c, integration: 'slack' }) },
    ],
    [
      'TOOL_NOT_GRANTED',
      'a scope the connection lacks',
      { front: auto, connect: (c) => ({ ...c, grant: { scopes: ['ninox:teams:read'], limits: {} } }) },
    ],
    ['RESOURCE_NOT_GRANTED', 'a team outside the persona’s limits', { front: { ...auto, limits: { teams: [T2] } } }],
    [
      'RESOURCE_NOT_GRANTED',
      'a team outside the connection’s limits',
      { front: auto, connect: (c) => ({ ...c, grant: { ...c.grant, limits: { teams: [T2] } } }) },
    ],
    [
      'RESOURCE_NOT_GRANTED',
      'a database outside the limits',
      { front: { ...auto, limits: { databases: ['dbone0000002'] } } },
    ],
    [
      'RESOURCE_NOT_GRANTED',
      'a table outside the limits',
      { front: { ...auto, limits: { tables: ['dbone0000001/B'] } } },
    ],
    [
      'APPROVAL_DENIED',
      'a deletion that the persona forbids',
      { front: { approvals: { ninox_delete_record: 'deny' } } },
    ],
  ];

  test.each(cases)(
    '%s: %s',
    async (code, _name, { front = {}, tool = 'ninox_delete_record', args = record, connect }) => {
      if (connect !== undefined) connectAs(connect);
      const input = tool === 'ninox_get_team' && args === record ? {} : args;
      const result = await call(runOf(front), tool, input);
      expect(result).toMatchObject({ ok: false, outcome: 'denied', code });
      expect(guarded.ninox.seen).toEqual([]);
      expect(await rows()).toMatchObject([{ action: 'tool.denied', code, tool, personaId: 'tester', runId: 'run-1' }]);
    },
  );
});

test('a granted team in the path does not open another team’s database', async () => {
  const run = runOf({ ...auto, limits: { teams: [T1] } });
  const foreign = await call(run, 'ninox_delete_record', { ...record, database_id: 'dbtwo0000001' });
  expect(foreign).toMatchObject({ ok: false, code: 'RESOURCE_NOT_GRANTED' });
  expect(deletes()).toBe(0);
  expect(await call(run, 'ninox_delete_record', record)).toMatchObject({ ok: true });
  expect(deletes()).toBe(1);
});

test('a database that only the connection names still has to lie in the team that the persona is limited to', async () => {
  connectAs((c) => ({ ...c, grant: { scopes, limits: { databases: ['dbtwo0000001'] } } }));
  const run = runOf({ ...auto, limits: { teams: [T1] } });
  const result = await call(run, 'ninox_delete_record', { ...record, database_id: 'dbtwo0000001' });
  expect(result).toMatchObject({ ok: false, code: 'RESOURCE_NOT_GRANTED' });
  expect(deletes()).toBe(0);
});

test('an allowed call has an intent before it is sent and an outcome after, both whole', async () => {
  let storedAtSending: string[] = [];
  const seen = Promise.withResolvers<void>();
  guarded.scene.answerDelete = (response) => {
    rows()
      .then((items) => {
        storedAtSending = items.map(({ action }) => action);
        json(response, {});
        seen.resolve();
      })
      .catch(seen.reject);
  };
  const result = await call(runOf(auto), 'ninox_delete_record', record);
  await seen.promise;
  expect(storedAtSending).toEqual(['tool.intended', 'tool.planned']);
  expect(result).toMatchObject({ ok: true, output: { deleted: true } });
  const [outcome, intent] = await rows();
  expect(outcome).toMatchObject({ action: 'tool.succeeded', callId: intent?.callId, durationMs: expect.any(Number) });
  expect(intent).toMatchObject({
    action: 'tool.intended',
    connectionId: guarded.scene.connection?.id,
    actorId: 'user-1',
  });
  const body = await guarded.audit.find('organization-1', intent?.id ?? '');
  expect(body?.body).toEqual({ prompt: 'Please.', arguments: record });
  expect(await guarded.audit.verify('organization-1')).toMatchObject({ ok: true, events: 3 });
});

test('no stored intent, no request', async () => {
  const { identity } = runOf(auto);
  const deps = guarded.deps(identity.persona);
  const broken = createGuard({
    ...deps,
    audit: { ...deps.audit, append: () => Promise.reject(new Error('disk full')) },
  });
  const ids = { callId: 'c', modelCallId: 'c' };
  const result = await broken(
    { ...ids, tool: 'ninox_delete_record', rawInput: JSON.stringify(record), words: '', resumedWith: null },
    runOf(auto),
  );
  expect(result).toMatchObject({ type: 'answered', result: { ok: false, code: 'AUDIT_UNAVAILABLE' } });
  expect(guarded.ninox.seen).toEqual([]);
});

test('listings hold granted things only', async () => {
  const limits = { teams: [T1], databases: ['dbone0000002'] };
  expect(await call(runOf({ limits }), 'ninox_list_teams')).toMatchObject({
    output: { teams: [{ id: T1, name: 'One' }] },
  });
  expect(await call(runOf({ limits }), 'ninox_get_databases', { team_id: T1 })).toMatchObject({
    output: { databases: [{ id: 'dbone0000002', name: 'Projects' }] },
  });
});

test('two hundred calls at once: the budget’s number is made, the rest is refused and recorded', async () => {
  const run = runOf({ budget: { calls: 5 } });
  const results = await Promise.all(Array.from({ length: 200 }, () => call(run, 'ninox_list_teams')));
  expect(results.filter(({ ok }) => ok)).toHaveLength(5);
  expect(results.filter((result) => !result.ok && result.code === 'BUDGET_EXCEEDED')).toHaveLength(195);
  expect(guarded.ninox.seen).toHaveLength(5);
  expect((await rows()).filter(({ code }) => code === 'BUDGET_EXCEEDED')).toHaveLength(195);
});

test('a run out of time makes no further call', async () => {
  const run = runOf({ budget: { seconds: 1 } });
  const late = { ...run, ledger: { ...run.ledger, startedAt: Date.now() - 1_500 } };
  expect(await call(late, 'ninox_list_teams')).toMatchObject({ code: 'BUDGET_EXCEEDED' });
});

test('the same call id three times has one effect', async () => {
  const run = runOf(auto);
  const results = await Promise.all(
    [1, 2, 3].map(() => guarded.callAs('same', run, { tool: 'ninox_delete_record', args: record })),
  );
  expect(results.filter(({ ok }) => ok)).toHaveLength(1);
  expect(deletes()).toBe(1);
});

test('a deletion whose answer is lost is unknown, is recorded as that, and is not repeated', async () => {
  guarded.scene.answerDelete = (response) => response.destroy();
  const result = await call(runOf(auto), 'ninox_delete_record', record);
  expect(result).toMatchObject({ ok: false, outcome: 'outcome_unknown', code: 'OUTCOME_UNKNOWN' });
  expect(deletes()).toBe(1);
  expect((await rows())[0]).toMatchObject({ action: 'tool.outcome_unknown', code: 'OUTCOME_UNKNOWN' });
});

test('a deletion under way is finished and recorded although the run is stopped', async () => {
  const run = runOf(auto);
  const stop = new AbortController();
  const stopped = { ...run, signal: stop.signal };
  guarded.scene.answerDelete = (response) => {
    stop.abort(new Error('stopped'));
    setImmediate(() => json(response, {}));
  };
  expect(await call(stopped, 'ninox_delete_record', record)).toMatchObject({ ok: true });
});

test('a stop keeps back every deletion that is not on the wire yet', async () => {
  const run = runOf(auto);
  const stop = new AbortController();
  const stopped = { ...run, signal: stop.signal };
  const held = Promise.withResolvers<void>();
  guarded.scene.answerDelete = (response) => {
    stop.abort(new Error('stopped'));
    held.promise.then(() => json(response, {})).catch(() => undefined);
  };
  const first = call(stopped, 'ninox_delete_record', record);
  const queued = [2, 3, 4].map((id) => call(stopped, 'ninox_delete_record', { ...record, record_id: String(id) }));
  const kept = await Promise.all(queued);
  held.resolve();
  expect(await first).toMatchObject({ ok: true });
  expect(kept.map(({ ok }) => ok)).toEqual([false, false, false]);
  expect(deletes()).toBe(1);
  expect(await call(stopped, 'ninox_delete_record', record)).toMatchObject({ outcome: 'denied', code: 'RUN_STOPPED' });
  expect(await guarded.audit.verify('organization-1')).toMatchObject({ ok: true });
});

test('nothing goes to Ninox without a row, not even the question whether a database is in the team', async () => {
  await call(runOf({ ...auto, limits: { teams: [T1] } }), 'ninox_delete_record', {
    ...record,
    database_id: 'dbtwo0000001',
  });
  expect(guarded.ninox.seen).toHaveLength(1);
  expect((await rows()).slice(0, 2).map(({ action }) => action)).toEqual(['tool.denied', 'tool.planned']);
});

test('the key never comes back, whatever Ninox echoes', async () => {
  await guarded.close();
  guarded = await openGuardedNinox((request, response) =>
    json(response, [
      { id: T1, name: `echo ${request.headers.authorization} ${Buffer.from(testKey).toString('base64')}` },
    ]),
  );
  const result = await call(runOf(), 'ninox_list_teams');
  const stored = await Promise.all((await rows()).map(({ id }) => guarded.audit.find('organization-1', id)));
  const everything = JSON.stringify([result, stored]);
  expect(everything).toContain('[secret ');
  expect(everything).not.toContain(testKey);
  expect(everything).not.toContain(Buffer.from(testKey).toString('base64').replace(/=+$/, ''));
});
