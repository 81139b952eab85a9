import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkConnection } from '#connections/check-connection.ts';
import { checkNext, startConnectionChecks } from '#connections/connection-checks.ts';
import { ensureServiceConnection } from '#connections/service-connection.ts';
import { buildPersona } from '#personas/build-persona.ts';
import { frontMatterSchema } from '#personas/persona-schema.ts';
import { sampleIds } from '#sandbox/ninox-data.ts';
import { createNinoxServer, type NinoxStandIn } from '#sandbox/ninox-server.ts';
import { Secret } from '#vault/secret.ts';
import { createSqlitePlace, type Place } from '../contract/place.ts';
import { type ConnectionProcess, openProcess, type ProcessOptions, person } from '../support/connections.ts';

const day = 24 * 3600_000;
const olivia = person('olivia', { role: 'owner' }).actor;
const max = person('max').actor;

let opened: AsyncDisposableStack;
let place: Place;
let ninox: NinoxStandIn;
let ninoxUrl: string;
let now: number;
let home: ConnectionProcess;

beforeEach(async () => {
  opened = new AsyncDisposableStack();
  place = await createSqlitePlace();
  opened.defer(place.remove);
  ninox = createNinoxServer({
    keys: ['the-1st-key-of-three', 'the-2nd-key-of-three', 'stand-in-key'].map((key) => ({ key, teams: 'all' })),
  });
  ninoxUrl = await ninox.listen();
  opened.defer(() => ninox.close());
  now = Date.parse('2026-11-24T12:00:00Z');
  home = await start();
});
afterEach(() => opened.disposeAsync());

async function start(options: Partial<ProcessOptions> = {}): Promise<ConnectionProcess> {
  const allowedHosts = [new URL(ninoxUrl).host];
  return opened.use(await openProcess({ open: place.open, clock: () => new Date(now), allowedHosts, ...options }));
}

async function connect(change: object = {}): Promise<string> {
  const { record } = await home.service.create(olivia, {
    integration: 'ninox',
    place: 'own-host',
    address: ninoxUrl,
    key: 'the-1st-key-of-three',
    label: 'Main key',
    ownership: 'organization',
    scopes: ['ninox:teams:read', 'ninox:databases:read'],
    limits: {},
    limitNames: {},
    ...change,
  });
  return record.id;
}

const health = async (id: string) => {
  const { record, status } = await home.service.find(olivia, id);
  return { status, at: record.lastCheckedAt?.getTime(), problem: record.lastCheckProblem, seen: record.seen.length };
};
const teamRequests = () => ninox.requests.filter(({ path }) => path === '/v1/teams').length;

