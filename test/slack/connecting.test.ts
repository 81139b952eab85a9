import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkNext } from '#connections/connection-checks.ts';
import type { Persona } from '#personas/persona-schema.ts';
import { createSqlitePlace, type Place } from '../contract/place.ts';
import { person } from '../support/connections.ts';
import { openSlackDesk, type SlackDesk, type SlackDeskOptions } from '../support/slack-desk.ts';
import { type SlackServer, startSlackServer } from '../support/slack-server.ts';

const olivia = person('olivia', { role: 'owner' });
const max = person('max');
const eve = person('eve', { role: 'owner', organizationId: 'org-2' });
const elsewhere = { ...olivia, user: { ...olivia.user, id: 'elsewhere' }, sessionId: 'another session' };
const key = {
  ...olivia,
  user: { ...olivia.user, id: 'key' },
  sessionId: null,
  actor: {
    ...olivia.actor,
    kind: 'key' as const,
    keyScopes: ['connections:manage', 'connections:read'],
    apiKey: { id: 'k', name: 'script' },
  },
};
const clerk = { id: 'clerk', name: 'Clerk', channels: ['web', 'slack'] as Persona['channels'] };
const shy = { id: 'shy', name: 'Shy', channels: ['web'] as Persona['channels'] };

let opened: AsyncDisposableStack;
let place: Place;
let slack: SlackServer;
let desk: SlackDesk;
let now: number;

beforeEach(async () => {
  opened = new AsyncDisposableStack();
  place = await createSqlitePlace();
  opened.defer(place.remove);
  slack = opened.use(await startSlackServer());
  now = Date.now();
});
afterEach(() => opened.disposeAsync());

async function start(options: Partial<SlackDeskOptions> = {}): Promise<SlackDesk> {
  desk = opened.use(
    await openSlackDesk({
      open: place.open,
      slack,
      personas: [clerk, shy],
      clock: () => new Date(now),
      wait: async () => undefined,
      ...options,
    }),
  );
  desk.letIn(olivia, max, eve, elsewhere, key);
  return desk;
}

/** Lets the app in at Slack, in the workspace that is chosen there; answers where Slack sends the browser. */
async function walk(who = 'olivia'): Promise<string> {
  const { status, body } = await desk.call(who, 'POST', '/api/v1/slack/install');
  expect([status, body.detail]).toEqual([200, undefined]);
  const response = await fetch(String(body.url), { redirect: 'manual' });
  expect([response.status, await response.text()]).toEqual([302, '']);
  const back = new URL(response.headers.get('location') ?? '');
  expect(back.origin).toBe(desk.address);
  return back.pathname + back.search;
}

async function comeBack(path: string, who = 'olivia'): Promise<string> {
  const { status, location } = await desk.call(who, 'GET', path);
  expect(status).toBe(303);
  return location ?? '';
}

function connectedId(page: string): string {
  const [, id] = /^\/integrations\?connected=([\w-]+)$/.exec(page) ?? [];
  if (id === undefined) throw new Error(`Not connected: ${page}`);
  return id;
}

const paste = (token: string, who = 'olivia') => desk.call(who, 'POST', '/api/v1/slack/workspaces', { token });
const view = async (id: string, who = 'olivia') => (await desk.call(who, 'GET', `/api/v1/connections/${id}`)).body;
const secretsOf = async (id: string) => {
  const rows = await desk.db.query.select().from(desk.db.tables.secrets);
  return rows.filter(({ holder }) => holder === id).map(({ field, version }) => `${field} ${version}`);
};
const actions = async (organizationId = 'org-1') => {
  const page = await desk.audit.list({ organizationId, limit: 50 });
  return page.items.map(({ action }) => action).reverse();
};

