import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectionRevoked } from '#integrations/connection.ts';
import { sampleIds } from '#sandbox/ninox-data.ts';
import { createNinoxServer, type NinoxStandIn } from '#sandbox/ninox-server.ts';
import { Secret } from '#vault/secret.ts';
import { createSqlitePlace, type Place } from '../contract/place.ts';
import {
  type ConnectionProcess,
  type Face,
  openFace,
  openProcess,
  type ProcessOptions,
  person,
} from '../support/connections.ts';
import { type Behaviour, json, startRawServer, startSilentServer, unusedPort } from '../support/raw-server.ts';

const keyOf = {
  all: 'key-that-sees-all-teams',
  one: 'key-that-sees-one-team',
  none: 'key-that-sees-no-team',
  standIn: 'key-of-the-stand-in',
};
const people = [
  person('olivia', { role: 'owner' }),
  person('max'),
  person('mia'),
  person('arno', { role: 'auditor' }),
  person('eve', { role: 'owner', organizationId: 'org-2' }),
];

let opened: AsyncDisposableStack;
let place: Place;
let ninox: NinoxStandIn;
let ninoxUrl: string;
let home: ConnectionProcess;
let face: Face;

beforeEach(async () => {
  opened = new AsyncDisposableStack();
  place = await createSqlitePlace();
  opened.defer(place.remove);
  ninox = createNinoxServer({
    keys: [
      { key: keyOf.all, teams: 'all' },
      { key: keyOf.one, teams: [sampleIds.company.team] },
      { key: keyOf.none, teams: [] },
      { key: keyOf.standIn, teams: 'all' },
    ],
  });
  ninoxUrl = await ninox.listen();
  opened.defer(() => ninox.close());
  home = await start();
  face = opened.use(await openFace(home, people));
});
afterEach(() => opened.disposeAsync());

async function start(options: Partial<ProcessOptions> = {}): Promise<ConnectionProcess> {
  const allowedHosts = [new URL(ninoxUrl).host];
  return opened.use(await openProcess({ open: place.open, allowedHosts, testTimeoutMs: 2_000, ...options }));
}

const target = () => ({ integration: 'ninox', place: 'own-host', address: ninoxUrl });
const wanted = (change: object = {}) => ({
  ...target(),
  key: keyOf.all,
  label: 'Main key',
  ownership: 'organization',
  scopes: ['ninox:teams:read', 'ninox:databases:read'],
  ...change,
});

async function connect(who = 'olivia', change: object = {}): Promise<string> {
  const { status, body } = await face.call(who, 'POST', '/api/v1/connections', wanted(change));
  expect([status, body.detail]).toEqual([201, undefined]);
  return String(body.id);
}

async function serve(behave: Behaviour) {
  const server = await startRawServer(behave);
  opened.defer(server.close);
  return server;
}

const question = (actorId: string, attached: string | null = null) => ({
  organizationId: 'org-1',
  actorId,
  integration: 'ninox',
  attached,
});

async function actions() {
  const { items } = await home.audit.list({ organizationId: 'org-1', limit: 50 });
  return items.map(({ action, actorId, connectionId }) => [action, actorId, connectionId]);
}

