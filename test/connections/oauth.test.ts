import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Integration } from '#integrations/catalog.ts';
import type { Connection } from '#integrations/connection.ts';
import { createSqlitePlace, type Place } from '../contract/place.ts';
import {
  type ConnectionProcess,
  type Face,
  openFace,
  openProcess,
  type ProcessOptions,
  person,
} from '../support/connections.ts';
import {
  calendarIntegration,
  clientSecret,
  type IdentityProvider,
  startIdentityProvider,
  walkTo,
} from '../support/identity-provider.ts';

const callbackPath = '/api/v1/oauth/callback';
const redirectUri = `http://127.0.0.1:59999${callbackPath}`;
const olivia = person('olivia', { role: 'owner' });
const people = [
  olivia,
  person('max'),
  {
    ...person('max-elsewhere'),
    user: { ...olivia.user, id: 'olivia-elsewhere' },
    actor: olivia.actor,
    sessionId: 'another session',
  },
];
const minute = 60_000;

let opened: AsyncDisposableStack;
let place: Place;
let provider: IdentityProvider;
let now: number;
let home: ConnectionProcess;
let face: Face;

beforeEach(async () => {
  opened = new AsyncDisposableStack();
  place = await createSqlitePlace();
  opened.defer(place.remove);
  provider = await startIdentityProvider(() => redirectUri);
  opened.defer(() => provider.close());
  now = Date.now();
  home = await start();
  face = opened.use(await openFace(home, people));
});
afterEach(() => opened.disposeAsync());

async function start(options: Partial<ProcessOptions> = {}): Promise<ConnectionProcess> {
  return opened.use(
    await openProcess({
      open: place.open,
      allowedHosts: ['127.0.0.1'],
      clock: () => new Date(now),
      redirectUri: () => redirectUri,
      integrations: (egress) => [calendarIntegration(provider, egress)],
      ...options,
    }),
  );
}

const request = (change: object = {}) => ({
  integration: 'calendar',
  label: 'Team calendar',
  ownership: 'organization',
  scopes: ['ninox:teams:read'],
  ...change,
});

/** Goes to the provider and back to the callback, without calling it. */
async function walk(change: object = {}): Promise<string> {
  const { status, body } = await face.call('olivia', 'POST', '/api/v1/connection-authorizations', request(change));
  expect([status, body.detail]).toEqual([200, undefined]);
  const back = await walkTo(redirectUri, String(body.url));
  return `${callbackPath}${back.search}`;
}

/** What the browser is sent to, and nothing else. */
async function comeBack(path: string, who = 'olivia'): Promise<string> {
  const response = await fetch(face.address + path, { redirect: 'manual', headers: { 'x-test-person': who } });
  expect(response.status).toBe(303);
  return response.headers.get('location') ?? '';
}

async function signIn(change: object = {}): Promise<string> {
  const page = await comeBack(await walk(change));
  const [, id] = /^\/integrations\?connected=([\w-]+)$/.exec(page) ?? [];
  if (id === undefined) throw new Error(`Not connected: ${page}`);
  return id;
}

async function found(process: ConnectionProcess, id: string): Promise<Connection> {
  const question = { organizationId: 'org-1', actorId: 'max', integration: 'calendar', attached: id };
  const connection = await process.store.find(question);
  if (connection === null) throw new Error('no connection');
  return connection;
}

function calendarOf(process: ConnectionProcess): Integration {
  const integration = process.catalog.findIntegration('calendar');
  if (integration === undefined) throw new Error('no calendar');
  return integration;
}

/** One call to the API with the connection as it stands now, or as it was found before. */
async function callApi(process: ConnectionProcess, connection: Connection) {
  return calendarOf(process).inspect(connection, new AbortController().signal);
}

const record = (id: string) => home.repository.find({ organizationId: 'org-1', id });
const refreshes = () => provider.tokenRequests.filter(({ grant }) => grant === 'refresh_token');
const secrets = async () => {
  const rows = await home.db.query.select().from(home.db.tables.secrets);
  return rows
    .map(({ field, version, origin }) => [field, version, origin])
    .sort((a, b) => (String(a) < String(b) ? -1 : 1));
};
const actions = async () => {
  const { items } = await home.audit.list({ organizationId: 'org-1', limit: 50 });
  return items.map(({ action }) => action);
};
const work = [{ id: 'work', name: 'Work' }];