describe('a workspace is connected by signing in at Slack', () => {
  test('with exactly the scopes of the manifest, and then its bot speaks', async () => {
    await start();
    const page = await comeBack(await walk());
    const id = connectedId(page);
    expect(await view(id)).toMatchObject({
      integration: 'slack',
      label: slack.team.name,
      ownership: 'organization',
      auth: 'oauth',
      status: 'active',
      scopes: ['slack:messages:read', 'slack:messages:write'],
      health: { problem: null, seen: [{ id: slack.team.id, name: slack.team.name }] },
    });
    const workspace = await desk.workspaces.byTeam(slack.team.id);
    expect(workspace).toEqual({
      organizationId: 'org-1',
      connectionId: id,
      teamId: slack.team.id,
      teamName: slack.team.name,
      appId: slack.app.id,
      botUserId: slack.team.installation?.botUserId,
      botId: slack.team.installation?.botId,
    });
    if (workspace === null) throw new Error('no workspace');
    expect(await desk.clients.of(workspace).auth.test()).toMatchObject({ ok: true, team_id: slack.team.id });
    expect(await actions()).toEqual(['connection.created']);
  });

  test('once: a state counts once, for ten minutes and for the session it was made in', async () => {
    await start();
    const path = await walk();
    expect(await comeBack(path, 'elsewhere')).toBe('/integrations?error=other_session');
    expect(await comeBack(path)).toBe('/integrations?error=expired');
    const late = await walk();
    now += 11 * 60_000;
    expect(await comeBack(late)).toBe('/integrations?error=expired');
    const good = await walk();
    connectedId(await comeBack(good));
    expect(await comeBack(good)).toBe('/integrations?error=expired');
    expect(await comeBack('/api/v1/slack/callback?code=1&state=made-up')).toBe('/integrations?error=expired');
    expect(await comeBack(await walk(), 'nobody')).toBe('/integrations?error=signed_out');
    expect(slack.callsOf('oauth.v2.access')).toHaveLength(1);
  });

  test('and not where somebody says no, or sends something else', async () => {
    await start();
    const denied = new URL(await walk(), desk.address);
    denied.searchParams.delete('code');
    denied.searchParams.set('error', 'access_denied');
    expect(await comeBack(denied.pathname + denied.search)).toBe('/integrations?error=denied');
    const forged = new URL(await walk(), desk.address);
    forged.searchParams.set('code', 'forged');
    expect(await comeBack(forged.pathname + forged.search)).toBe('/integrations?error=failed');
    expect(await desk.workspaces.byTeam(slack.team.id)).toBeNull();
    expect(await actions()).toEqual([]);
  });

  test('only by a person who may connect for the organization', async () => {
    await start();
    expect((await desk.call('max', 'POST', '/api/v1/slack/install')).status).toBe(403);
    const { status, body } = await desk.call('key', 'POST', '/api/v1/slack/install');
    expect([status, body.detail]).toEqual([403, expect.stringContaining('An API key cannot sign in at Slack')]);
    const path = await walk();
    desk.letIn({ ...olivia, actor: { ...olivia.actor, role: 'member' } });
    expect(await comeBack(path)).toBe('/integrations?error=refused');
  });

  test('and not at all where the client ID is not set', async () => {
    await start({ signsIn: false });
    const { status, body } = await desk.call('olivia', 'POST', '/api/v1/slack/install');
    expect([status, body.detail]).toEqual([422, expect.stringContaining('Paste the bot token')]);
  });

  test('and not where the app lacks what it needs', async () => {
    await start();
    const path = await walk();
    slack.intercept(({ method }) => (method === 'bots.info' ? { error: 'missing_scope' } : undefined));
    expect(await comeBack(path)).toBe('/integrations?error=refused');
  });
});

describe('a workspace is connected with its bot token', () => {
  test('which is tested first and lies in the vault alone', async () => {
    await start({ signsIn: false });
    const token = slack.install();
    const { status, body } = await paste(token);
    expect([status, body]).toEqual([
      201,
      { connectionId: expect.any(String), teamName: slack.team.name, personaId: null, channels: [] },
    ]);
    const id = String(body.connectionId);
    expect(await view(id)).toMatchObject({ auth: 'api_key', status: 'active', baseUrl: slack.apiUrl.slice(0, -1) });
    expect(await secretsOf(id)).toEqual(['api_key 1']);
    const stored = JSON.stringify([
      await desk.db.query.select().from(desk.db.tables.connections),
      await desk.db.query.select().from(desk.db.tables.slackWorkspaces),
      await desk.db.query.select().from(desk.db.tables.secrets),
      (await desk.audit.read({ organizationId: 'org-1', after: 0, before: 1e9, limit: 100 })).map(({ body: of }) => of),
      desk.answers,
    ]);
    expect(stored).not.toContain(token);
  });

  test.each([
    ['xoxp-1-2-PersonalToken123', 'begins with xoxb-'],
    ['xoxb-short', 'at least 20 characters'],
    ['xoxb-1234-Unknown-To-Slack', 'Slack does not accept this token'],
  ])('%s is refused in plain words', async (token, words) => {
    await start();
    const { status, body } = await paste(token);
    expect([status, body.detail]).toEqual([422, expect.stringContaining(words)]);
  });

  test('not where Slack cannot be asked, and nothing is stored then', async () => {
    await start();
    const token = slack.install();
    slack.intercept(() => ({ broken: 'before' }));
    expect(await paste(token)).toMatchObject({ status: 422, body: { code: 'CONNECTION_REFUSED' } });
    slack.intercept(() => ({ status: 503 }));
    expect((await paste(token)).body.detail).toContain('Slack answered with an error of its own');
    expect(await desk.db.query.select().from(desk.db.tables.connections)).toEqual([]);
  });

  test('not with the token of another app than the one whose events come in', async () => {
    await start({ usesSocket: true, signsIn: false });
    const token = slack.install();
    const other = { ...slack.app };
    Object.assign(slack.app, { id: 'A0OTHER' });
    expect((await paste(token)).body.detail).toContain('another Slack app');
    Object.assign(slack.app, other);
    expect((await paste(token)).status).toBe(201);
  });

  test('not with one that lacks a permission, which is named', async () => {
    await start({ signsIn: false });
    Object.assign(slack.app, { scopes: slack.app.scopes.filter((scope) => scope !== 'im:history') });
    const { status, body } = await paste(slack.install());
    expect([status, body.detail]).toEqual([
      422,
      expect.stringContaining('lacks permissions that the app needs: im:history'),
    ]);
    expect(await desk.db.query.select().from(desk.db.tables.connections)).toEqual([]);
  });

  test('not before Slack is set up, nor over the form for other services', async () => {
    await start({ isOpen: false });
    expect((await paste(slack.install())).body.detail).toContain('Slack is not set up in this service yet');
    const wanted = { integration: 'slack', place: 'slack', label: 'Slack', ownership: 'organization' };
    const { status, body } = await desk.call('olivia', 'POST', '/api/v1/connections', {
      ...wanted,
      scopes: ['ninox:teams:read'],
      key: slack.install(),
    });
    expect([status, body.detail]).toEqual([400, expect.stringContaining('Slack is connected on a page of its own')]);
    expect((await desk.call('max', 'POST', '/api/v1/slack/workspaces', { token: 'xoxb-1234-abc' })).status).toBe(403);
  });
});