describe('connecting', () => {
  test('the catalog shows where Ninox can run, its tools and what a key is', async () => {
    const { body } = await face.call('max', 'GET', '/api/v1/integrations?search=DELETE_record&category=databases');
    expect(body).toMatchObject({
      nextCursor: null,
      items: [
        {
          name: 'ninox',
          auth: 'api_key',
          keyHelp: expect.stringContaining('API keys only, there is no sign-in with Ninox'),
          places: [{ id: 'public-cloud', bringsKey: false }, { id: 'private-cloud' }, { id: 'own-host' }],
          scopes: expect.arrayContaining([
            { scope: 'ninox:records:delete', title: 'Delete records', effect: 'destructive' },
          ]),
          connections: 0,
        },
      ],
    });
    expect((await face.call('max', 'GET', '/api/v1/integrations?search=fax')).body).toMatchObject({ items: [] });
    await connect();
    expect((await face.call('max', 'GET', '/api/v1/integrations')).body).toMatchObject({ items: [{ connections: 1 }] });
  });

  test('a key is tried, stores nothing, and shows what it sees', async () => {
    const { status, body } = await face.call('max', 'POST', '/api/v1/connection-tests', {
      ...target(),
      key: keyOf.one,
    });
    expect([status, body]).toEqual([
      200,
      { baseUrl: ninoxUrl, sees: [{ id: sampleIds.company.team, name: 'Example Interiors' }] },
    ]);
    expect((await face.call('max', 'GET', '/api/v1/connections')).body).toEqual({ items: [], nextCursor: null });
    expect(await home.db.query.select().from(home.db.tables.secrets)).toEqual([]);
  });

  test('a connection is tested, stored with its key sealed, and recorded', async () => {
    const id = await connect();
    const { body } = await face.call('max', 'GET', `/api/v1/connections/${id}`);
    expect(body).toMatchObject({
      ownership: 'organization',
      owner: null,
      baseUrl: ninoxUrl,
      auth: 'api_key',
      status: 'active',
      revision: 1,
      isStandIn: false,
      manageable: false,
      createdBy: 'Name of olivia',
      health: { lastUsedAt: null, problem: null, seen: [{ name: 'Example Interiors' }, {}, {}] },
    });
    const [secret] = await home.db.query.select().from(home.db.tables.secrets);
    expect(secret).toMatchObject({ holder: id, field: 'api_key', version: 1, origin: new URL(ninoxUrl).origin });
    expect(secret?.sealed).not.toContain(keyOf.all);
    expect(await actions()).toEqual([['connection.created', 'olivia', id]]);
  });

  test.each([
    ['a wrong key', { key: 'some-wrong-key' }, /did not accept the key.*Copy it again/],
    ['a key without teams', { key: keyOf.none }, /sees no team/],
    ['a key with a line break inside', { key: 'half-a-key\nother-half' }, /is no key/],
    ['a path that is no API', { address: () => `${new URL(ninoxUrl).origin}/wiki` }, /not as Ninox does/],
  ])('%s is refused in plain words', async (_name, change, words) => {
    const address = 'address' in change ? { address: change.address() } : {};
    const body = { ...target(), key: keyOf.all, ...change, ...address };
    const answer = await face.call('olivia', 'POST', '/api/v1/connection-tests', body);
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'CONNECTION_REFUSED', detail: expect.stringMatching(words) },
    });
    const created = await face.call('olivia', 'POST', '/api/v1/connections', wanted(body));
    expect([created.status, await home.repository.countActive({ organizationId: 'org-1', actorId: 'olivia' })]).toEqual(
      [422, new Map()],
    );
  });

  test.each([
    [
      'a web page',
      (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      /did not send what Ninox sends/,
    ],
    [
      'a redirect',
      (_request, response) => void response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
      /redirect, which is not followed/,
    ],
    ['silence', () => undefined, /did not answer within 1 second/],
    ['a refusal', (_request, response) => json(response, {}, 403), /does not allow the key/],
  ] satisfies [string, Behaviour, RegExp][])('a host that answers with %s is refused', async (_name, behave, words) => {
    const server = await serve(behave);
    const process = await start({ allowedHosts: [`127.0.0.1:${server.port}`], testTimeoutMs: 500 });
    const { actor } = person('max');
    const trial = { integration: 'ninox', place: 'own-host', address: server.baseUrl, key: 'a-key-of-max' };
    await expect(process.service.test(actor, trial)).rejects.toMatchObject({
      code: 'CONNECTION_REFUSED',
      message: expect.stringMatching(words),
    });
    expect(server.seen).toHaveLength(1);
  });

  test('a host that is not there, and one that never ends its handshake, are refused in plain words', async () => {
    const port = await unusedPort();
    const silent = await startSilentServer();
    opened.defer(silent.close);
    const process = await start({ allowedHosts: ['127.0.0.1'], testTimeoutMs: 300 });
    const attempt = (address: string) =>
      process.service.test(person('max').actor, {
        integration: 'ninox',
        place: 'own-host',
        address,
        key: 'a-key-of-max',
      });
    await expect(attempt(`http://127.0.0.1:${port}`)).rejects.toThrow(/could not be reached|did not answer/);
    await expect(attempt(`https://127.0.0.1:${silent.port}`)).rejects.toThrow(/did not answer within/);
  });

  test.each([
    ['http://192.168.1.5', /begins with http/],
    ['https://127.0.0.1', /private network.*ALLOWED_PRIVATE_HOSTS=127\.0\.0\.1/],
    ['https://[::ffff:10.0.0.1]', /private network/],
    ['https://0x7f.1', /private network/],
    ['https://169.254.169.254', /private network/],
    ['https://localhost', /private network/],
  ])('%s is not gone to', async (address, words) => {
    const answer = await face.call('max', 'POST', '/api/v1/connection-tests', { ...target(), address, key: keyOf.all });
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'CONNECTION_REFUSED', detail: expect.stringMatching(words) },
    });
  });

  test.each([
    [{ place: 'own-host', address: 'ftp://x' }, /no address of a server/],
    [{ place: 'own-host', address: 'https://user:pass@x.example' }, /no address of a server/],
    [{ place: 'own-host', address: '' }, /say where it is/],
    [{ place: 'private-cloud', address: 'https://acme.ninoxdb.de.evil.example' }, /private cloud has a name/],
    [{ place: 'public-cloud', address: 'https://x.example' }, /fixed address/],
    [{ place: 'moon' }, /no such place/],
    [{ integration: 'fax' }, /no such integration/],
    [{ key: undefined }, /paste the key/],
    [{ key: 'short' }, /at least 8 characters/],
    [{ nonsense: 1 }, /nonsense/],
  ])('%j is not taken', async (change, words) => {
    const answer = await face.call('max', 'POST', '/api/v1/connection-tests', {
      ...target(),
      key: keyOf.all,
      ...change,
    });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'INPUT_INVALID', detail: expect.stringMatching(words) },
    });
  });

  test('the stand-in brings its key, which no vault holds, and works on whatever port it has', async () => {
    const standIn = { baseUrl: ninoxUrl, key: new Secret(keyOf.standIn) };
    const process = await start({ standIn, allowedHosts: [] });
    const { actor } = person('olivia', { role: 'owner' });
    const created = await process.service.create(actor, {
      integration: 'ninox',
      place: 'stand-in',
      address: null,
      key: null,
      label: 'Samples',
      ownership: 'organization',
      scopes: ['ninox:teams:read'],
      limits: {},
      limitNames: {},
    });
    expect(created).toMatchObject({ isStandIn: true, status: 'active', baseUrl: ninoxUrl });
    expect(await process.db.query.select().from(process.db.tables.secrets)).toEqual([]);
    const connection = await process.store.find(question('max'));
    expect(connection?.origin).toBe('stand-in:local');
    if (connection === null) throw new Error('no connection');
    const { signal } = new AbortController();
    expect(await process.ninox.listTeams({ connection, signal })).toHaveLength(3);
    // A process without the stand-in says so instead of sending anything anywhere.
    expect(await home.store.find(question('max'))).toMatchObject({ status: 'needs_reconnect' });
    await expect(home.ninox.listTeams({ connection, signal })).rejects.toMatchObject({ code: 'EGRESS_DENIED' });
  });
});

