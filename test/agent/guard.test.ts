import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createGuard, type GuardedRun, type GuardToolCall } from '#agent/guard-tool-call.ts';
import type { CallResult } from '#agent/run-events.ts';
import type { AuditLog } from '#audit/audit-event.ts';
import { createAuditLog } from '#audit/audit-log.ts';
import { type Database, openDatabase } from '#db/open-database.ts';
import { createAuditRepository } from '#db/repositories/audit.ts';
import { createCatalog } from '#integrations/catalog.ts';
import type { Connection } from '#integrations/connection.ts';
import { createEgress } from '#integrations/egress.ts';
import { createNinoxClient } from '#integrations/ninox/client.ts';
import { createNinoxIntegration } from '#integrations/ninox/ninox-integration.ts';
import { scopes } from '#integrations/tool-definition.ts';
import { createLogger } from '#log';
import { buildPersona, frontMatterSchema } from '#personas/persona-schema.ts';
import { connectionTo, testKey } from '../support/ninox-connection.ts';
import { json, type RawServer, startRawServer } from '../support/raw-server.ts';

const T1 = 'TeamOneAAAAAAAAA1';
const T2 = 'TeamTwoBBBBBBBBB2';
const databases: Record<string, { id: string; name: string }[]> = {
  [T1]: [
    { id: 'dbone0000001', name: 'CRM' },
    { id: 'dbone0000002', name: 'Projects' },
  ],
  [T2]: [{ id: 'dbtwo0000001', name: 'Workshop' }],
};
const record = { team_id: T1, database_id: 'dbone0000001', table_id: 'A', record_id: '7' };

let ninox: RawServer;
let db: Database;
let audit: AuditLog;
let connection: Connection | null;
let guard: GuardToolCall;
let answerDelete: (response: ServerResponse) => void;

/** A Ninox that trusts every path: it never checks that a database lies in the team of the path. */
function credulousNinox(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '';
  if (request.method === 'DELETE') answerDelete(response);
  else if (path === '/v1/teams')
    json(response, [
      { id: T1, name: 'One' },
      { id: T2, name: 'Two' },
    ]);
  else if (path.endsWith('/databases')) json(response, databases[path.split('/')[3] ?? ''] ?? []);
  else json(response, { id: path.split('/')[3], name: 'A team' });
}

beforeEach(async () => {
  ninox = await startRawServer(credulousNinox);
  answerDelete = (response) => json(response, {});
  db = await openDatabase({ url: ':memory:' });
  audit = createAuditLog({ repository: createAuditRepository(db), key: randomBytes(32) });
  connection = connectionTo(`${ninox.baseUrl}/v1`);
  guard = createGuard({
    catalog: createCatalog([createNinoxIntegration({ client: createNinoxClient({ egress: createEgress() }) })]),
    connections: { find: async () => connection },
    audit: { ...audit, append: (event) => audit.append(event) },
    log: createLogger({ level: 'silent' }),
  });
});
afterEach(async () => {
  await ninox.close();
  await db.close();
});

function runOf(front: object = {}): GuardedRun {
  const persona = buildPersona({
    id: 'tester',
    file: 'personas/tester.md',
    front: frontMatterSchema.parse({ name: 'Tester', description: 'd', scopes: [...scopes], ...front }),
    instructions: 'x',
  });
  const actor = { kind: 'user', id: 'user-1', name: 'U', organizationId: 'organization-1' } as const;
  return {
    identity: { runId: 'run-1', conversationId: 'conversation-1', channel: 'web', actor, persona, prompt: 'Please.' },
    ledger: { calls: 0, seenCallIds: new Set(), startedAt: Date.now() },
    signal: new AbortController().signal,
  };
}

/** `args` may be the JSON text itself. Each call has an id of its own unless one is given. */
function call(run: GuardedRun, tool: string, args: unknown = {}): Promise<CallResult> {
  return callAs(randomUUID(), run, { tool, args });
}
function callAs(
  modelCallId: string,
  run: GuardedRun,
  { tool, args }: { tool: string; args: unknown },
): Promise<CallResult> {
  const rawInput = typeof args === 'string' ? args : JSON.stringify(args);
  return guard({ callId: randomUUID(), modelCallId, tool, rawInput }, run);
}
const rows = async () => (await audit.list({ organizationId: 'organization-1', limit: 500 })).items;
const deletes = () => ninox.seen.filter(({ method }) => method === 'DELETE').length;
const auto = { approvals: { ninox_delete_record: 'auto' } };

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
    ['APPROVAL_REQUIRED', 'a deletion without a policy of its own', {}],
    [
      'APPROVAL_DENIED',
      'a deletion that the persona forbids',
      { front: { approvals: { ninox_delete_record: 'deny' } } },
    ],
  ];

  test.each(cases)(
    '%s: %s',
    async (code, _name, { front = {}, tool = 'ninox_delete_record', args = record, connect }) => {
      if (connect !== undefined && connection !== null) connection = connect(connection);
      const input = tool === 'ninox_get_team' && args === record ? {} : args;
      const result = await call(runOf(front), tool, input);
      expect(result).toMatchObject({ ok: false, outcome: 'denied', code });
      expect(ninox.seen).toEqual([]);
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
  if (connection !== null) connection = { ...connection, grant: { scopes, limits: { databases: ['dbtwo0000001'] } } };
  const run = runOf({ ...auto, limits: { teams: [T1] } });
  const result = await call(run, 'ninox_delete_record', { ...record, database_id: 'dbtwo0000001' });
  expect(result).toMatchObject({ ok: false, code: 'RESOURCE_NOT_GRANTED' });
  expect(deletes()).toBe(0);
});