describe('the daily check', () => {
  test('asks once a day, keeps what is wrong, and takes it back when all is well again', async () => {
    const id = await connect();
    expect(await checkNext(home.deps)).toBe(false);
    now += day - 1;
    expect(await checkNext(home.deps)).toBe(false);
    now += 2;
    ninox.faults.set({ kind: 'status', status: 401, match: /teams/, times: 1 });
    expect(await checkNext(home.deps)).toBe(true);
    expect(await health(id)).toEqual({
      status: 'active',
      at: now,
      problem: expect.stringContaining('did not accept the key of the connection “Main key”'),
      seen: 3,
    });
    expect(await checkNext(home.deps)).toBe(false);
    now += day + 1;
    expect(await checkNext(home.deps)).toBe(true);
    expect(await health(id)).toEqual({ status: 'active', at: now, problem: null, seen: 3 });
  });

  test('is made by one of several processes', async () => {
    await connect();
    const others = [await start(), await start()];
    now += day + 1;
    const before = teamRequests();
    await Promise.all([home, ...others].map(({ deps }) => checkNext(deps)));
    expect(teamRequests() - before).toBe(1);
  });

  test('goes through all that are due one after the other, and ends when it is told to', async () => {
    for (const label of ['A', 'B', 'C']) await connect({ label });
    now += day + 1;
    const before = teamRequests();
    const { promise: idle, resolve } = Promise.withResolvers<number>();
    const waits: number[] = [];
    const checks = startConnectionChecks({
      ...home.deps,
      wait: async (milliseconds, signal) => {
        waits.push(milliseconds);
        if (waits.length < 4) return;
        resolve(teamRequests() - before);
        await new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('stopped')));
        });
      },
    });
    expect(await idle).toBe(3);
    expect(new Set(waits.slice(0, 3)).size).toBe(1);
    expect(waits[3]).toBeGreaterThan(waits[0] ?? 0);
    await checks.stop();
  });

  test('that is broken off leaves the connection due', async () => {
    const id = await connect();
    const checkedAt = now;
    now += day + 1;
    expect(await checkNext(home.deps, AbortSignal.abort())).toBe(false);
    expect(await health(id)).toMatchObject({ at: checkedAt, problem: null });
    expect(await checkNext(home.deps)).toBe(true);
  });

  test('that learns about an old key says nothing about the new one', async () => {
    const id = await connect();
    const old = await home.repository.find({ organizationId: 'org-1', id });
    if (old === null) throw new Error('no connection');
    await home.service.replaceKey(olivia, { id, key: 'the-2nd-key-of-three', acceptLoss: false });
    ninox.faults.set({ kind: 'status', status: 401, match: /teams/, times: 1 });
    await checkConnection(home.deps, old);
    expect(await health(id)).toMatchObject({ problem: null });
  });
});

describe('the last use', () => {
  test('is written at most once a minute', async () => {
    const id = await connect();
    const question = { organizationId: 'org-1', actorId: 'max', integration: 'ninox', attached: null };
    const written: number[] = [];
    const use = async () => {
      const connection = await home.store.find(question);
      if (connection === null) throw new Error('no connection');
      home.store.follow(connection, new AbortController().signal).release();
      const { record } = await home.service.find(max, id);
      written.push((record.lastUsedAt?.getTime() ?? 0) - now);
    };
    await use();
    now += 59_000;
    await use();
    now += 1_000;
    await use();
    expect(written).toEqual([0, -59_000, 0]);
  });
});

describe('what stops with a connection', () => {
  const persona = (id: string, front: object) =>
    buildPersona({
      id,
      file: null,
      revision: 1,
      front: frontMatterSchema.parse({ name: `Persona ${id}`, description: 'd', ...front }),
      instructions: 'x',
    });

  test('is every persona that uses it, with what it gets, lacks and could fall back on', async () => {
    const id = await connect({ scopes: ['ninox:teams:read'] });
    const process = await start({
      personas: [
        persona('any', { scopes: ['ninox:teams:read', 'ninox:records:delete'] }),
        persona('attached', { scopes: ['ninox:teams:read'], connections: { ninox: id } }),
        persona('elsewhere', { scopes: ['ninox:teams:read'], connections: { ninox: 'another' } }),
        persona('talker', {}),
      ],
      approvalsOf: async (_organizationId, connectionId) => new Map(connectionId === id ? [['attached', 2]] : []),
    });
    const dependents = async () =>
      (await process.service.dependents(olivia, id)).map(({ id: who, uses, missing, hasOther, waiting }) => [
        who,
        uses,
        missing,
        hasOther,
        waiting,
      ]);
    const teams = ['ninox:teams:read'];
    expect(await dependents()).toEqual([
      ['any', teams, ['ninox:records:delete'], false, 0],
      ['attached', teams, [], false, 2],
    ]);
    await connect({ label: 'Second' });
    expect(await dependents()).toEqual([
      ['any', teams, ['ninox:records:delete'], true, 0],
      ['attached', teams, [], false, 2],
    ]);
  });
});

