import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AuditLog } from '#audit/audit-event.ts';
import { createAuditLog } from '#audit/audit-log.ts';
import type { Actor } from '#auth/actor.ts';
import type { Role } from '#auth/permissions.ts';
import type { AuditDetailView, AuditListView } from '#channels/http/contract/audit-events.ts';
import { createHttpApp } from '#channels/http/create-http-app.ts';
import { createExportAuditEvents } from '#channels/http/routes/audit-events/export-audit-events.ts';
import { createGetAuditEvent } from '#channels/http/routes/audit-events/get-audit-event.ts';
import { createListAuditEvents } from '#channels/http/routes/audit-events/list-audit-events.ts';
import { createVerifyChain } from '#channels/http/routes/audit-events/verify-chain.ts';
import type { Database } from '#db/open-database.ts';
import { createActorNames } from '#db/repositories/actor-names.ts';
import { createAuditRepository } from '#db/repositories/audit.ts';
import { AppError } from '#errors';
import { createLogger } from '#log';
import { newEvent } from '../contract/audit-suite.ts';
import { createSqlitePlace, type Place } from '../contract/place.ts';
import { createHttpClient } from '../support/http-client.ts';

const person = (id: string, role: Role, change: Partial<Actor> = {}): Actor => ({
  kind: 'user',
  id,
  name: id,
  organizationId: 'org',
  role,
  keyScopes: null,
  apiKey: null,
  ...change,
});
const key = (scopes: readonly string[]): Partial<Actor> => ({
  keyScopes: scopes,
  apiKey: { id: 'k1', name: 'Nightly' },
});
/** By the credential they send. */
const people: Readonly<Record<string, Actor>> = {
  ann: person('ann', 'member'),
  bob: person('bob', 'member'),
  olivia: person('olivia', 'owner'),
  aud: person('aud', 'auditor'),
  stranger: person('stranger', 'owner', { organizationId: 'other' }),
  'narrow-key': person('olivia', 'owner', key(['audit:own', 'audit:export'])),
  'chat-key': person('olivia', 'owner', key(['chat'])),
};

let place: Place;
let db: Database;
let audit: AuditLog;
let server: Server;
/** Stands between routes and record, for faults. */
let fault: { append?: () => void; read?: () => void };
let reads: number;

beforeEach(async () => {
  place = await createSqlitePlace();
  db = await place.open();
  audit = createAuditLog({ repository: createAuditRepository(db), key: randomBytes(32) });
  fault = {};
  reads = 0;
  const watched: AuditLog = {
    ...audit,
    async append(...event) {
      fault.append?.();
      return audit.append(...event);
    },
    async read(query) {
      reads += 1;
      fault.read?.();
      return audit.read(query);
    },
  };
  const deps = {
    audit: watched,
    actorNames: createActorNames(db),
    scrub: (json: string) => json.replaceAll('hush-hush', '[secret]'),
    pageSize: 10,
  };
  const app = createHttpApp({
    routes: [
      createListAuditEvents(deps),
      createGetAuditEvent(deps),
      createVerifyChain(deps),
      createExportAuditEvents(deps),
    ],
    identify: async (request) => {
      const actor = people[request.headers.authorization ?? ''];
      return actor === undefined
        ? null
        : { user: { id: actor.id, name: actor.name, email: 'x@example.com' }, sessionId: 's', actor };
    },
    scrub: deps.scrub,
    allowedHosts: [],
    webDirectory: '/nowhere',
    log: createLogger({ level: 'silent' }),
  });
  server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await db.close();
  await place.remove();
});

const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const as = (who: string) => {
  const http = createHttpClient(address());
  const authorization = who;
  return {
    get: (path: string) => http.fetch(path, { headers: { authorization } }).then(readJson),
    post: (path: string, body: unknown) => http.post(path, body, { authorization }),
  };
};
const readJson = async (response: Response) => ({ status: response.status, body: (await response.json()) as unknown });
const list = async (who: string, query = '') => {
  const { status, body } = await as(who).get(`/api/v1/audit-events${query}`);
  expect(status).toBe(200);
  return (body as AuditListView).items;
};
const exportAs = async (who: string, body: object = { format: 'jsonl' }) => as(who).post('/api/v1/audit-exports', body);
const lines = async (response: Response) =>
  (await response.text())
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditDetailView);
const exported = async () =>
  (await audit.list({ organizationId: 'org', filter: { action: 'audit.exported' }, limit: 100 })).items;
