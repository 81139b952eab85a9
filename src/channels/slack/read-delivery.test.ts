import { expect, test } from 'vitest';
import { readDelivery } from './read-delivery.ts';

const event = (told: object, id = 'Ev1') => ({ type: 'event_callback', event_id: id, team_id: 'T1', event: told });
const message = { type: 'message', channel_type: 'channel', user: 'U1', channel: 'C1', ts: '2.2', text: 'hi' };

test('a mention is kept under its event, in the lane of its thread', () => {
  const { channel_type: _type, ...mention } = { ...message, type: 'app_mention' };
  expect(readDelivery(event(mention))).toEqual({
    id: 'T1:Ev1',
    kind: 'event',
    teamId: 'T1',
    appId: null,
    lane: 'thread:T1:C1:2.2',
    body: {
      type: 'message',
      channelId: 'C1',
      ts: '2.2',
      threadTs: '2.2',
      slackUserId: 'U1',
      text: 'hi',
      files: [],
      where: 'channel',
      isCall: true,
    },
  });
});

test.each([
  ['nobody says where they belong', {}, {}, 'U1'],
  ['they are of this workspace', { team: 'T1' }, {}, 'U1'],
  ['they are of another company', { user_team: 'T2', team: 'T1' }, {}, 'U1@T2'],
  ['Slack names their team alone', { team: 'T2' }, {}, 'U1@T2'],
  ['they are of the same Enterprise', { team: 'E1' }, { enterprise_id: 'E1' }, 'U1'],
  [
    'they are of another workspace of it, where nobody else can be',
    { team: 'T2' },
    { enterprise_id: 'E1', is_ext_shared_channel: false },
    'U1',
  ],
  ['others can be there', { team: 'T2' }, { enterprise_id: 'E1', is_ext_shared_channel: true }, 'U1@T2'],
  ['it is not said who can be there', { team: 'T2' }, { authorizations: [{ enterprise_id: 'E1' }] }, 'U1@T2'],
])('people are told apart by their workspace as well: %s', (_what, told, around, slackUserId) => {
  const delivery = readDelivery({ ...event({ ...message, type: 'app_mention', ...told }), ...around });
  expect(delivery?.body).toMatchObject({ slackUserId });
});

test('what tells of one message stands in one lane', () => {
  const inThread = { ...message, thread_ts: '1.1' };
  const lanes = [inThread, { ...inThread, type: 'app_mention' }].map((told) => readDelivery(event(told))?.lane);
  expect(new Set(lanes)).toEqual(new Set(['thread:T1:C1:1.1']));
});

test('direct messages, files and answers that were sent to the channel as well are of people', () => {
  const bodyOf = (told: object) => readDelivery(event(told))?.body;
  expect(bodyOf({ ...message, channel_type: 'im', channel: 'D1' })).toMatchObject({ where: 'direct', isCall: true });
  const file = { ...message, channel_type: 'im', subtype: 'file_share', files: [{ name: 'a.pdf' }, {}] };
  expect(bodyOf(file)).toMatchObject({ files: ['a.pdf', 'a file'] });
  expect(bodyOf({ ...message, subtype: 'thread_broadcast', thread_ts: '1.1' })).toMatchObject({ isCall: false });
});

test.each([
  ['what people say to one another', message],
  ['a bot', { ...message, channel_type: 'im', bot_id: 'B1' }],
  ['a change', { ...message, channel_type: 'im', subtype: 'message_changed', hidden: true }],
  ['somebody who comes', { ...message, subtype: 'channel_join', thread_ts: '1.1' }],
  ['a message of nobody', { ...message, channel_type: 'im', user: undefined }],
  ['another tab', { type: 'app_home_opened', user: 'U1', channel: 'D1', tab: 'home' }],
  ['tokens of people', { type: 'tokens_revoked', tokens: { oauth: ['U1'], bot: [] } }],
  ['a reaction', { type: 'reaction_added', user: 'U1', item: { channel: 'C1', ts: '1.1' } }],
])('%s is nothing to us', (_what, told) => {
  expect(readDelivery(event(told))).toBeNull();
});

test.each([null, 'text', [], {}, { type: 'event_callback' }, { type: 'view_submission', user: { id: 'U1' } }])(
  'no delivery of ours: %j',
  (body) => {
    expect(readDelivery(body)).toBeNull();
  },
);

const press = {
  type: 'block_actions',
  user: { id: 'U1', team_id: 'T1' },
  team: { id: 'T1' },
  channel: { id: 'C1' },
  message: { ts: '3.3', thread_ts: '1.1', text: 'x'.repeat(50_000) },
  trigger_id: 't1',
  response_url: 'https://hooks.slack.com/actions/1',
  actions: [{ action_id: 'a', action_ts: '4.4', value: 'v', type: 'button' }],
};

test('each press is one of its own, and repeated it is the same', () => {
  const first = readDelivery(press);
  expect(first).toMatchObject({ kind: 'action', teamId: 'T1', body: { presses: [{ actionId: 'a', value: 'v' }] } });
  expect(readDelivery(structuredClone(press))).toEqual(first);
  const others = [
    { ...press, trigger_id: 't2' },
    { ...press, user: { id: 'U2', team_id: 'T1' } },
    { ...press, actions: [{ ...press.actions[0], action_ts: '4.5' }] },
    { ...press, actions: [{ ...press.actions[0], value: 'w' }] },
  ];
  const ids = [press, ...others].map((each) => readDelivery(each)?.id);
  expect(new Set(ids).size).toBe(5);
});

test('a press on what only one person sees is known by its container', () => {
  const { message: _message, ...rest } = press;
  const seen = { ...rest, container: { message_ts: '3.3', channel_id: 'C1' } };
  expect(readDelivery(seen)?.body).toMatchObject({ messageTs: '3.3', threadTs: null });
});

test('commands of one person come one after the other', () => {
  const command = {
    command: '/persona',
    text: 'list',
    team_id: 'T1',
    channel_id: 'C1',
    user_id: 'U1',
    trigger_id: 't1',
  };
  expect(readDelivery(command)).toMatchObject({
    kind: 'command',
    lane: 'commands:T1:U1',
    body: { text: 'list', responseUrl: null },
  });
  expect(readDelivery({ ...command, trigger_id: 't2' })?.id).not.toBe(readDelivery(command)?.id);
});

test('tokens of the bot that were revoked, and an app that was taken out', () => {
  expect(readDelivery(event({ type: 'tokens_revoked', tokens: { bot: ['UB'] } }))?.body).toEqual({
    type: 'ended',
    why: 'tokens_revoked',
  });
  expect(readDelivery(event({ type: 'app_uninstalled' }))?.lane).toBe('ended:T1');
});