describe('whose it is', () => {
  test('personal connections are there for their owner alone, and 404 for everybody else', async () => {
    const id = await connect('max', { ownership: 'personal', key: keyOf.one });
    expect((await face.call('max', 'GET', `/api/v1/connections/${id}`)).body).toMatchObject({
      ownership: 'personal',
      owner: { id: 'max', name: 'Name of max' },
      manageable: true,
    });
    for (const who of ['mia', 'olivia', 'eve']) {
      expect((await face.call(who, 'GET', '/api/v1/connections')).body).toMatchObject({ items: [] });
      for (const path of ['', '/dependents', '/resources?level=teams']) {
        expect([who, path, (await face.call(who, 'GET', `/api/v1/connections/${id}${path}`)).status]).toEqual([
          who,
          path,
          404,
        ]);
      }
      const patch = { revision: 1, label: 'Mine now', scopes: ['ninox:teams:read'] };
      expect((await face.call(who, 'PATCH', `/api/v1/connections/${id}`, patch)).status).toBe(404);
      expect((await face.call(who, 'POST', `/api/v1/connections/${id}/checks`)).status).toBe(404);
      expect((await face.call(who, 'POST', `/api/v1/connections/${id}/key`, { key: keyOf.all })).status).toBe(404);
    }
    expect((await face.call('mia', 'POST', `/api/v1/connections/${id}/revoke`)).status).toBe(404);
    expect((await face.call('eve', 'POST', `/api/v1/connections/${id}/revoke`)).status).toBe(404);
    // Who manages the organization's connections may end a personal one, and does not need to see more of it.
    expect((await face.call('olivia', 'POST', `/api/v1/connections/${id}/revoke`)).body).toMatchObject({
      status: 'revoked',
    });
  });

  test('members see the organization’s connections and change nothing about them', async () => {
    const id = await connect();
    const refused = { status: 403, body: { code: 'FORBIDDEN' } };
    const patch = { revision: 1, label: 'Mine now', scopes: ['ninox:teams:read'] };
    expect((await face.call('max', 'GET', `/api/v1/connections/${id}`)).status).toBe(200);
    expect(await face.call('max', 'PATCH', `/api/v1/connections/${id}`, patch)).toMatchObject(refused);
    expect(await face.call('max', 'POST', `/api/v1/connections/${id}/revoke`)).toMatchObject(refused);
    expect(await face.call('max', 'POST', `/api/v1/connections/${id}/key`, { key: keyOf.one })).toMatchObject(refused);
    expect(await face.call('max', 'GET', `/api/v1/connections/${id}/resources?level=teams`)).toMatchObject(refused);
    expect(await face.call('max', 'POST', '/api/v1/connections', wanted())).toMatchObject(refused);
    expect(await face.call('arno', 'POST', '/api/v1/connections', wanted({ ownership: 'personal' }))).toMatchObject(
      refused,
    );
    expect((await face.call('arno', 'GET', `/api/v1/connections/${id}`)).status).toBe(200);
    expect((await face.call('nobody', 'GET', '/api/v1/connections')).status).toBe(401);
    expect((await face.call('eve', 'GET', `/api/v1/connections/${id}`)).status).toBe(404);
  });

  test('a call uses the person’s own, else the organization’s, else is told why there is none', async () => {
    expect(await home.store.find(question('max'))).toBeNull();
    const shared = await connect();
    await connect('olivia', { label: 'Later key' });
    const own = await connect('max', { ownership: 'personal', key: keyOf.one });
    expect((await home.store.find(question('max')))?.id).toBe(own);
    expect((await home.store.find(question('mia')))?.id).toBe(shared);
    expect((await home.store.find(question('mia', shared)))?.id).toBe(shared);
    // Attached is attached: neither another one nor somebody else's own stands in for it.
    expect(await home.store.find(question('mia', own))).toBeNull();
    expect(await home.store.find(question('mia', 'not-there'))).toBeNull();
    expect((await home.store.find(question('max', own)))?.id).toBe(own);
    await face.call('max', 'POST', `/api/v1/connections/${own}/revoke`);
    expect((await home.store.find(question('max')))?.id).toBe(shared);
    expect(await home.store.find(question('max', own))).toMatchObject({ status: 'revoked' });
  });

  test('lists are paged newest first', async () => {
    for (const label of ['A', 'B', 'C']) await connect('olivia', { label });
    const first = await face.call('max', 'GET', '/api/v1/connections?limit=2&status=active&integration=ninox');
    const second = await face.call('max', 'GET', `/api/v1/connections?limit=2&cursor=${String(first.body.nextCursor)}`);
    const labels = [first, second].flatMap(({ body }) => (body.items as { label: string }[]).map(({ label }) => label));
    expect([labels, second.body.nextCursor]).toEqual([['C', 'B', 'A'], null]);
  });
});