const details = async (id: string) => (await audit.find('org', id))?.body?.details as Record<string, unknown>;

describe('who sees what', () => {
  beforeEach(async () => {
    await audit.append(newEvent({ actorId: 'ann' }));
    await audit.append(newEvent({ actorId: 'bob', connectionId: 'sales', body: { prompt: 'Bob’s words' } }));
    await audit.append(newEvent({ actorId: 'bob', organizationId: 'other' }));
  });

  test('a member sees what they caused, and others’ events are not there for them', async () => {
    expect((await list('ann')).map(({ actor }) => actor.id)).toEqual(['ann']);
    expect(await list('ann', '?actorId=bob')).toEqual([]);
    expect((await list('ann', '?actorId=ann')).length).toBe(1);
    const [bobs] = await list('bob');
    expect((await as('bob').get(`/api/v1/audit-events/${bobs?.id}`)).status).toBe(200);
    const refused = await as('ann').get(`/api/v1/audit-events/${bobs?.id}`);
    expect(refused).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(JSON.stringify(refused.body)).not.toContain('Bob’s words');
  });

  test.each(['olivia', 'aud'])('%s sees all of the organization, bodies included', async (who) => {
    const items = await list(who);
    expect(items.map(({ actor }) => actor.id)).toEqual(['bob', 'ann']);
    const { body } = await as(who).get(`/api/v1/audit-events/${items[0]?.id}`);
    expect(body).toMatchObject({ body: { prompt: 'Bob’s words' }, bodyProblem: null });
  });

  test('an API key sees no more than it was given', async () => {
    expect(await list('narrow-key')).toEqual([]);
    expect((await as('chat-key').get('/api/v1/audit-events')).status).toBe(403);
  });

  test('another organization’s event is not there', async () => {
    const [item] = await list('olivia');
    expect((await as('stranger').get(`/api/v1/audit-events/${item?.id}`)).status).toBe(404);
    expect((await list('stranger')).length).toBe(1);
  });

  test('filters narrow by person and connection', async () => {
    expect((await list('olivia', '?connectionId=sales')).map(({ actor }) => actor.id)).toEqual(['bob']);
    expect((await list('olivia', '?actorId=ann')).map(({ actor }) => actor.id)).toEqual(['ann']);
    expect((await as('olivia').get('/api/v1/audit-events?nonsense=1')).status).toBe(400);
  });

  test('people have names, also when they are no member any more', async () => {
    await place.execute(
      "insert into users (id, name, email, email_verified, created_at, updated_at) values ('bob', 'Bob Bee', 'b@x', 1, 0, 0), ('eve', 'Eve', 'e@x', 1, 0, 0)",
    );
    expect((await list('olivia')).map(({ actor }) => actor.name)).toEqual(['Bob Bee', null]);
    const names = await createActorNames(db).namesOf('org', ['bob', 'eve', 'ann']);
    expect([...names]).toEqual([['bob', 'Bob Bee']]);
  });
});

