import { expect, test } from 'vitest';
import type { ConnectionListView } from '#channels/http/contract/connections.ts';
import type { SlackView, SlackWorkspaceView } from '#channels/http/contract/slack.ts';
import { createHttpClient } from '../support/http-client.ts';
import { postJson, readCookie } from '../support/sign-in.ts';
import type { SlackServer } from '../support/slack-server.ts';
import {
  echo,
  guestPersona,
  manifestOf,
  openSlackService,
  pasteToken,
  type SlackService,
  slackPersona,
  told,
} from '../support/slack-service.ts';
import { personaFile } from '../support/start-app.ts';

const connectionsOf = async ({ app }: Pick<SlackService, 'app'>) => {
  const { body } = await app.get('/api/v1/connections?integration=slack');
  return (body as ConnectionListView).items;
};
interface WorkspaceList {
  readonly items: readonly SlackWorkspaceView[];
}

/** What a persona with this name would say. */
const named = (name: string, ...lines: readonly string[]) =>
  guestPersona(...lines)
    .replace('name: Tester', `name: ${name}`)
    .replace('a test persona', name);
const byName = { anna: named('Anna'), bert: named('Bert'), webber: personaFile(['channels: [web]']) };

test('the manifest is accepted by Slack as it is, and asks for exactly what is used', async () => {
  await using service = await openSlackService();
  const { slack, app } = service;
  const view = (await app.get('/api/v1/slack')).body as SlackView;
  expect(view).toMatchObject({ mode: 'http', canSignIn: true, problems: [expect.stringMatching(/https/)] });
  expect(slack.app).toMatchObject({ isAgent: true, usesSocket: false, eventsUrl: `${app.address}/slack/events` });
  expect([...slack.app.events].toSorted()).toEqual(
    expect.arrayContaining([
      'app_home_opened',
      'app_mention',
      'app_uninstalled',
      'message.channels',
      'message.im',
      'tokens_revoked',
    ]),
  );
  const verification = { type: 'url_verification', challenge: 'abc', token: 't' };
  const body = JSON.stringify(verification);
  const seconds = Math.floor(Date.now() / 1000);
  const headers = {
    'content-type': 'application/json',
    'x-slack-request-timestamp': `${seconds}`,
    'x-slack-signature': slack.deliveries.sign(body, seconds),
  };
  const answer = await fetch(slack.app.eventsUrl ?? '', { method: 'POST', body, headers });
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('abc')]);
});

test('a workspace is connected by its token, which never comes back; a wrong one is refused in plain words', async () => {
  await using service = await openSlackService();
  const { slack, app } = service;
  const [connection] = await connectionsOf(service);
  expect(connection).toMatchObject({ integration: 'slack', status: 'active', ownership: 'organization' });
  const token = slack.team.installation?.token ?? '';
  for (const path of ['connections', 'slack', 'slack/workspaces', 'audit-events']) {
    expect(JSON.stringify((await app.get(`/api/v1/${path}`)).body)).not.toContain(token);
  }
  const wrong = await pasteToken(app, `xoxb-${'0'.repeat(40)}`);
  expect(wrong).toMatchObject({
    status: 422,
    body: { code: 'CONNECTION_REFUSED', detail: expect.stringMatching(/token/i) },
  });
  const { items } = (await app.get('/api/v1/slack/workspaces')).body as WorkspaceList;
  expect(items).toMatchObject([{ connectionId: connection?.id, teamName: 'Home', channels: [] }]);
});