describe('changing', () => {
  test('of two changes made on the same revision the second is told', async () => {
    const id = await connect();
    const change = (label: string) => ({
      revision: 1,
      label,
      scopes: ['ninox:teams:read'],
      limits: { teams: [sampleIds.company.team] },
      limitNames: { [sampleIds.company.team]: 'Example Interiors', other: 'Not limited to' },
    });
    const answers = await Promise.all(
      ['One', 'Two'].map((label) => face.call('olivia', 'PATCH', `/api/v1/connections/${id}`, change(label))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('CONNECTION_CHANGED');
    const won = answers.find(({ status }) => status === 200)?.body;
    expect(won).toMatchObject({ revision: 2, limitNames: { [sampleIds.company.team]: 'Example Interiors' } });
    expect(won?.limitNames).not.toHaveProperty('other');
    expect(await home.store.find(question('max'))).toMatchObject({
      grant: { scopes: ['ninox:teams:read'], limits: { teams: [sampleIds.company.team] } },
    });
    expect((await actions())[0]).toEqual(['connection.changed', 'olivia', id]);
  });

  test('what a limit can name is listed by name, page by page', async () => {
    const id = await connect();
    const names = async (query: string) => {
      const { body } = await face.call('olivia', 'GET', `/api/v1/connections/${id}/resources?${query}`);
      return {
        names: (body.items as { name: string }[] | undefined)?.map(({ name }) => name),
        next: body.nextCursor,
        body,
      };
    };
    const teams = await names('level=teams&limit=2');
    const rest = await names(`level=teams&limit=2&cursor=${String(teams.next)}`);
    expect([...(teams.names ?? []), ...(rest.names ?? [])]).toHaveLength(3);
    expect(rest.next).toBeNull();
    const { team, crm } = sampleIds.company;
    expect((await names(`level=databases&team=${team}`)).names).toContain('CRM');
    expect((await names(`level=tables&team=${team}&database=${crm}`)).names?.length).toBeGreaterThan(1);
    expect((await names('level=tables&team=x')).body).toMatchObject({ code: 'INPUT_INVALID' });
    expect((await names('level=databases&team=unknownteam')).body).toMatchObject({ code: 'CONNECTION_REFUSED' });
  });
});

describe('a new key', () => {
  test('that sees less changes nothing until the loss is accepted', async () => {
    const id = await connect();
    const before = await home.repository.find({ organizationId: 'org-1', id });
    const path = `/api/v1/connections/${id}/key`;
    const refused = await face.call('olivia', 'POST', path, { key: keyOf.one });
    expect(refused).toMatchObject({ status: 200, body: { replaced: false, lost: [{ name: 'Workshop' }, {}] } });
    expect(await home.repository.find({ organizationId: 'org-1', id })).toEqual(before);
    const wrong = await face.call('olivia', 'POST', path, { key: 'some-wrong-key', acceptLoss: true });
    expect(wrong).toMatchObject({ status: 422, body: { code: 'CONNECTION_REFUSED' } });
    expect(await home.repository.find({ organizationId: 'org-1', id })).toEqual(before);
    const accepted = await face.call('olivia', 'POST', path, { key: keyOf.one, acceptLoss: true });
    expect(accepted.body).toMatchObject({
      replaced: true,
      lost: [],
      connection: { revision: 2, health: { seen: [{}] } },
    });
    const secrets = await home.db.query.select().from(home.db.tables.secrets);
    expect(secrets.map(({ holder, version }) => [holder, version])).toEqual([[id, 2]]);
    expect((await actions())[0]).toEqual(['connection.key_replaced', 'olivia', id]);
  });

  test('is used at once, also by a call that had found the connection before', async () => {
    const id = await connect();
    const found = await home.store.find(question('max'));
    if (found === null) throw new Error('no connection');
    await face.call('olivia', 'POST', `/api/v1/connections/${id}/key`, { key: keyOf.one, acceptLoss: true });
    const { signal } = new AbortController();
    expect(await home.ninox.listTeams({ connection: found, signal })).toHaveLength(1);
  });

  test('put in twice at the same moment counts once', async () => {
    const id = await connect();
    const other = await start();
    const { actor } = person('olivia', { role: 'owner' });
    const wish = { id, key: keyOf.standIn, acceptLoss: false };
    const outcomes = await Promise.allSettled([
      home.service.replaceKey(actor, wish),
      other.service.replaceKey(actor, wish),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'CONNECTION_CHANGED' },
    });
    const secrets = await home.db.query.select().from(home.db.tables.secrets);
    expect(secrets.map(({ version }) => version)).toEqual([2]);
  });
});

describe('revoking', () => {
  test('ends a slow read on the wire, forgets the key and lets nothing through afterwards', async () => {
    const revokedOnes: string[] = [];
    const arrived = new EventEmitter();
    const hanging = await serve((request, response) => {
      if (hanging.seen.length === 1) json(response, [{ id: sampleIds.company.team, name: 'Team' }]);
      else arrived.emit('request', request);
    });
    const process = await start({
      allowedHosts: [`127.0.0.1:${hanging.port}`],
      onRevoked: ({ id }) => void revokedOnes.push(id),
    });
    const { actor } = person('olivia', { role: 'owner' });
    const { record } = await process.service.create(actor, {
      integration: 'ninox',
      place: 'own-host',
      address: hanging.baseUrl,
      key: keyOf.all,
      label: 'Slow',
      ownership: 'organization',
      scopes: ['ninox:teams:read'],
      limits: {},
      limitNames: {},
    });
    const connection = await process.store.find(question('max'));
    if (connection === null) throw new Error('no connection');
    const followed = process.store.follow(connection, new AbortController().signal);
    const reading = process.ninox.listTeams({ connection, signal: followed.signal });
    await once(arrived, 'request');
    const stopped = expect(reading).rejects.toMatchObject({ kind: 'cancelled' });
    await process.service.revoke(actor, record.id);
    expect(followed.signal.reason).toBe(connectionRevoked);
    await stopped;
    followed.release();
    expect(process.isLooking()).toBe(false);
    expect(revokedOnes).toEqual([record.id]);
    expect(await process.db.query.select().from(process.db.tables.secrets)).toEqual([]);
    await expect(process.ninox.listTeams({ connection, signal: new AbortController().signal })).rejects.toMatchObject({
      code: 'UPSTREAM_UNAUTHORIZED',
      message: expect.stringContaining('was revoked'),
    });
    expect(hanging.seen).toHaveLength(2);
  });

  test('by another process ends calls here with the next look', async () => {
    const id = await connect();
    const other = await start();
    const connection = await home.store.find(question('max'));
    if (connection === null) throw new Error('no connection');
    expect(home.isLooking()).toBe(false);
    const followed = home.store.follow(connection, new AbortController().signal);
    const unaffected = home.store.follow({ ...connection, id: await connect() }, new AbortController().signal);
    expect(home.isLooking()).toBe(true);
    await other.service.revoke(person('olivia', { role: 'owner' }).actor, id);
    expect(followed.signal.aborted).toBe(false);
    home.lookForRevocations();
    await once(followed.signal, 'abort');
    expect([followed.signal.reason, unaffected.signal.aborted]).toEqual([connectionRevoked, false]);
    followed.release();
    unaffected.release();
    expect(home.isLooking()).toBe(false);
  });

  test('happens once, stays, and is recorded once', async () => {
    const id = await connect();
    const path = `/api/v1/connections/${id}`;
    const answers = await Promise.all([1, 2].map(() => face.call('olivia', 'POST', `${path}/revoke`)));
    expect(answers.map(({ body }) => body.status)).toEqual(['revoked', 'revoked']);
    expect((await actions()).filter(([action]) => action === 'connection.revoked')).toHaveLength(1);
    const over = { status: 409, body: { code: 'CONNECTION_CHANGED' } };
    const patch = { revision: 2, label: 'Again', scopes: ['ninox:teams:read'] };
    expect(await face.call('olivia', 'PATCH', path, patch)).toMatchObject(over);
    expect(await face.call('olivia', 'POST', `${path}/key`, { key: keyOf.all })).toMatchObject(over);
    expect(await face.call('olivia', 'POST', `${path}/checks`)).toMatchObject(over);
    expect(await home.audit.verify('org-1')).toMatchObject({ ok: true });
  });
});

test('no answer ever holds a key', async () => {
  const id = await connect();
  await connect('max', { ownership: 'personal', key: keyOf.one });
  const path = `/api/v1/connections/${id}`;
  await face.call('olivia', 'POST', '/api/v1/connection-tests', { ...target(), key: keyOf.none });
  await face.call('olivia', 'POST', '/api/v1/connections', wanted({ key: `${keyOf.all} with more` }));
  await face.call('olivia', 'POST', '/api/v1/connections', wanted({ key: { nested: keyOf.all } }));
  await face.call('olivia', 'POST', `${path}/key`, { key: keyOf.one });
  await face.call('olivia', 'POST', `${path}/checks`);
  for (const read of ['', '/dependents', '/resources?level=teams']) await face.call('olivia', 'GET', path + read);
  await face.call('olivia', 'GET', '/api/v1/connections');
  await face.call('olivia', 'POST', `${path}/revoke`);
  const everything = face.answers.join('\n');
  for (const key of Object.values(keyOf)) {
    for (const form of [key, Buffer.from(key).toString('base64'), new Secret(key).fingerprint]) {
      expect(everything).not.toContain(form);
    }
  }
});