describe('signing in', () => {
  test('goes over PKCE to the provider and back, and leaves a connection whose tokens are sealed for their two places', async () => {
    const { body } = await face.call('olivia', 'POST', '/api/v1/connection-authorizations', request());
    const url = new URL(String(body.url));
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      redirect_uri: redirectUri,
    });
    const state = url.searchParams.get('state') ?? '';
    expect(JSON.stringify(await home.db.query.select().from(home.db.tables.oauthFlows))).not.toContain(state);
    const id = await signIn();
    expect((await face.call('max', 'GET', `/api/v1/connections/${id}`)).body).toMatchObject({
      auth: 'oauth',
      status: 'active',
      label: 'Team calendar',
      ownership: 'organization',
      health: { seen: work, problem: null },
    });
    expect(await secrets()).toEqual([
      ['access_token', 1, provider.apiUrl],
      ['refresh_token', 1, provider.issuer],
    ]);
    expect(await callApi(home, await found(home, id))).toEqual(work);
    expect(await actions()).toEqual(['connection.created']);
  });

  test('counts once, for ten minutes, and for the session it was begun in', async () => {
    const path = await walk();
    expect(await comeBack(path, 'nobody')).toBe('/integrations?error=signed_out');
    expect(await comeBack(path)).toMatch('/integrations?connected=');
    expect(await comeBack(path)).toBe('/integrations?error=expired');
    const late = await walk();
    now += 10 * minute;
    expect(await comeBack(late)).toBe('/integrations?error=expired');
    for (const other of ['max', 'olivia-elsewhere']) {
      const stolen = await walk();
      expect(await comeBack(stolen, other)).toBe('/integrations?error=other_session');
      expect(await comeBack(stolen)).toBe('/integrations?error=expired');
    }
    expect(await actions()).toEqual(['connection.created']);
    expect(provider.tokenRequests).toHaveLength(1);
  });

  test.each([
    ['a foreign issuer', (query: URLSearchParams) => query.set('iss', 'https://evil.example')],
    ['no issuer', (query: URLSearchParams) => query.delete('iss')],
    ['another code', (query: URLSearchParams) => query.set('code', 'a-code-of-somebody-else')],
    ['no code', (query: URLSearchParams) => query.delete('code')],
  ])('with %s it leads to nothing', async (_name, change) => {
    const url = new URL(await walk(), face.address);
    change(url.searchParams);
    expect(await comeBack(url.pathname + url.search)).toBe('/integrations?error=failed');
    expect(await secrets()).toEqual([]);
  });

  test('without a state, or with a made up one, it leads to nothing', async () => {
    expect(await comeBack(`${callbackPath}?code=abc`)).toBe('/integrations?error=expired');
    expect(await comeBack(`${callbackPath}?code=abc&state=made-up`)).toBe('/integrations?error=expired');
  });

  test('that is denied comes back with a word of ours and none of theirs', async () => {
    provider.consent = 'denied';
    const path = await walk();
    expect(decodeURIComponent(path)).toContain('raw+words');
    expect(await comeBack(path)).toBe('/integrations?error=denied');
  });

  test('at a provider in trouble leads to nothing', async () => {
    const path = await walk();
    provider.tokenFault = 503;
    expect(await comeBack(path)).toBe('/integrations?error=failed');
    expect(await secrets()).toEqual([]);
  });

  test('is for those who may connect, in a browser, where there is a sign-in', async () => {
    const path = '/api/v1/connection-authorizations';
    expect((await face.call('max', 'POST', path, request())).status).toBe(403);
    expect((await face.call('max', 'POST', path, request({ ownership: 'personal' }))).status).toBe(200);
    expect((await face.call('olivia', 'POST', path, request({ integration: 'ninox' }))).body).toMatchObject({
      code: 'INPUT_INVALID',
      detail: expect.stringContaining('no sign-in with Ninox'),
    });
    expect((await face.call('olivia', 'POST', path, request({ connectionId: 'not-there' }))).status).toBe(404);
    const key = { integration: 'calendar', place: 'x', key: 'an-api-key' };
    expect((await face.call('olivia', 'POST', '/api/v1/connection-tests', key)).body).toMatchObject({
      code: 'INPUT_INVALID',
    });
  });
});

