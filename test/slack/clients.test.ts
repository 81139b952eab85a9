import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SlackWorkspace } from '#channels/slack/ports.ts';
import { faultOf } from '#channels/slack/slack-fault.ts';
import { createSqlitePlace } from '../contract/place.ts';
import { person } from '../support/connections.ts';
import { openSlackDesk, type SlackDesk } from '../support/slack-desk.ts';
import { type SlackServer, startSlackServer } from '../support/slack-server.ts';

const olivia = person('olivia', { role: 'owner' });

let opened: AsyncDisposableStack;
let slack: SlackServer;
let desk: SlackDesk;
let workspace: SlackWorkspace;
let token: string;
let waits: number[];

beforeEach(async () => {
  opened = new AsyncDisposableStack();
  const place = await createSqlitePlace();
  opened.defer(place.remove);
  slack = opened.use(await startSlackServer());
  waits = [];
  desk = opened.use(
    await openSlackDesk({
      open: place.open,
      slack,
      wait: async (milliseconds) => {
        waits.push(milliseconds);
        slack.intercept(() => undefined);
      },
    }),
  );
  token = slack.install();
  const id = await desk.connecting.connect(olivia.actor, token);
  const found = await desk.workspaces.byConnection('org-1', id);
  if (found === null) throw new Error('There is no workspace.');
  workspace = found;
});
afterEach(() => opened.disposeAsync());

const ask = () => desk.clients.of(workspace).auth.test();
const failure = async (call: Promise<unknown>) =>
  faultOf(
    await call.then(
      () => null,
      (error: unknown) => error,
    ),
  );

test('a client speaks with the vault’s token and holds none itself', async () => {
  const client = desk.clients.of(workspace);
  expect(desk.clients.of({ ...workspace })).toBe(client);
  expect(client.token).toBeUndefined();
  await client.auth.test();
  expect(slack.calls.at(-1)).toMatchObject({ method: 'auth.test', token, outcome: 'ok' });
  expect(JSON.stringify(client, (key, value: unknown) => (key === 'logger' ? undefined : value))).not.toContain(token);
});

test('a token that a caller brings does not go along', async () => {
  await desk.clients.of(workspace).auth.test({ token: 'xoxb-of-somebody-else' });
  expect(slack.calls.at(-1)).toMatchObject({ token, args: {} });
  expect(slack.calls.at(-1)?.args).not.toHaveProperty('token');
});

test('no other address is called than that of the connection', async () => {
  const client = desk.clients.of(workspace);
  for (const method of ['https://evil.example/api', '../../evil', 'auth.test?x=1', '']) {
    await expect(client.apiCall(method)).rejects.toThrow();
  }
  expect(slack.calls.filter(({ method }) => method !== 'auth.test' && method !== 'bots.info')).toEqual([]);
});

test('files are refused, and so is an address the token was not sealed for', async () => {
  const client = desk.clients.of(workspace);
  await expect(client.apiCall('files.upload', { file: Buffer.from('x') })).rejects.toThrow('Files are not sent');
  let reached = false;
  const evil = createServer((_request, response) => {
    reached = true;
    response.end('{"ok":true}');
  });
  await new Promise<void>((resolve) => {
    evil.listen(0, '127.0.0.1', resolve);
  });
  opened.defer(() => void evil.close());
  const baseUrl = `http://127.0.0.1:${(evil.address() as AddressInfo).port}`;
  const key = { organizationId: 'org-1', id: workspace.connectionId };
  // As somebody could who can write the row.
  await desk.repository.change({ key, expected: {}, values: { baseUrl }, counts: true });
  expect((await failure(ask())).kind).toBe('over');
  expect(reached).toBe(false);
});

test('one that was refused for the number of calls is sent again after the wait that Slack asks for', async () => {
  slack.intercept(() => ({ retryAfter: 7 }));
  await ask();
  expect(waits).toHaveLength(1);
  expect(waits[0]).toBeGreaterThan(6_000);
  expect(waits[0]).toBeLessThanOrEqual(7_000);
});

test('whoever is asked to wait for minutes is told so at once', async () => {
  slack.intercept(() => ({ retryAfter: 300 }));
  expect(await failure(ask())).toEqual({ kind: 'limited', afterMs: 300_000 });
  expect(waits).toEqual([]);
});

test('one whose outcome nobody knows is not repeated', async () => {
  const before = slack.callsOf('auth.test').length;
  slack.intercept(() => ({ broken: 'after' }));
  expect((await failure(ask())).kind).toBe('unknown');
  slack.intercept(() => ({ status: 503 }));
  expect((await failure(ask())).kind).toBe('unknown');
  expect(slack.callsOf('auth.test')).toHaveLength(before + 2);
  expect(waits).toEqual([]);
});

test('a token that is over is noticed', async () => {
  if (slack.team.installation === null) throw new Error('not installed');
  slack.team.installation.alive = false;
  expect(await failure(ask())).toEqual({ kind: 'over', code: 'account_inactive' });
  expect(desk.refused).toEqual([workspace.connectionId]);
});

test('channels are known by name, as far as the app was invited', async () => {
  desk.letIn(olivia);
  const ann = slack.addPerson('Ann');
  slack.addChannel('sales', [ann]);
  const secret = slack.addChannel('board', [ann], 'group');
  const at = `/api/v1/slack/workspaces/${workspace.connectionId}/channels`;
  const { body } = await desk.call('olivia', 'GET', at);
  expect(body.items).toEqual([
    { channelId: secret.id, name: 'board', isPrivate: true },
    { channelId: expect.any(String), name: 'sales', isPrivate: false },
  ]);
  const first = await desk.call('olivia', 'GET', `${at}?limit=1`);
  const next = await desk.call('olivia', 'GET', `${at}?limit=1&cursor=${String(first.body.nextCursor)}`);
  expect([first.body.items, next.body.items].flat()).toEqual(body.items);
});
