import { App, ExpressReceiver, LogLevel, webApi } from '@slack/bolt';
import express from 'express';
import { afterEach, expect, test } from 'vitest';
import { listenLocally } from './listen-locally.ts';
import { type SlackServer, startSlackServer } from './slack-server.ts';

/* The stand-in held against Slack's own libraries, so that what fails there fails for the service’s sake. */

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const scopes = [
  'app_mentions:read',
  'assistant:write',
  'channels:history',
  'chat:write',
  'commands',
  'im:history',
  'im:write',
  'users:read',
];

function manifestAt(address: string | null) {
  const at = address === null ? {} : { request_url: `${address}/slack/events` };
  const command = {
    command: '/persona',
    description: 'Personas',
    ...(address === null ? {} : { url: at.request_url }),
  };
  return {
    display_information: { name: 'Personas' },
    features: {
      bot_user: { display_name: 'Personas' },
      agent_view: { agent_description: 'x' },
      slash_commands: [command],
    },
    oauth_config: { scopes: { bot: scopes }, redirect_urls: ['http://127.0.0.1/back'] },
    settings: {
      event_subscriptions: { ...at, bot_events: ['app_mention', 'message.channels', 'message.im', 'app_home_opened'] },
      interactivity: { is_enabled: true, ...at },
      socket_mode_enabled: address === null,
    },
  };
}

async function connect(mode: 'http' | 'socket', listen: (app: App) => void) {
  const slack = await startSlackServer({ retryAfterMs: [0, 0, 0] });
  closing.push(slack.close);
  const clientOptions = { slackApiUrl: slack.apiUrl };
  const common = { clientOptions, logLevel: LogLevel.ERROR, deferInitialization: false };
  const authorize = async () => {
    const { installation } = slack.team;
    return {
      botToken: installation?.token ?? '',
      botId: installation?.botId ?? '',
      botUserId: installation?.botUserId ?? '',
    };
  };
  if (mode === 'socket') {
    slack.applyManifest(manifestAt(null));
    slack.install();
    const app = new App({ ...common, authorize, socketMode: true, appToken: slack.app.appToken });
    listen(app);
    await app.start();
    closing.push(() => app.stop());
    return slack;
  }
  const receiver = new ExpressReceiver({ signingSecret: slack.app.signingSecret, logLevel: LogLevel.ERROR });
  listen(new App({ ...common, authorize, receiver }));
  const { address, close } = await listenLocally(express().use(receiver.router));
  closing.push(close);
  slack.applyManifest(manifestAt(address));
  slack.install();
  return slack;
}

const client = (slack: SlackServer, token = slack.team.installation?.token) =>
  new webApi.WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    logLevel: LogLevel.ERROR,
  });

test.each(['http', 'socket'] as const)('a mention is heard twice and answered with a stream, by %s', async (mode) => {
  const heard: string[] = [];
  const slack = await connect(mode, (app) => {
    app.event('app_mention', async ({ event, client: web }) => {
      heard.push('mention');
      const to = { recipient_team_id: event.team ?? '', recipient_user_id: event.user ?? '' };
      const streamer = web.chatStream({
        channel: event.channel,
        thread_ts: event.thread_ts ?? event.ts,
        ...to,
        buffer_size: 4,
      });
      await streamer.append({ chunks: [{ type: 'task_update', id: 't', title: 'Looks', status: 'in_progress' }] });
      await streamer.append({ markdown_text: 'Hello <!chan' });
      await streamer.append({ markdown_text: 'nel> & &lt;all&gt;' });
      await streamer.append({ chunks: [{ type: 'task_update', id: 't', title: 'Looks', status: 'complete' }] });
      await streamer.stop();
    });
    app.message(async () => void heard.push('message'));
    app.command('/persona', async ({ ack, command }) => ack(`You said ${command.text}`));
    app.action('go', async ({ ack, respond, body }) => {
      await ack();
      await respond({ replace_original: true, text: `Pressed by <@${body.user.id}>` });
    });
  });
  const ann = slack.addPerson('Ann');
  const sales = slack.addChannel('sales', [ann]);
  const said = slack.mention({ user: ann, channel: sales, text: 'hello' });
  expect((await said.told).map(({ acknowledged }) => acknowledged)).toEqual([true, true]);
  const answer = await slack.until(() => slack.answers(said).find(({ stream }) => stream === 'stopped'), 'an answer');
  expect(answer).toMatchObject({
    text: 'Hello @channel & <all>',
    tasks: [{ id: 't', status: 'complete' }],
    pings: ['@channel'],
    isReply: true,
  });
  expect(heard.toSorted()).toEqual(['mention', 'message']);

  await slack.command({ user: ann, text: 'list', channel: sales });
  const [shown] = slack.answers({ channel: sales.id }).filter(({ ephemeralTo }) => ephemeralTo === ann.id);
  expect(shown?.text).toBe('You said list');

  const actions = {
    type: 'actions' as const,
    elements: [{ type: 'button' as const, action_id: 'go', text: { type: 'plain_text' as const, text: 'Go' } }],
  };
  const posted = await client(slack).chat.postMessage({ channel: sales.id, text: 'Go?', blocks: [actions] });
  const [card] = slack.answers({ channel: sales.id, thread: posted.ts ?? '' });
  if (card === undefined) throw new Error('no card');
  await slack.press(card, 'go', ann);
  await slack.until(
    () => slack.answers({ channel: sales.id, thread: card.ts }).find(({ edits }) => edits === 1),
    'a change',
  );
  expect(slack.answers({ channel: sales.id, thread: card.ts })[0]?.text).toBe('Pressed by @Ann');
});