test('a workspace is connected by signing in to Slack', async () => {
  await using service = await openSlackService();
  const { slack, app } = service;
  const other = slack.addTeam('T0OTHER', 'Second');
  slack.chooseTeam(other);
  slack.allowRedirect(`${app.address}/api/v1/slack/callback`);
  const started = (await app.send('POST', '/api/v1/slack/install')).body as { url: string };
  const allowed = await fetch(started.url, { redirect: 'manual' });
  expect(allowed.status).toBe(302);
  const back = new URL(allowed.headers.get('location') ?? '');
  const landed = await app.fetch(back.pathname + back.search, { redirect: 'manual' });
  expect([landed.status, landed.headers.get('location')]).toEqual([
    expect.any(Number),
    expect.not.stringContaining('error'),
  ]);
  const { items } = (await app.get('/api/v1/slack/workspaces')).body as WorkspaceList;
  expect(items.map(({ teamName }) => teamName).toSorted()).toEqual(['Home', 'Second']);
  const ann = slack.addPerson('Ann', other);
  slack.direct({ user: ann, text: 'hello' });
  await slack.until(() => told(slack, ann, /\/persona link/), 'a refusal, in that workspace');
  // The same way back a second time leads nowhere, and neither does a state nobody was given.
  const again = await app.fetch(back.pathname + back.search, { redirect: 'manual' });
  expect(again.headers.get('location') ?? String(again.status)).toMatch(/error|^4/);
  back.searchParams.set('state', 'forged');
  const forged = await app.fetch(back.pathname + back.search, { redirect: 'manual' });
  expect(forged.headers.get('location') ?? String(forged.status)).toMatch(/error|^4/);
});

test('a workspace of one organization cannot be connected by another, and nobody sees it there', async () => {
  await using service = await openSlackService({ variables: { SIGN_UP: 'open' } });
  const { slack, app } = service;
  const signUp = { name: 'Bea', email: 'bea@example.com', password: 'another horse battery', organizationName: 'Beta' };
  const bea = createHttpClient(app.address, await readCookie(await postJson(`${app.address}/api/v1/sign-up`, signUp)));
  expect((await bea.get('/api/v1/slack/workspaces')).body).toMatchObject({ items: [] });
  const token = slack.team.installation?.token ?? '';
  const taken = await pasteToken(bea, token);
  expect(taken.status).toBeGreaterThanOrEqual(400);
  const [connection] = await connectionsOf(service);
  const foreign = await bea.send('PUT', `/api/v1/slack/workspaces/${connection?.id}/persona`, { personaId: null });
  expect(foreign.status).toBe(404);
  // A code of hers would make a member of another organization of somebody there.
  const { code } = (await bea.send('POST', '/api/v1/outside-links/codes')).body as { code: string };
  const user = slack.addPerson('Bea');
  await slack.command({ user, text: `link ${code}` });
  await slack.until(() => told(slack, user, /code/i), 'that the code is not good here');
  slack.direct({ user, text: 'hello' });
  await slack.until(() => told(slack, user, /\/persona link/), 'a refusal');
  expect(service.model.requests).toEqual([]);
});

type Ending = (slack: SlackServer) => Promise<void>;
test.each<[string, Ending]>([
  ['the app is uninstalled', (slack) => slack.uninstall(slack.team)],
  ['its tokens are revoked', (slack) => slack.revokeTokens(slack.team)],
])('when %s the connection is over, and a new installation begins anew', async (_what, end) => {
  await using service = await openSlackService({ decide: echo });
  const { slack, app, model } = service;
  const olivia = await service.olivia();
  await service.answered(slack.direct({ user: olivia, text: 'one' }), 'You said: one');
  await end(slack);
  await expect.poll(async () => (await connectionsOf(service))[0]?.status).not.toBe('active');
  expect((await app.get('/api/v1/slack/workspaces')).body).toMatchObject({ items: [] });
  slack.install();
  const unheard = slack.direct({ user: olivia, text: 'two' });
  expect((await unheard.told).every(({ acknowledged }) => acknowledged)).toBe(true);
  const token = slack.team.installation?.token ?? '';
  expect((await pasteToken(app, token)).status).toBe(201);
  slack.direct({ user: olivia, text: 'three' });
  // Who was linked through the former connection may have to link anew; either way somebody is answered.
  await slack.until(
    () => told(slack, olivia, /\/persona link|You said: three/),
    'an answer through the new connection',
  );
  expect(model.requests.some(({ userText }) => userText === 'two')).toBe(false);
});

test('a revoked connection answers nobody any more', async () => {
  await using service = await openSlackService({ decide: echo });
  const { slack, app, model } = service;
  const olivia = await service.olivia();
  const [connection] = await connectionsOf(service);
  expect((await app.send('POST', `/api/v1/connections/${connection?.id}/revoke`)).status).toBeLessThan(300);
  const said = slack.direct({ user: olivia, text: 'hello' });
  await said.told;
  await slack.deliveries.settled();
  expect(model.requests).toEqual([]);
  expect(slack.answers(said)).toEqual([]);
});