describe('a workspace belongs to one organization', () => {
  test('another organization is refused until it is revoked there', async () => {
    await start();
    const id = connectedId(await comeBack(await walk()));
    expect(await comeBack(await walk('eve'), 'eve')).toBe('/integrations?error=taken');
    const { status, body } = await paste(slack.install(), 'eve');
    expect([status, body.code, body.detail]).toEqual([
      409,
      'CONFLICT',
      expect.stringContaining('connected to another organization'),
    ]);
    expect(await actions('org-2')).toEqual([]);
    await desk.call('olivia', 'POST', `/api/v1/connections/${id}/revoke`);
    expect(await desk.workspaces.byTeam(slack.team.id)).toBeNull();
    connectedId(await comeBack(await walk('eve'), 'eve'));
    expect((await desk.workspaces.byTeam(slack.team.id))?.organizationId).toBe('org-2');
    // What was theirs before is nobody's way in.
    expect(await desk.workspaces.byConnection('org-1', id)).toBeNull();
  });

  test('the same organization connects the same connection again, by either way, and the former token is forgotten', async () => {
    await start();
    const id = connectedId(await comeBack(await walk()));
    await desk.call('olivia', 'PUT', `/api/v1/slack/workspaces/${id}/persona`, { personaId: 'clerk' });
    expect(connectedId(await comeBack(await walk()))).toBe(id);
    expect(await secretsOf(id)).toEqual(['access_token 2']);
    const { body } = await paste(slack.install());
    expect(body).toMatchObject({ connectionId: id, personaId: 'clerk' });
    expect(await secretsOf(id)).toEqual(['api_key 3']);
    const workspace = await desk.workspaces.byTeam(slack.team.id);
    if (workspace === null) throw new Error('no workspace');
    expect(await desk.clients.of(workspace).auth.test()).toMatchObject({ ok: true });
    expect((await actions()).filter((action) => action === 'connection.reconnected')).toHaveLength(2);
    expect(await desk.db.query.select().from(desk.db.tables.connections)).toHaveLength(1);
  });

  test('of many who connect it at once, one connection comes of it', async () => {
    await start({ signsIn: false });
    const token = slack.install();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => paste(token, index % 2 ? 'eve' : 'olivia')),
    );
    expect(answers.every(({ status }) => [201, 409].includes(status))).toBe(true);
    const rows = await desk.db.query.select().from(desk.db.tables.slackWorkspaces);
    expect(rows).toHaveLength(1);
    expect(await desk.db.query.select().from(desk.db.tables.connections)).toHaveLength(1);
  });
});