test('what is not acknowledged in time is sent again with its number and its reason', async () => {
  const slack = await startSlackServer({ timeoutMs: 100, retryAfterMs: [0, 0, 0] });
  closing.push(slack.close);
  const seen: (string | string[] | undefined)[][] = [];
  const app = express().post('/slack/events', (request, response) => {
    seen.push([request.headers['x-slack-retry-num'], request.headers['x-slack-retry-reason']]);
    if (seen.length === 2) response.status(503).end();
    if (seen.length === 3) response.end();
  });
  const { address, close } = await listenLocally(app);
  closing.push(close);
  slack.applyManifest(manifestAt(address));
  slack.install();
  const [delivery] = await slack.direct({ user: slack.addPerson('Ann'), text: 'hello' }).told;
  expect(seen).toEqual([
    [undefined, undefined],
    ['1', 'http_timeout'],
    ['2', 'http_error'],
  ]);
  expect(delivery).toMatchObject({ acknowledged: true, attempts: { length: 3 } });
});

test('wrong use of the Web API fails as at Slack', async () => {
  const slack = await connect('http', () => undefined);
  const [ann, bob] = [slack.addPerson('Ann'), slack.addPerson('Bob')];
  const sales = slack.addChannel('sales', [ann]);
  const { thread: thread_ts, channel } = slack.mention({ user: ann, channel: sales, text: 'hello' });
  const web = client(slack);
  const refused = (code: string) => ({ data: { error: code } });
  const to = { recipient_team_id: slack.team.id, recipient_user_id: ann.id };
  await expect(client(slack, 'xoxb-wrong').auth.test()).rejects.toMatchObject(refused('invalid_auth'));
  await expect(web.chat.startStream({ channel, thread_ts })).rejects.toMatchObject(
    refused('missing_recipient_team_id'),
  );
  const { ts = '' } = await web.chat.startStream({ channel, thread_ts, ...to, markdown_text: 'a' });
  const at = { channel, ts };
  await expect(web.chat.update({ ...at, text: 'b' })).rejects.toMatchObject(refused('streaming_state_conflict'));
  await expect(
    web.chat.appendStream({ ...at, chunks: [{ type: 'markdown_text', text: 'b' }] as never }),
  ).rejects.toMatchObject(refused('streaming_mode_mismatch'));
  await expect(web.chat.appendStream({ ...at, markdown_text: 'x'.repeat(12_001) })).rejects.toMatchObject(
    refused('msg_too_long'),
  );
  await web.chat.stopStream(at);
  await expect(web.chat.appendStream({ ...at, markdown_text: 'b' })).rejects.toMatchObject(
    refused('message_not_in_streaming_state'),
  );
  await expect(web.chat.stopStream(at)).rejects.toMatchObject(refused('message_not_in_streaming_state'));
  await expect(web.chat.postEphemeral({ channel, user: bob.id, text: 'b' })).rejects.toMatchObject(
    refused('user_not_in_channel'),
  );
  const broken = { type: 'section', text: { type: 'mrkdwn', text: '' } };
  await expect(web.chat.postMessage({ channel, text: 'b', blocks: [broken] })).rejects.toMatchObject(
    refused('invalid_blocks'),
  );
  await expect(web.chat.postMessage({ channel: 'C0', text: 'b' })).rejects.toMatchObject(refused('channel_not_found'));
  const { id: direct } = slack.directOf(ann);
  const prompts = [{ title: 'a', message: 'b' }] as const;
  await web.assistant.threads.setSuggestedPrompts({ channel_id: direct, thread_ts: '1.2', prompts: [...prompts] });
  expect(slack.assistant.prompts.get(direct)).toBeUndefined();
  slack.intercept(({ method }) => (method === 'chat.postMessage' ? { error: 'is_archived' } : undefined));
  await expect(web.chat.postMessage({ channel, text: 'b' })).rejects.toMatchObject(refused('is_archived'));
  await slack.uninstall(slack.team);
  await expect(web.auth.test()).rejects.toMatchObject(refused('account_inactive'));
});