test('an allowed call has an intent before it is sent and an outcome after, both whole', async () => {
  let storedAtSending: string[] = [];
  const seen = Promise.withResolvers<void>();
  answerDelete = (response) => {
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
  expect(storedAtSending).toEqual(['tool.intended']);
  expect(result).toMatchObject({ ok: true, output: { deleted: true } });
  const [outcome, intent] = await rows();
  expect(outcome).toMatchObject({ action: 'tool.succeeded', callId: intent?.callId, durationMs: expect.any(Number) });
  expect(intent).toMatchObject({
    action: 'tool.intended',
    connectionId: connection?.id,
    actorId: 'user-1',
  });
  const body = await audit.find('organization-1', intent?.id ?? '');
  expect(body?.body).toEqual({ prompt: 'Please.', arguments: record });
  expect(await audit.verify('organization-1')).toMatchObject({ ok: true, events: 2 });
});

test('no stored intent, no request', async () => {
  const broken = createGuard({
    catalog: createCatalog([createNinoxIntegration({ client: createNinoxClient({ egress: createEgress() }) })]),
    connections: { find: async () => connection },
    audit: { ...audit, append: () => Promise.reject(new Error('disk full')) },
    log: createLogger({ level: 'silent' }),
  });
  const result = await broken(
    { callId: 'c', modelCallId: 'c', tool: 'ninox_delete_record', rawInput: JSON.stringify(record) },
    runOf(auto),
  );
  expect(result).toMatchObject({ ok: false, code: 'AUDIT_UNAVAILABLE' });
  expect(ninox.seen).toEqual([]);
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
  expect(ninox.seen).toHaveLength(5);
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
    [1, 2, 3].map(() => callAs('same', run, { tool: 'ninox_delete_record', args: record })),
  );
  expect(results.filter(({ ok }) => ok)).toHaveLength(1);
  expect(deletes()).toBe(1);
});

test('a deletion whose answer is lost is unknown, is recorded as that, and is not repeated', async () => {
  answerDelete = (response) => response.destroy();
  const result = await call(runOf(auto), 'ninox_delete_record', record);
  expect(result).toMatchObject({ ok: false, outcome: 'outcome_unknown', code: 'OUTCOME_UNKNOWN' });
  expect(deletes()).toBe(1);
  expect((await rows())[0]).toMatchObject({ action: 'tool.outcome_unknown', code: 'OUTCOME_UNKNOWN' });
});

test('a deletion under way is finished and recorded although the run is stopped', async () => {
  const run = runOf(auto);
  const stop = new AbortController();
  const stopped = { ...run, signal: stop.signal };
  answerDelete = (response) => {
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
  answerDelete = (response) => {
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
  expect(await audit.verify('organization-1')).toMatchObject({ ok: true });
});

test('nothing goes to Ninox without an intent, not even the question whether a database is in the team', async () => {
  const asking = runOf({ limits: { teams: [T1] } });
  await Promise.all([1, 2, 3].map(() => call(asking, 'ninox_delete_record', record)));
  expect(ninox.seen).toEqual([]);
  await call(runOf({ ...auto, limits: { teams: [T1] } }), 'ninox_delete_record', {
    ...record,
    database_id: 'dbtwo0000001',
  });
  expect(ninox.seen).toHaveLength(1);
  expect((await rows()).slice(0, 2).map(({ action }) => action)).toEqual(['tool.denied', 'tool.intended']);
});

test('the key never comes back, whatever Ninox echoes', async () => {
  await ninox.close();
  ninox = await startRawServer((request, response) =>
    json(response, [
      { id: T1, name: `echo ${request.headers.authorization} ${Buffer.from(testKey).toString('base64')}` },
    ]),
  );
  connection = connectionTo(`${ninox.baseUrl}/v1`);
  const result = await call(runOf(), 'ninox_list_teams');
  const stored = await Promise.all((await rows()).map(({ id }) => audit.find('organization-1', id)));
  const everything = JSON.stringify([result, stored]);
  expect(everything).toContain('[secret ');
  expect(everything).not.toContain(testKey);
  expect(everything).not.toContain(Buffer.from(testKey).toString('base64').replace(/=+$/, ''));
});
