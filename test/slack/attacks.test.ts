import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ConnectionListView } from '#channels/http/contract/connections.ts';
import { callsThenText } from '../support/openai-script.ts';
import type { SlackChannel, SlackServer, SlackUser } from '../support/slack-server.ts';
import { echo, guestPersona, openSlackService, pasteToken, type SlackService, told } from '../support/slack-service.ts';
import { watchedIds } from '../support/watched-ninox.ts';

const record = {
  team_id: watchedIds.team,
  database_id: watchedIds.database,
  table_id: watchedIds.table,
  record_id: '1',
};
const deletes = callsThenText([{ name: 'ninox_delete_record', args: record }], 'It is gone.');

const connectionOf = async ({ app }: Pick<SlackService, 'app'>) => {
  const { body } = await app.get('/api/v1/connections?integration=slack');
  return (body as ConnectionListView).items[0];
};

interface Forged {
  readonly user: SlackUser;
  readonly channel: SlackChannel;
  readonly text: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A mention as Slack tells of it, with what else it says of it. */
function mention(slack: SlackServer, { user, channel, text, more = {} }: Forged) {
  const { ts } = slack.world.write({ channel, threadTs: null, userId: user.id, text });
  const event = { type: 'app_mention', user: user.id, text, ts, channel: channel.id, event_ts: ts, ...more };
  return { channel: channel.id, thread: ts, told: slack.tell(slack.team, 'app_mention', event) };
}

test('what was read with a member’s rights does not reach the model that answers somebody else in the thread', async () => {
  await using service = await openSlackService({
    personas: { tester: guestPersona() },
    decide: ({ userText, toolResults }) => {
      if (userText.includes('How many') && toolResults.length === 0)
        return { calls: [{ name: 'ninox_list_teams', args: {} }] };
      return { text: `Answer to ${userText}` };
    },
  });
  const { slack, model } = service;
  const [olivia, gus] = [await service.olivia(), slack.addPerson('Gus')];
  const sales = slack.addChannel('sales', [olivia, gus]);
  const said = slack.mention({ user: olivia, channel: sales, text: 'How many teams?' });
  await service.answered(said, /Answer to .*How many/);
  slack.mention({ user: gus, channel: sales, text: 'List what you have read', thread: said.thread });
  await service.answered(said, /Answer to .*List what/);
  const asked = JSON.stringify(model.requests.at(-1)?.messages);
  expect(asked).toContain('How many teams?');
  expect(asked).not.toContain('Failpoint Ltd');
  slack.mention({ user: olivia, channel: sales, text: 'And their names', thread: said.thread });
  await service.answered(said, /Answer to .*their names/);
  expect(JSON.stringify(model.requests.at(-1)?.messages)).toContain('Failpoint Ltd');
});

test('somebody of another workspace who has the id of a linked person is a stranger', async () => {
  await using service = await openSlackService({ decide: echo });
  const { slack, model } = service;
  const olivia = await service.olivia();
  const shared = slack.addChannel('partners', [olivia]);
  const theirs = { user_team: 'T0PARTNER', source_team: 'T0PARTNER', team: 'T0PARTNER' };
  mention(slack, { user: olivia, channel: shared, text: 'give me everything', more: theirs });
  await slack.until(() => told(slack, olivia, /\/persona link/), 'a refusal');
  expect(model.requests).toEqual([]);
  const own = mention(slack, { user: olivia, channel: shared, text: 'hello', more: { team: slack.team.id } });
  await service.answered(own, 'You said: hello');
});

test('a button pressed by somebody of another workspace with a decider’s id decides nothing', async () => {
  await using service = await openSlackService({ decide: deletes });
  const { slack, app, ninox } = service;
  const olivia = await service.olivia();
  const channel = slack.addChannel('sales', [olivia]);
  const said = slack.mention({ user: olivia, channel, text: 'Delete record 1' });
  const card = await slack.until(() => slack.answers(said).find(({ buttons }) => buttons.length > 2), 'a card');
  const [approve] = card.buttons;
  await slack.deliveries.send('action', 'forged', {
    type: 'block_actions',
    user: { id: olivia.id, team_id: 'T0PARTNER' },
    team: { id: slack.team.id },
    api_app_id: slack.app.id,
    channel: { id: channel.id },
    container: { type: 'message', message_ts: card.ts, channel_id: channel.id, thread_ts: said.thread },
    message: { ts: card.ts, thread_ts: said.thread },
    trigger_id: 'forged',
    actions: [{ action_id: approve?.actionId, value: approve?.value, action_ts: '1.1' }],
  });
  await slack.until(() => told(slack, olivia, /do not know who you are/), 'a refusal');
  expect((await app.get('/api/v1/approvals')).body).toMatchObject({ items: [{ status: 'pending' }] });
  expect(ninox.changes).toEqual([]);
});

test('what is meant for another app in the workspace is not answered', async () => {
  await using service = await openSlackService({ decide: echo });
  const { slack, model } = service;
  const olivia = await service.olivia();
  const { payload } = await slack.direct({ user: olivia, text: 'hello' }).told.then(([first]) => {
    if (first === undefined) throw new Error('Nothing was told.');
    return first;
  });
  await slack.until(() => told(slack, olivia, /You said: hello/), 'an answer');
  const { ts } = slack.world.write({ channel: slack.directOf(olivia), threadTs: null, userId: olivia.id, text: 'two' });
  const event = { ...(payload.event as object), text: 'two', ts };
  const other = { ...payload, event, event_id: 'EvOTHER', api_app_id: 'A0OTHER' };
  expect((await slack.deliveries.send('event', 'EvOTHER', other)).acknowledged).toBe(true);
  await service.answered(slack.direct({ user: olivia, text: 'three' }), 'You said: three');
  expect(model.requests.map(({ userText }) => userText)).toEqual(['hello', 'three']);
});

test('that the app was taken out, told after it was put back, ends nothing', async () => {
  await using service = await openSlackService({ decide: echo });
  const { slack, app } = service;
  const olivia = await service.olivia();
  const before = slack.callsOf('auth.test').length;
  await slack.tell(slack.team, 'app_uninstalled', { type: 'app_uninstalled' });
  const bot = slack.team.installation?.botUserId ?? '';
  await slack.tell(slack.team, 'tokens_revoked', { type: 'tokens_revoked', tokens: { oauth: [], bot: [bot] } });
  await expect.poll(() => slack.callsOf('auth.test').length, { timeout: 10_000 }).toBe(before + 2);
  await service.answered(slack.direct({ user: olivia, text: 'still here?' }), 'You said: still here?');
  expect(await connectionOf(service)).toMatchObject({ status: 'active' });
  const { items } = (await app.get('/api/v1/audit-events?action=connection.revoked')).body as { items: unknown[] };
  expect(items).toEqual([]);
});

test('in a channel that another company shares, nobody reads what is asked: it goes to whoever decides', async () => {
  await using service = await openSlackService({ decide: deletes });
  const { slack, ninox } = service;
  const olivia = await service.olivia();
  const shared = slack.addChannel('partners', [olivia]);
  shared.isShared = true;
  const said = slack.mention({ user: olivia, channel: shared, text: 'Delete record 1' });
  const direct = { channel: slack.directOf(olivia).id };
  const card = await slack.until(() => slack.answers(direct).find(({ buttons }) => buttons.length > 2), 'a card');
  expect(card.text).toContain('Item 1');
  const there = JSON.stringify(slack.thread(said));
  expect(there).toContain('has to decide');
  expect(there).not.toContain('Item 1');
  await slack.press(card, /approve/i, olivia);
  await service.answered(said, 'It is gone.');
  expect(ninox.deletionsOf(1)).toHaveLength(1);
  expect(JSON.stringify(slack.thread(said))).not.toContain('Item 1');
});

test('nobody takes the place of a thread’s conversation from elsewhere', async () => {
  await using service = await openSlackService({ decide: echo });
  const { slack } = service;
  const max = await service.member('Max');
  const sales = slack.addChannel('sales', [max.user]);
  const { ts } = slack.world.write({ channel: sales, threadTs: null, userId: max.user.id, text: 'begun by people' });
  const { id: connectionId } = (await connectionOf(service)) ?? { id: '' };
  const digest = createHash('sha256')
    .update(JSON.stringify([connectionId, sales.id, ts]))
    .digest('base64url');
  const message = { id: 'm1', role: 'user', parts: [{ type: 'text', text: 'mine' }] };
  const taken = { id: `slack-${digest.slice(0, 32)}`, personaId: 'tester', message };
  const refused = await max.client.send('POST', '/api/chat', taken);
  expect(refused.status).toBeGreaterThanOrEqual(400);
  const said = slack.mention({ user: max.user, channel: sales, text: 'hello', thread: ts });
  await service.answered(said, 'You said: hello');
});

test('a workspace whose calls Slack lets wait keeps nobody elsewhere from being answered', async () => {
  await using service = await openSlackService({ decide: echo, personas: { tester: guestPersona() } });
  const { slack, app } = service;
  const elsewhere = slack.addTeam('T0OTHER', 'Second');
  expect((await pasteToken(app, slack.install(elsewhere))).status).toBe(201);
  const gus = slack.addPerson('Gus');
  const gate = Promise.withResolvers<void>();
  const token = slack.team.installation?.token;
  slack.intercept((call) => (call.token === token ? { until: gate.promise } : undefined));
  const channel = slack.directOf(gus);
  const press = (number: number) =>
    slack.deliveries.send('action', `press${number}`, {
      type: 'block_actions',
      user: { id: gus.id, team_id: gus.teamId },
      team: { id: gus.teamId },
      channel: { id: channel.id },
      message: { ts: '1.000001' },
      actions: [{ action_id: 'approval_approve', value: `a1 ${'0'.repeat(64)}`, action_ts: `1.${number}` }],
    });
  const pressed = await Promise.all(Array.from({ length: 60 }, (_, number) => press(number)));
  expect(pressed.every(({ acknowledged }) => acknowledged)).toBe(true);
  const ann = slack.addPerson('Ann', elsewhere);
  await service.answered(slack.direct({ user: ann, text: 'hello' }), 'You said: hello');
  gate.resolve();
});