describe('an export', () => {
  const fill = async (count: number) => {
    for (let place = 0; place < count; place += 1) {
      await audit.append(newEvent({ actorId: place % 2 === 0 ? 'ann' : 'bob', runId: `r${place}` }));
    }
  };

  test('holds every row over many pages, oldest first, as JSON lines', async () => {
    await fill(25);
    const response = await exportAs('aud');
    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="activity-[\d-]{10}\.jsonl"$/);
    const rows = await lines(response);
    expect(rows.map(({ event }) => event.seq)).toEqual(Array.from({ length: 25 }, (_, place) => place + 1));
    expect(rows[0]).toMatchObject({ event: { actor: { id: 'ann' } }, body: { prompt: 'Which teams?' } });
  });

  test('is on record before and after, with its filter and its number', async () => {
    await fill(25);
    const from = '2020-01-01T00:00:00Z';
    const filter = { personaId: 'clerk', actorId: 'ann', from };
    await (await exportAs('aud', { format: 'csv', ...filter })).text();
    const [ended, begun] = await exported();
    expect(begun).toMatchObject({ actorId: 'aud', seq: 26, channel: 'web' });
    expect(await details(begun?.id ?? '')).toEqual({
      step: 'begun',
      format: 'csv',
      filter: { ...filter, from: new Date(from).toISOString() },
    });
    expect(await details(ended?.id ?? '')).toEqual({ step: 'ended', how: 'complete', rows: 13 });
    expect(ended).toMatchObject({ callId: begun?.callId, code: null });
    expect((await exported()).length).toBe(2);
  });

  test('is a table whose cells cannot be formulas, under one header', async () => {
    await fill(12);
    await audit.append(
      newEvent({ tool: '+1', body: { prompt: '=HYPERLINK("http://x")\n"a",b', arguments: { a: '=1' } } }),
    );
    const text = await (await exportAs('aud', { format: 'csv' })).text();
    expect(text.startsWith('seq,at,action,')).toBe(true);
    expect(text.match(/actorKind/g)?.length).toBe(1);
    expect(text).toContain(`"'=HYPERLINK(""http://x"")\n""a"",b"`);
    expect(text).toContain(`,'+1,`);
    expect(text).toContain('"{""a"":""=1""}"');
    expect(text.split('\r\n').length).toBe(15);
  });

  test('begins with the mark spreadsheets know UTF-8 by', async () => {
    const bytes = new Uint8Array(await (await exportAs('aud', { format: 'csv' })).arrayBuffer());
    expect(Array.from(bytes.slice(0, 6))).toEqual([0xef, 0xbb, 0xbf, ...Buffer.from('seq')]);
  });

  test('never holds more than its caller may see', async () => {
    await fill(4);
    await audit.append(newEvent({ actorId: 'olivia' }));
    const rows = await lines(await exportAs('narrow-key'));
    expect(rows.map(({ event }) => event.actor.id)).toEqual(['olivia']);
    expect(await lines(await exportAs('narrow-key', { format: 'jsonl', actorId: 'ann' }))).toEqual([]);
    expect((await exportAs('ann')).status).toBe(403);
    expect(await lines(await exportAs('stranger'))).toEqual([]);
  });

  test('shows no secret in use', async () => {
    await audit.append(newEvent({ body: { response: { token: 'hush-hush', note: 'a "quoted" one' } } }));
    for (const format of ['csv', 'jsonl']) {
      const text = await (await exportAs('aud', { format })).text();
      expect(text).not.toContain('hush-hush');
      expect(text).toContain('[secret]');
    }
  });

  test('does not begin when it cannot be recorded', async () => {
    await fill(3);
    fault.append = () => {
      throw new AppError('STORAGE_UNAVAILABLE', 'The disk is full.');
    };
    const response = await exportAs('aud');
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain('Which teams');
    expect(reads).toBe(0);
  });

  test('that cannot be closed on record is no whole file', async () => {
    await fill(3);
    let appends = 0;
    fault.append = () => {
      appends += 1;
      if (appends > 1) throw new AppError('STORAGE_UNAVAILABLE', 'The disk is full.');
    };
    await expect(exportAs('aud').then((response) => response.text())).rejects.toThrow();
  });

  test('that the storage fails in is broken off, and on record as such', async () => {
    await fill(25);
    fault.read = () => {
      if (reads > 1) throw new AppError('STORAGE_UNAVAILABLE', 'The database is gone.');
    };
    await expect(exportAs('aud').then((response) => response.text())).rejects.toThrow();
    const [ended] = await exported();
    expect(ended?.code).toBe('EXPORT_BROKEN_OFF');
    expect(await details(ended?.id ?? '')).toMatchObject({ how: 'broken off', rows: 10 });
  });

  test('waits for its reader, and stops when that goes away', async () => {
    const big = 'x'.repeat(400_000);
    for (let place = 0; place < 60; place += 1) await audit.append(newEvent({ body: { response: big } }), 'stored');
    const response = await exportAs('aud');
    const reader = response.body?.getReader();
    await reader?.read();
    // Held back: six pages of 4 MB each are there, and nobody reads.
    await expect.poll(() => reads).toBeGreaterThan(0);
    expect(reads).toBeLessThan(5);
    await reader?.cancel();
    await expect.poll(async () => (await exported()).length).toBe(2);
    const [ended] = await exported();
    expect(await details(ended?.id ?? '')).toMatchObject({ how: 'broken off' });
    expect(reads).toBeLessThan(5);
  });
});