describe('a workspace ends', () => {
  test('when the app is taken out: its connection is revoked once, for the record', async () => {
    await start({ signsIn: false });
    const id = String((await paste(slack.install())).body.connectionId);
    const workspace = await desk.workspaces.byTeam(slack.team.id);
    if (workspace === null) throw new Error('no workspace');
    await Promise.all([
      desk.workspaces.ended(workspace, 'app_uninstalled'),
      desk.workspaces.ended(workspace, 'tokens_revoked'),
    ]);
    expect(await view(id)).toMatchObject({ status: 'revoked' });
    expect(await secretsOf(id)).toEqual([]);
    expect((await actions()).filter((action) => action === 'connection.revoked')).toHaveLength(1);
    await expect(desk.clients.of(workspace).auth.test()).rejects.toThrow('not connected any more');
  });

  test('the daily check finds a token that is over, and the connection has to be connected again', async () => {
    await start();
    const id = connectedId(await comeBack(await walk()));
    if (slack.team.installation === null) throw new Error('not installed');
    slack.team.installation.alive = false;
    now += 25 * 3_600_000;
    await checkNext({ ...desk.deps, clock: () => new Date(now) });
    expect(await view(id)).toMatchObject({
      status: 'needs_reconnect',
      health: { problem: expect.stringContaining('Connect the workspace again') },
    });
    expect(await desk.workspaces.byTeam(slack.team.id)).toBeNull();
    expect((await actions()).at(-1)).toBe('connection.needs_reconnect');
    expect(connectedId(await comeBack(await walk()))).toBe(id);
    expect(await view(id)).toMatchObject({ status: 'active', health: { problem: null } });
  });

  test('a check that cannot reach Slack ends nothing', async () => {
    await start();
    const id = connectedId(await comeBack(await walk()));
    slack.intercept(() => ({ status: 503 }));
    const { body } = await desk.call('olivia', 'POST', `/api/v1/connections/${id}/checks`);
    expect(body).toMatchObject({ status: 'active', health: { problem: expect.stringContaining('error of its own') } });
  });
});

describe('who answers', () => {
  test('is chosen for the workspace and for channels, for the record', async () => {
    await start({ signsIn: false });
    const id = String((await paste(slack.install())).body.connectionId);
    const at = `/api/v1/slack/workspaces/${id}`;
    const workspace = await desk.workspaces.byTeam(slack.team.id);
    if (workspace === null) throw new Error('no workspace');
    expect(await desk.workspaces.personaFor(workspace, 'C1')).toBeNull();
    expect((await desk.call('olivia', 'PUT', `${at}/persona`, { personaId: 'clerk' })).body.personaId).toBe('clerk');
    expect(await desk.workspaces.personaFor(workspace, 'C1')).toBe('clerk');
    await desk.workspaces.choosePersona(workspace, { actor: max.actor, channelId: 'C0CHANNEL', personaId: 'clerk' });
    const listed = await desk.call('max', 'GET', '/api/v1/slack/workspaces');
    expect(listed.body.items).toEqual([
      {
        connectionId: id,
        teamName: slack.team.name,
        personaId: 'clerk',
        channels: [{ channelId: 'C0CHANNEL', name: null, personaId: 'clerk' }],
      },
    ]);
    await desk.call('olivia', 'PUT', `${at}/channels/C0CHANNEL`, { personaId: null });
    await desk.call('olivia', 'PUT', `${at}/persona`, { personaId: null });
    expect(await desk.workspaces.personaFor(workspace, 'C0CHANNEL')).toBeNull();
    expect((await actions()).filter((action) => action === 'slack.persona_chosen')).toHaveLength(4);
  });

  test('is a persona that answers in Slack, chosen by somebody of the organization', async () => {
    await start({ signsIn: false });
    const id = String((await paste(slack.install())).body.connectionId);
    const at = `/api/v1/slack/workspaces/${id}`;
    const put = (who: string, personaId: string) => desk.call(who, 'PUT', `${at}/persona`, { personaId });
    expect((await put('olivia', 'shy')).body.detail).toContain('“Shy” does not answer in Slack');
    expect((await put('olivia', 'nobody')).body.detail).toContain('no such persona');
    expect((await put('max', 'clerk')).status).toBe(403);
    expect((await put('eve', 'clerk')).status).toBe(404);
    expect((await desk.call('eve', 'PUT', `${at}/channels/C0CHANNEL`, { personaId: 'clerk' })).status).toBe(404);
    expect((await desk.call('olivia', 'PUT', `${at}/channels/nothing`, { personaId: 'clerk' })).status).toBe(400);
    expect((await desk.call('eve', 'GET', '/api/v1/slack/workspaces')).body.items).toEqual([]);
    const workspace = await desk.workspaces.byTeam(slack.team.id);
    if (workspace === null) throw new Error('no workspace');
    const guest = { ...max.actor, kind: 'visitor' as const, role: 'guest' as const };
    await expect(
      desk.workspaces.choosePersona(workspace, { actor: guest, channelId: 'C1', personaId: 'clerk' }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(
      desk.workspaces.choosePersona(workspace, { actor: eve.actor, channelId: 'C1', personaId: 'clerk' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

test('the page is told what there is of Slack, with a manifest that Slack takes', async () => {
  await start();
  const { body } = await desk.call('max', 'GET', '/api/v1/slack');
  expect(body).toMatchObject({ mode: 'http', canSignIn: true });
  expect(body.problems).toEqual([expect.stringContaining('no https address')]);
  slack.applyManifest(String(body.manifest));
});
