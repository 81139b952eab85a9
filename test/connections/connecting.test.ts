import { describe, expect, test } from 'vitest';
import { sampleIds } from '#sandbox/ninox-data.ts';
import { Secret } from '#vault/secret.ts';
import { openFace, person } from '../support/connections.ts';
import { keyOf, prepareKeyWorld, question } from '../support/key-world.ts';
import { type Behaviour, json, startSilentServer, unusedPort } from '../support/raw-server.ts';

const world = prepareKeyWorld();
const { target, start, wanted, connect, serve, actions } = world;

describe('connecting', () => {
  test('the catalog shows where Ninox can run, its tools and what a key is', async () => {
    const { body } = await world.face.call(
      'max',
      'GET',
      '/api/v1/integrations?search=DELETE_record&category=databases',
    );
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
    expect((await world.face.call('max', 'GET', '/api/v1/integrations?search=fax')).body).toMatchObject({ items: [] });
    await connect();
    expect((await world.face.call('max', 'GET', '/api/v1/integrations')).body).toMatchObject({
      items: [{ connections: 1 }],
    });
  });

  test('a key is tried, stores nothing, and shows what it sees', async () => {
    const { status, body } = await world.face.call('max', 'POST', '/api/v1/connection-tests', {
      ...target(),
      key: keyOf.one,
    });
    expect([status, body]).toEqual([
      200,
      { baseUrl: world.ninoxUrl, sees: [{ id: sampleIds.company.team, name: 'Example Interiors' }] },
    ]);
    expect((await world.face.call('max', 'GET', '/api/v1/connections')).body).toEqual({ items: [], nextCursor: null });
    expect(await world.home.db.query.select().from(world.home.db.tables.secrets)).toEqual([]);
  });

  test('a connection is tested, stored with its key sealed, and recorded', async () => {
    const id = await connect();
    const { body } = await world.face.call('max', 'GET', `/api/v1/connections/${id}`);
    expect(body).toMatchObject({
      ownership: 'organization',
      owner: null,
      baseUrl: world.ninoxUrl,
      auth: 'api_key',
      status: 'active',
      revision: 1,
      isStandIn: false,
      manageable: false,
      createdBy: 'Name of olivia',
      health: { lastUsedAt: null, problem: null, seen: [{ name: 'Example Interiors' }, {}, {}] },
    });
    const [secret] = await world.home.db.query.select().from(world.home.db.tables.secrets);
    expect(secret).toMatchObject({ holder: id, field: 'api_key', version: 1, origin: new URL(world.ninoxUrl).origin });
    expect(secret?.sealed).not.toContain(keyOf.all);
    expect(await actions()).toEqual([['connection.created', 'olivia', id]]);
  });

  test.each([
    ['a wrong key', { key: 'some-wrong-key-of-2019' }, /did not accept the key.*Copy it again/],
    ['a key without teams', { key: keyOf.none }, /sees no team/],
    ['a key with a line break inside', { key: 'half-a-key\nother-half' }, /is no key/],
    ['a piece of an answer as the key', { key: '"nextCursor":null,"id":1' }, /is no key/],
    ['a word of the service as the key', { key: 'ninox_get_databases_' }, /is no key/],
    ['an address of the service as the key', { key: 'https://api.ninox.com/v1' }, /is no key/],
    ['too short a key', { key: 'Customer1' }, /is no key.*at least 20 characters/],
    ['a path that is no API', { address: () => `${new URL(world.ninoxUrl).origin}/wiki` }, /not as Ninox does/],
  ])('%s is refused in plain words', async (_name, change, words) => {
    const address = 'address' in change ? { address: change.address() } : {};
    const body = { ...target(), key: keyOf.all, ...change, ...address };
    const answer = await world.face.call('olivia', 'POST', '/api/v1/connection-tests', body);
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'CONNECTION_REFUSED', detail: expect.stringMatching(words) },
    });
    const created = await world.face.call('olivia', 'POST', '/api/v1/connections', wanted(body));
    expect([
      created.status,
      await world.home.repository.countActive({ organizationId: 'org-1', actorId: 'olivia' }),
    ]).toEqual([422, new Map()]);
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
    const trial = { integration: 'ninox', place: 'own-host', address: server.baseUrl, key: 'a-key-of-max-since-2020' };
    await expect(process.service.test(actor, trial)).rejects.toMatchObject({
      code: 'CONNECTION_REFUSED',
      message: expect.stringMatching(words),
    });
    expect(server.seen).toHaveLength(1);
  });

  test('one client address cannot have many places looked at, by whichever endpoint', async () => {
    await using face = await openFace(world.home, [person('olivia', { role: 'owner' })], { keyTrials: 1 });
    const test = { ...target(), key: keyOf.all };
    expect((await face.call('olivia', 'POST', '/api/v1/connection-tests', test)).status).toBe(200);
    const id = await connect();
    for (const [path, body] of [
      ['connection-tests', test],
      ['connections', wanted()],
      [`connections/${id}/checks`, {}],
      [`connections/${id}/key`, { key: keyOf.one, acceptLoss: true }],
    ] as const) {
      const answer = await face.call('olivia', 'POST', `/api/v1/${path}`, body);
      expect([path, answer.status, answer.body.code]).toEqual([path, 429, 'RATE_LIMITED']);
    }
  });

  test('a host that is not there, and one that never ends its handshake, are refused in plain words', async () => {
    const port = await unusedPort();
    const silent = await startSilentServer();
    world.opened.defer(silent.close);
    const process = await start({ allowedHosts: ['127.0.0.1'], testTimeoutMs: 300 });
    const attempt = (address: string) =>
      process.service.test(person('max').actor, {
        integration: 'ninox',
        place: 'own-host',
        address,
        key: 'a-key-of-max-since-2020',
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
    const answer = await world.face.call('max', 'POST', '/api/v1/connection-tests', {
      ...target(),
      address,
      key: keyOf.all,
    });
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
    const answer = await world.face.call('max', 'POST', '/api/v1/connection-tests', {
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
    const standIn = { baseUrl: world.ninoxUrl, key: new Secret(keyOf.standIn) };
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
    expect(created).toMatchObject({ isStandIn: true, status: 'active', baseUrl: world.ninoxUrl });
    expect(await process.db.query.select().from(process.db.tables.secrets)).toEqual([]);
    const connection = await process.store.find(question('max'));
    expect(connection?.origin).toBe('stand-in:local');
    if (connection === null) throw new Error('no connection');
    const { signal } = new AbortController();
    expect(await process.ninox.listTeams({ connection, signal })).toHaveLength(3);
    // A process without the stand-in says so instead of sending anything anywhere.
    expect(await world.home.store.find(question('max'))).toMatchObject({ status: 'needs_reconnect' });
    await expect(world.home.ninox.listTeams({ connection, signal })).rejects.toMatchObject({ code: 'EGRESS_DENIED' });
  });
});
