import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { createLogger } from '#log';
import { startSlackServer } from '#test/support/slack-server.ts';
import { createSlackReceiver } from './receiver.ts';

const log = createLogger({ level: 'silent' });
const secret = 'a'.repeat(32);
const event = { type: 'event_callback', team_id: 'T1', event_id: 'Ev1', event: { type: 'message', user: 'U1' } };

async function openHttp(keep: (body: unknown) => Promise<void>) {
  const apiUrl = 'http://127.0.0.1:9/api/';
  const receiver = createSlackReceiver({
    keep,
    path: '/slack/events',
    signingSecret: () => secret,
    appToken: null,
    apiUrl,
    log,
  });
  const app = express();
  if (receiver.router !== null) app.use(receiver.router);
  app.use(express.json());
  const server = createServer(app);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
  return (body: string, type = 'application/json', sign = secret) => {
    const seconds = String(Math.floor(Date.now() / 1000));
    const signature = `v0=${createHmac('sha256', sign).update(`v0:${seconds}:${body}`).digest('hex')}`;
    const headers = {
      'content-type': type,
      'x-slack-request-timestamp': seconds,
      'x-slack-signature': signature,
    };
    return fetch(url, { method: 'POST', body, headers });
  };
}

const form = 'application/x-www-form-urlencoded';
const press = new URLSearchParams({
  payload: JSON.stringify({
    type: 'block_actions',
    user: { id: 'U1' },
    team: { id: 'T1' },
    actions: [{ action_id: 'a' }],
  }),
}).toString();
const command = new URLSearchParams({ command: '/persona', text: '', team_id: 'T1', user_id: 'U1' }).toString();
const all = [
  ['an event', JSON.stringify(event), 'application/json'],
  ['a button', press, form],
  ['a command', command, form],
] as const;

test.each(all)('%s is acknowledged once it is kept, and not before', async (_what, body, type) => {
  const keeping = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const post = await openHttp(() => {
    asked.resolve();
    return keeping.promise;
  });
  let answered = false;
  const answer = post(body, type).then((response) => {
    answered = true;
    return response;
  });
  await asked.promise;
  // Whatever the service had to send by now has come through a socket of its own meanwhile.
  expect((await post(body, type, 'b'.repeat(32))).status).toBe(401);
  expect(answered).toBe(false);
  keeping.resolve();
  expect((await answer).status).toBe(200);
});

test.each(all)('%s that cannot be kept is not acknowledged', async (_what, body, type) => {
  const post = await openHttp(() => Promise.reject(new Error('The disk is full.')));
  expect((await post(body, type)).status).toBe(500);
});

test('what Slack has not signed is never kept; its question for the address is answered', async () => {
  const kept: unknown[] = [];
  const post = await openHttp(async (body) => void kept.push(body));
  expect((await post(JSON.stringify(event), 'application/json', 'b'.repeat(32))).status).toBe(401);
  const answer = await post(JSON.stringify({ type: 'url_verification', challenge: 'abc' }));
  expect([answer.status, await answer.json()]).toEqual([200, { challenge: 'abc' }]);
  expect((await post('{')).status).toBe(400);
  expect((await post(JSON.stringify({ ...event, text: 'x'.repeat(1_100_000) }))).status).toBe(413);
  expect(kept).toEqual([]);
});

test('over the socket as well an event is acknowledged once it is kept, and sent again where it was not', async () => {
  await using slack = await startSlackServer({ retryAfterMs: [0, 0], timeoutMs: 400 });
  slack.applyManifest({
    display_information: { name: 'Personas' },
    features: { bot_user: { display_name: 'Personas' } },
    oauth_config: { scopes: { bot: ['im:history', 'chat:write'] } },
    settings: {
      socket_mode_enabled: true,
      interactivity: { is_enabled: true },
      event_subscriptions: { bot_events: ['message.im'] },
    },
  });
  slack.install();
  let tries = 0;
  const receiver = createSlackReceiver({
    async keep() {
      tries += 1;
      if (tries < 3) throw new Error('The disk is full.');
    },
    path: '/slack/events',
    signingSecret: null,
    appToken: () => slack.app.appToken,
    apiUrl: slack.apiUrl,
    log,
  });
  receiver.start();
  onTestFinished(() => receiver.stop());
  await slack.until(() => (slack.deliveries.connected() > 0 ? true : null), 'a socket');
  const [delivery] = await slack.direct({ user: slack.addPerson('Ann'), text: 'hello' }).told;
  expect(delivery?.attempts.map(({ problem }) => problem)).toEqual(['http_timeout', 'http_timeout', null]);
  expect(tries).toBe(3);
});