describe('tokens', () => {
  test('are renewed before they end, and every rotated refresh token is kept', async () => {
    const id = await signIn();
    for (const round of [1, 2, 3]) {
      now += 59.5 * minute;
      expect(await callApi(home, await found(home, id))).toEqual(work);
      expect(refreshes()).toHaveLength(round);
    }
    expect(refreshes().every(({ given }) => given)).toBe(true);
    expect(await secrets()).toEqual([
      ['access_token', 4, provider.apiUrl],
      ['refresh_token', 4, provider.issuer],
    ]);
    expect(await record(id)).toMatchObject({ revision: 1, status: 'active', renewingUntil: null });
  });

  test('are renewed once for many calls at once that are answered 401', async () => {
    const id = await signIn();
    const connection = await found(home, id);
    provider.endAccessTokens();
    const answers = await Promise.all(Array.from({ length: 8 }, () => callApi(home, connection)));
    expect(answers).toEqual(Array.from({ length: 8 }, () => work));
    expect(refreshes()).toEqual([{ grant: 'refresh_token', given: true }]);
  });

  test('are renewed by one of two processes, and neither loses the rotated token', async () => {
    const id = await signIn();
    const other = await start({ wait: () => new Promise((resolve) => void setImmediate(resolve)) });
    // A second request with the same refresh token would make the provider take everything back.
    for (const round of [1, 2, 3]) {
      const stale = [await found(home, id), await found(other, id)] as const;
      provider.endAccessTokens();
      const answers = await Promise.all([callApi(home, stale[0]), callApi(other, stale[1]), callApi(other, stale[1])]);
      expect(answers).toEqual([work, work, work]);
      expect(refreshes()).toHaveLength(round);
    }
    expect(refreshes().every(({ given }) => given)).toBe(true);
  });

  test('that a process died over are renewed by another once its right has ended', async () => {
    const id = await signIn();
    const at = new Date(now);
    const lease = { now: at, until: new Date(now + 30_000) };
    expect(await home.repository.claimRenewal({ organizationId: 'org-1', id }, 1, lease)).toBe(true);
    const waits: number[] = [];
    const other = await start({
      wait: async (milliseconds) => {
        waits.push(milliseconds);
        now += 10_000;
      },
    });
    provider.endAccessTokens();
    expect(await callApi(other, await found(other, id))).toEqual(work);
    expect(waits).toHaveLength(3);
  });

  test('that the provider renews no more make a connection that has to be signed in to again', async () => {
    const id = await signIn();
    const connection = await found(home, id);
    await provider.endGrants();
    await expect(callApi(home, connection)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAUTHORIZED',
      message: expect.stringContaining('must sign in again'),
    });
    expect(await found(home, id)).toMatchObject({ status: 'needs_reconnect' });
    expect((await face.call('olivia', 'GET', `/api/v1/connections/${id}`)).body).toMatchObject({
      status: 'needs_reconnect',
      health: { problem: expect.stringContaining('Sign in again to go on') },
    });
    expect((await actions())[0]).toBe('connection.needs_reconnect');
    const asked = provider.tokenRequests.length;
    await expect(callApi(home, connection)).rejects.toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED' });
    expect(provider.tokenRequests).toHaveLength(asked);

    expect(await signIn({ connectionId: id })).toBe(id);
    expect(await callApi(home, await found(home, id))).toEqual(work);
    expect(await record(id)).toMatchObject({ status: 'active', lastCheckProblem: null, secretVersion: 2 });
    expect((await actions())[0]).toBe('connection.reconnected');
    expect(await secrets()).toHaveLength(2);
  });

  test('of a provider in trouble are used as long as they count, and then the call fails with nothing lost', async () => {
    const id = await signIn();
    provider.tokenFault = 503;
    now += 59.5 * minute;
    expect(await callApi(home, await found(home, id))).toEqual(work);
    now += minute;
    await expect(callApi(home, await found(home, id))).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: expect.stringContaining('could not be renewed just now'),
    });
    expect(await record(id)).toMatchObject({ status: 'active', renewingUntil: null });
    provider.tokenFault = null;
    expect(await callApi(home, await found(home, id))).toEqual(work);
  });

  test('that come back after the connection was revoked are dropped', async () => {
    const id = await signIn();
    const connection = await found(home, id);
    provider.endAccessTokens();
    const other = await start();
    provider.beforeTokens = async () => void (await other.service.revoke(olivia.actor, id));
    await expect(callApi(home, connection)).rejects.toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED' });
    expect(await record(id)).toMatchObject({ status: 'revoked' });
    expect(await secrets()).toEqual([]);
  });

  test('never leave, in whatever answer', async () => {
    const id = await signIn();
    const path = `/api/v1/connections/${id}`;
    for (const read of [
      path,
      `${path}/dependents`,
      `${path}/resources?level=teams`,
      '/api/v1/connections',
      '/api/v1/integrations',
    ]) {
      await face.call('olivia', 'GET', read);
    }
    await face.call('olivia', 'POST', `${path}/checks`);
    await face.call('olivia', 'POST', `${path}/key`, { key: 'not-for-this-one' });
    const everything = face.answers.join('\n');
    expect(provider.tokensSeen.length).toBeGreaterThan(0);
    for (const secret of [...provider.tokensSeen, clientSecret]) expect(everything).not.toContain(secret);
  });
});
