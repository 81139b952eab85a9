import { expect, test } from 'vitest';
import type { ApprovalListView } from '#channels/http/contract/approvals.ts';
import { callsThenText } from '../support/openai-script.ts';
import type { Said, SeenMessage, SlackServer } from '../support/slack-server.ts';
import { openSlackService, type SlackService, told } from '../support/slack-service.ts';
import { watchedIds } from '../support/watched-ninox.ts';

const record = {
  team_id: watchedIds.team,
  database_id: watchedIds.database,
  table_id: watchedIds.table,
  record_id: '1',
};
const deletes = callsThenText([{ name: 'ninox_delete_record', args: record }], ([result]) =>
  result?.output.includes('APPROVAL_DENIED') === true ? 'It stays.' : 'It is gone.',
);

const isCard = ({ buttons }: SeenMessage) => buttons.some(({ text }) => /approve/i.test(text));

function cardIn(slack: SlackServer, said: Pick<Said, 'channel' | 'thread'>): Promise<SeenMessage> {
  return slack.until(() => slack.answers(said).find(isCard), 'an approval card');
}

const again = ({ slack }: SlackService, { channel, ts }: SeenMessage) =>
  slack.world.seen({ channel }).find((each) => each.ts === ts);

async function pendingIn({ app }: SlackService) {
  return ((await app.get('/api/v1/approvals')).body as ApprovalListView).items;
}

test('a card shows the change plan; whoever may decides, the card becomes the outcome, and the run goes on', async () => {
  await using service = await openSlackService({ decide: deletes });
  const { slack, ninox } = service;
  const olivia = await service.olivia();
  const [max, gus] = [(await service.member('Max')).user, slack.addPerson('Gus')];
  const sales = slack.addChannel('sales', [olivia, max, gus]);
  const said = slack.mention({ user: olivia, channel: sales, text: 'Delete record 1' });
  const card = await cardIn(slack, said);
  expect(card.text).toMatch(/Item 1/);
  expect(card.text).toMatch(/Stock|Failpoint Ltd/);
  expect(card.pings).toEqual([]);
  expect(ninox.changes).toEqual([]);

  // Neither a member who may not, nor a stranger.
  for (const user of [max, gus]) {
    expect((await slack.press(card, /approve/i, user)).acknowledged).toBe(true);
    const refusal = await slack.until(() => told(slack, user, /may|link/i), 'a refusal');
    expect(refusal.ephemeralTo).toBe(user.id);
  }
  expect(await pendingIn(service)).toHaveLength(1);
  expect(ninox.changes).toEqual([]);

  await slack.press(card, /approve/i, olivia);
  await service.answered(said, 'It is gone.');
  expect(ninox.deletionsOf(1)).toHaveLength(1);
  const after = await slack.until(() => {
    const now = again(service, card);
    return now !== undefined && !isCard(now) ? now : null;
  }, 'the outcome on the card');
  expect(after.text).toMatch(/Olivia approved/i);
  // A second press, as somebody whose Slack is behind may make it, changes nothing.
  await slack.press(card, /approve/i, olivia);
  await slack.press(card, /den|reject/i, olivia);
  await slack.deliveries.settled();
  expect(ninox.deletionsOf(1)).toHaveLength(1);
  expect(await pendingIn(service)).toEqual([]);
});

test('denied in Slack, nothing is done and the model is told', async () => {
  await using service = await openSlackService({ decide: deletes });
  const { slack, ninox } = service;
  const olivia = await service.olivia();
  const said = slack.direct({ user: olivia, text: 'Delete record 1' });
  await slack.press(await cardIn(slack, said), /den|reject/i, olivia);
  await service.answered(said, 'It stays.');
  expect(ninox.changes).toEqual([]);
});

test('decided in the web inbox, the card in Slack is replaced and the answer comes in the thread', async () => {
  await using service = await openSlackService({ decide: deletes });
  const { slack, ninox, app } = service;
  const max = await service.member('Max');
  const olivia = await service.olivia();
  const said = slack.direct({ user: max.user, text: 'Delete record 1' });
  const card = await cardIn(slack, said);
  // Whoever else may decide is asked in a direct message.
  const other = await slack.until(
    () => slack.answers({ channel: slack.directOf(olivia).id }).find(isCard),
    'a card for Olivia',
  );
  const [approval] = await pendingIn(service);
  const decision = { decision: 'approve', hash: approval?.hash };
  expect((await app.send('POST', `/api/v1/approvals/${approval?.id}/decision`, decision)).status).toBe(200);
  await service.answered(said, 'It is gone.');
  for (const each of [card, other]) {
    await slack.until(() => {
      const now = again(service, each);
      return now !== undefined && !isCard(now) && /approved/i.test(now.text) ? now : null;
    }, 'the outcome on the card');
  }
  expect(ninox.deletionsOf(1)).toHaveLength(1);
});

test('a message that comes while it waits is answered after it', async () => {
  await using service = await openSlackService({
    decide: (request) => (request.userText.includes('Delete') ? deletes(request) : { text: 'As to the other thing.' }),
  });
  const { slack } = service;
  const olivia = await service.olivia();
  const said = slack.direct({ user: olivia, text: 'Delete record 1' });
  const card = await cardIn(slack, said);
  const next = slack.direct({ user: olivia, text: 'And something else', thread: said.thread });
  expect((await next.told).map(({ acknowledged }) => acknowledged)).toEqual([true]);
  await slack.press(card, /approve/i, olivia);
  await service.answered(said, 'It is gone.');
  await service.answered(said, 'As to the other thing.');
  const texts = slack.answers(said).map(({ text }) => text);
  const at = (words: string) => texts.findIndex((text) => text.includes(words));
  expect(at('It is gone.')).toBeLessThan(at('As to the other thing.'));
});

test('while a stream cannot be gone on with, the answer still comes after the decision', async () => {
  await using service = await openSlackService({ decide: deletes });
  const { slack } = service;
  const olivia = await service.olivia();
  const said = slack.direct({ user: olivia, text: 'Delete record 1' });
  const card = await cardIn(slack, said);
  slack.expireStreams();
  slack.responseUrls.expire();
  await slack.press(card, /approve/i, olivia);
  await service.answered(said, 'It is gone.');
  await slack.until(() => {
    const now = again(service, card);
    return now !== undefined && !isCard(now) ? now : null;
  }, 'the outcome on the card');
});