describe('the connection of the environment', () => {
  const real = (key = 'the-1st-key-of-three') => ({
    organizationId: 'org-1',
    integration: 'ninox',
    label: 'Ninox',
    place: 'own-host',
    baseUrl: ninoxUrl,
    key: new Secret(key),
  });
  const standIn = () => ({ ...real('stand-in-key'), label: 'Ninox stand-in', place: 'stand-in' });
  const question = { organizationId: 'org-1', actorId: 'max', integration: 'ninox', attached: null };
  const row = () => home.repository.find({ organizationId: 'org-1', id: 'ninox' });
  const sealed = async () =>
    (await home.db.query.select().from(home.db.tables.secrets)).map(({ holder, version }) => [holder, version]);

  async function teams(process: ConnectionProcess): Promise<number> {
    const connection = await process.store.find(question);
    if (connection === null) throw new Error('no connection');
    return (await process.ninox.listTeams({ connection, signal: new AbortController().signal })).length;
  }

  test('is made once, however many processes start, and is checked first thing', async () => {
    const other = await start();
    await Promise.all([home, other, home].map(({ deps }) => ensureServiceConnection(deps, real())));
    expect(await row()).toMatchObject({ label: 'Ninox', revision: 1, lastCheckedAt: null, createdBy: 'service' });
    expect(await sealed()).toEqual([['ninox', 1]]);
    expect(await teams(other)).toBe(3);
    expect(await checkNext(home.deps)).toBe(true);
    expect((await home.service.find(max, 'ninox')).createdBy).toBe('This service');
    const { items } = await home.audit.list({ organizationId: 'org-1', limit: 10 });
    expect(items.map(({ action, actorId }) => [action, actorId])).toEqual([['connection.created', 'service']]);
  });

  test('takes a new key of the environment, and keeps what people chose', async () => {
    await ensureServiceConnection(home.deps, real());
    await home.service.change(olivia, {
      id: 'ninox',
      revision: 1,
      label: 'Ours',
      scopes: ['ninox:teams:read'],
      limits: { teams: [sampleIds.company.team] },
      limitNames: {},
    });
    await ensureServiceConnection(home.deps, real());
    expect((await row())?.revision).toBe(2);
    await ensureServiceConnection(home.deps, real('the-2nd-key-of-three'));
    expect(await row()).toMatchObject({ label: 'Ours', scopes: ['ninox:teams:read'], secretVersion: 2 });
    expect(await sealed()).toEqual([['ninox', 2]]);
    expect(await teams(home)).toBe(3);
  });

  test('stays revoked until the environment names another key', async () => {
    await ensureServiceConnection(home.deps, real());
    await home.service.revoke(olivia, 'ninox');
    await ensureServiceConnection(home.deps, real());
    expect(await row()).toMatchObject({ status: 'revoked' });
    expect(await sealed()).toEqual([]);
    await ensureServiceConnection(home.deps, real('the-2nd-key-of-three'));
    expect(await row()).toMatchObject({ status: 'active', revokedAt: null });
    expect(await teams(home)).toBe(3);
  });

  test('goes from the stand-in to the real service and back, without limits of the other place', async () => {
    const process = await start({ standIn: { baseUrl: ninoxUrl, key: new Secret('stand-in-key') }, allowedHosts: [] });
    await ensureServiceConnection(process.deps, standIn());
    expect(await teams(process)).toBe(3);
    expect(await sealed()).toEqual([]);
    const limits = { teams: [sampleIds.company.team] };
    const change = {
      id: 'ninox',
      revision: 1,
      label: 'Samples',
      scopes: ['ninox:teams:read'] as const,
      limits,
      limitNames: {},
    };
    await process.service.change(olivia, change);
    // The key and the port are new at each start; that alone changes nothing.
    await ensureServiceConnection(process.deps, {
      ...standIn(),
      key: new Secret('another'),
      baseUrl: 'http://127.0.0.1:1/v1',
    });
    expect((await row())?.revision).toBe(2);
    await ensureServiceConnection(home.deps, real());
    expect(await row()).toMatchObject({ label: 'Ninox', place: 'own-host', limits: {}, secretVersion: 2 });
    expect(await teams(home)).toBe(3);
    await ensureServiceConnection(process.deps, standIn());
    expect(await sealed()).toEqual([]);
    expect(await teams(process)).toBe(3);
  });
});