test('a token that Slack takes no more is seen so at once, although no event told of it', async () => {
  await using service = await openSlackService({ decide: echo });
  const { slack } = service;
  const olivia = await service.olivia();
  slack.intercept(() => ({ error: 'invalid_auth' }));
  slack.direct({ user: olivia, text: 'hello' });
  await expect.poll(async () => (await connectionsOf(service))[0]?.status, { timeout: 10_000 }).toBe('needs_reconnect');
});

test('/persona lists who answers in Slack, and switches who answers in a channel', async () => {
  await using service = await openSlackService({
    personas: byName,
    decide: ({ messages }) => ({ text: `I am ${/You are (\w+)/.exec(JSON.stringify(messages))?.[1] ?? 'a persona'}` }),
  });
  const { slack, app } = service;
  const olivia = await service.olivia();
  const [sales, support] = [slack.addChannel('sales', [olivia]), slack.addChannel('support', [olivia])];
  await slack.command({ user: olivia, text: 'list', channel: sales });
  const list = await slack.until(() => told(slack, olivia, /Anna/), 'a list');
  expect(list.text).toMatch(/Bert/);
  expect(list.text).not.toMatch(/Tester/);
  await slack.command({ user: olivia, text: 'bert', channel: sales });
  await slack.until(() => told(slack, olivia, /Bert[\s\S]*(answers|now)/i), 'that Bert answers');
  const [connection] = await connectionsOf(service);
  await app.send('PUT', `/api/v1/slack/workspaces/${connection?.id}/persona`, { personaId: 'anna' });
  const whoIn = async (channel: typeof sales, thread?: string) => {
    const text = 'who are you?';
    const inThread = thread === undefined ? {} : { thread };
    const said = slack.mention({ user: olivia, channel, text, ...inThread });
    return { said, answer: await service.answered(said, /I am \w+/) };
  };
  const inSales = await whoIn(sales);
  expect(inSales.answer.text).toContain('I am Bert');
  expect((await whoIn(support)).answer.text).toContain('I am Anna');
  const { items } = (await app.get('/api/v1/slack/workspaces')).body as WorkspaceList;
  expect(items).toMatchObject([
    { personaId: 'anna', channels: [{ channelId: sales.id, name: 'sales', personaId: 'bert' }] },
  ]);
  // A thread stays with whom it was begun.
  await slack.command({ user: olivia, text: 'anna', channel: sales });
  await slack.until(() => told(slack, olivia, /Anna[\s\S]*answers here from/), 'that Anna answers');
  const again = slack.mention({ user: olivia, channel: sales, text: 'still you?', thread: inSales.said.thread });
  await slack.until(
    () => (slack.answers(again).filter(({ text }) => text.includes('I am Bert')).length === 2 ? true : null),
    'Bert',
  );
  expect((await whoIn(sales)).answer.text).toContain('I am Anna');
  const max = await service.member('Max');
  sales.members.add(max.user.id);
  await slack.command({ user: max.user, text: 'webber', channel: sales });
  await slack.until(() => told(slack, max.user, /webber|persona/i), 'that there is no such persona');
  const after = (await app.get('/api/v1/slack/workspaces')).body as WorkspaceList;
  expect(after.items[0]?.channels).toMatchObject([{ personaId: 'anna' }]);
});

test('opening the app suggests what to ask', async () => {
  const starters = 'starters: [Which teams are there?, How many databases?]';
  await using service = await openSlackService({ personas: { tester: slackPersona(starters) } });
  const { slack } = service;
  const olivia = await service.olivia();
  await slack.openHome(olivia);
  const prompts = await slack.until(() => slack.assistant.prompts.get(slack.directOf(olivia).id), 'suggested prompts');
  expect(prompts.prompts.map(({ message }) => message)).toEqual(['Which teams are there?', 'How many databases?']);
});

test('the manifest of a service that Slack cannot reach asks for socket mode', async () => {
  await using service = await openSlackService({ mode: 'socket' });
  expect(JSON.parse(await manifestOf(service.app))).toMatchObject({ settings: { socket_mode_enabled: true } });
});
