import { expect, test } from 'vitest';
import { callsThenText } from '../support/openai-script.ts';
import { echo, openSlackService, told } from '../support/slack-service.ts';
import { watchedIds } from '../support/watched-ninox.ts';

const record = {
  team_id: watchedIds.team,
  database_id: watchedIds.database,
  table_id: watchedIds.table,
  record_id: '1',
};

test('without a public address everything comes through a socket that the service opens', async () => {
  await using service = await openSlackService({
    mode: 'socket',
    decide: callsThenText([{ name: 'ninox_delete_record', args: record }], 'It is gone.'),
  });
  const { slack, ninox } = service;
  expect(slack.app).toMatchObject({ usesSocket: true, eventsUrl: null });
  await slack.until(() => (slack.deliveries.connected() > 0 ? true : null), 'a socket');
  const olivia = await service.olivia();
  await slack.command({ user: olivia, text: 'list' });
  await slack.until(() => told(slack, olivia, /Tester/), 'a list');
  const sales = slack.addChannel('sales', [olivia]);
  const said = slack.mention({ user: olivia, channel: sales, text: 'Delete record 1' });
  expect((await said.told).map(({ acknowledged }) => acknowledged)).toEqual([true, true]);
  const card = await slack.until(
    () => slack.answers(said).find(({ buttons }) => buttons.some(({ text }) => /approve/i.test(text))),
    'an approval card',
  );
  await slack.press(card, /approve/i, olivia);
  await service.answered(said, 'It is gone.');
  expect(ninox.deletionsOf(1)).toHaveLength(1);
});

test('an event is told anew where its acknowledgement did not come, and is worked once', async () => {
  await using service = await openSlackService({
    mode: 'socket',
    decide: echo,
  });
  const { slack, model } = service;
  await slack.until(() => (slack.deliveries.connected() > 0 ? true : null), 'a socket');
  const olivia = await service.olivia();
  const said = slack.direct({ user: olivia, text: 'hello' });
  const [delivery] = await said.told;
  if (delivery === undefined) throw new Error('Nothing was told.');
  await slack.deliveries.repeat(delivery);
  await service.answered(said, 'You said: hello');
  await service.answered(slack.direct({ user: olivia, text: 'next' }), 'You said: next');
  expect(model.requests).toHaveLength(2);
});

test('a socket that Slack closes is opened again', async () => {
  await using service = await openSlackService({
    mode: 'socket',
    decide: echo,
  });
  const { slack } = service;
  await slack.until(() => (slack.deliveries.connected() > 0 ? true : null), 'a socket');
  const olivia = await service.olivia();
  const before = slack.callsOf('apps.connections.open').length;
  slack.deliveries.recycle();
  await slack.until(
    () => (slack.callsOf('apps.connections.open').length > before && slack.deliveries.connected() > 0 ? true : null),
    'another socket',
    25_000,
  );
  await service.answered(slack.direct({ user: olivia, text: 'hello' }), 'You said: hello');
});
