import { expect, test } from 'vitest';
import { callsThenText } from '../support/openai-script.ts';
import { createGate } from '../support/scripted-app.ts';
import { echo, openSlackService, slackPersona, told } from '../support/slack-service.ts';
import { watchedIds } from '../support/watched-ninox.ts';

const listTeams = { name: 'ninox_list_teams', args: {} };

test('a mention is answered in its thread, streamed, with a card for each tool, once', async () => {
  const gate = createGate();
  await using service = await openSlackService({
    decide: ({ toolResults }) =>
      toolResults.length === 0
        ? { text: 'Let me look.', calls: [listTeams] }
        : { deltas: ['There is ', '**one team**.'], gates: [{ at: 1, until: gate.until }] },
  });
  const { slack } = service;
  const olivia = await service.olivia();
  const sales = slack.addChannel('sales', [olivia]);
  const said = slack.mention({ user: olivia, channel: sales, text: 'Which teams are there?' });
  const growing = await slack.until(
    () => slack.answers(said).find(({ text }) => text.includes('There is')),
    'the beginning of an answer',
  );
  expect(growing).toMatchObject({ stream: 'streaming', isReply: true, thread: said.ts });
  expect(growing.text).not.toContain('one team');
  gate.open();
  const answer = await service.answered(said, 'There is **one team**.');
  expect(answer.text).toContain('Let me look.');
  expect(answer.tasks).toMatchObject([{ status: 'complete', title: expect.stringMatching(/teams/i) }]);
  // A mention is heard twice, as a mention and as a message of the channel.
  expect((await said.told).map(({ acknowledged }) => acknowledged)).toEqual([true, true]);
  await slack.deliveries.settled();
  expect(slack.answers(said).filter(({ text }) => text.includes('one team'))).toHaveLength(1);
  expect(service.model.requests).toHaveLength(2);
  expect(service.model.requests[0]?.userText).toContain('Which teams are there?');
  expect(service.model.requests[0]?.userText).not.toMatch(/<@|U[0-9A-F]{8}/);
});

test('in a thread it has joined it goes on without a mention; elsewhere it stays silent', async () => {
  await using service = await openSlackService({ decide: echo });
  const { slack } = service;
  const olivia = await service.olivia();
  const sales = slack.addChannel('sales', [olivia]);
  const first = slack.mention({ user: olivia, channel: sales, text: 'one' });
  await service.answered(first, 'You said: one');
  const second = slack.say({ user: olivia, channel: sales, text: 'two', thread: first.thread });
  await service.answered(second, 'You said: two');
  // The model has what was said before.
  expect(service.model.requests[1]?.messages.map((message) => 'text' in message && message.text)).toEqual(
    expect.arrayContaining([expect.stringContaining('one'), expect.stringContaining('two')]),
  );
  const elsewhere = slack.say({ user: olivia, channel: sales, text: 'just chatting' });
  await elsewhere.told;
  const other = slack.say({ user: olivia, channel: sales, text: 'another', thread: elsewhere.thread });
  await other.told;
  await service.answered(slack.mention({ user: olivia, channel: sales, text: 'three' }), 'You said: three');
  expect(slack.answers(elsewhere)).toEqual([]);
  expect(service.model.requests).toHaveLength(3);
});

test('a direct message is answered below it, each message a conversation of its own', async () => {
  await using service = await openSlackService({ decide: echo });
  const { slack } = service;
  const olivia = await service.olivia();
  const said = slack.direct({ user: olivia, text: 'hello' });
  expect(await service.answered(said, 'You said: hello')).toMatchObject({ isReply: true, thread: said.ts });
  const follow = slack.direct({ user: olivia, text: 'and now', thread: said.ts });
  await service.answered(follow, 'You said: and now');
  const other = slack.direct({ user: olivia, text: 'something else' });
  await service.answered(other, 'You said: something else');
  expect(service.model.requests.map(({ messages }) => messages.filter(({ role }) => role === 'user').length)).toEqual([
    1, 2, 1,
  ]);
});

test('messages that overlap in one thread are all answered, in their order', async () => {
  const gate = createGate();
  await using service = await openSlackService({
    decide: ({ userText, number }) => ({
      ...echo({ userText }),
      ...(number === 1 ? { gates: [{ at: 'start', until: gate.until }] } : {}),
    }),
  });
  const { slack, model } = service;
  const olivia = await service.olivia();
  const sales = slack.addChannel('sales', [olivia]);
  const first = slack.mention({ user: olivia, channel: sales, text: 'one' });
  await first.told;
  await model.whenRequested(1);
  const further = ['two', 'three', 'four', 'five', 'six', 'seven'];
  for (const text of further) await slack.say({ user: olivia, channel: sales, text, thread: first.thread }).told;
  // Another thread does not wait for this one.
  await service.answered(slack.mention({ user: olivia, channel: sales, text: 'aside' }), 'You said: aside');
  expect(slack.answers(first).filter(({ text }) => text.includes('You said'))).toEqual([]);
  gate.open();
  await service.answered(first, 'You said: seven');
  const order = slack.answers(first).flatMap(({ text }) => /You said: (\w+)/.exec(text)?.[1] ?? []);
  expect(order).toEqual(['one', ...further]);
  expect(model.requests).toHaveLength(8);
});

test('what the model writes calls nobody, whatever it is split into, and shows no previews', async () => {
  const hostile = [
    'Hello <!chan',
    'nel> and <!here>, <!everyone|all>, <@U0123456789>, <!subteam^S012>, @here @channel. ',
    'See https://evil.example/track and [this](https://evil.example/more) & 1 < 2',
  ];
  await using service = await openSlackService({ decide: () => ({ deltas: hostile }) });
  const { slack } = service;
  const olivia = await service.olivia();
  const sales = slack.addChannel('sales', [olivia]);
  const answer = await service.answered(slack.mention({ user: olivia, channel: sales, text: 'go' }), '1 < 2');
  for (const seen of slack.answers({ channel: sales.id })) {
    expect([seen.text, seen.pings, seen.unfurled]).toEqual([seen.text, [], []]);
  }
  // It is still there to be read.
  const read = answer.text.replaceAll('\u2060', '');
  expect(read).toContain('<!channel>');
  expect(read).toContain('& 1 < 2');
});

test('a long answer is whole, in as many messages as it takes', async () => {
  const lines = Array.from({ length: 900 }, (_, at) => `Line ${at + 1} of a long answer.\n`);
  await using service = await openSlackService({ decide: () => ({ deltas: [...lines, 'The end.'] }) });
  const { slack } = service;
  const olivia = await service.olivia();
  const said = slack.direct({ user: olivia, text: 'Tell me everything' });
  await service.answered(said, 'The end.');
  const whole = slack.answers(said).map(({ text }) => text);
  expect(whole.length).toBeGreaterThan(1);
  expect(whole.join('')).toContain(lines.join(''));
  expect(slack.calls.filter(({ outcome }) => outcome === 'msg_too_long')).toEqual([]);
});

test('the stop button stops the answer, and what was said stays', async () => {
  const never = new Promise<never>(() => undefined);
  await using service = await openSlackService({
    decide: () => ({ deltas: ['The first half. ', 'never'], gates: [{ at: 1, until: never }] }),
  });
  const { slack, model } = service;
  const [olivia, eve] = [await service.olivia(), (await service.member('Eve')).user];
  const sales = slack.addChannel('sales', [olivia, eve]);
  const said = slack.mention({ user: olivia, channel: sales, text: 'Tell me' });
  const control = await slack.until(
    () => slack.answers(said).find(({ buttons }) => buttons.some(({ text }) => /stop/i.test(text))),
    'a stop button',
  );
  await slack.until(() => slack.answers(said).find(({ text }) => text.includes('The first half.')), 'the first half');
  // Not by somebody who has nothing to do with it.
  await slack.press(control, /stop/i, eve);
  await slack.until(() => told(slack, eve, /stop/i), 'a refusal');
  expect(model.aborted).toBe(0);
  await slack.press(control, /stop/i, olivia);
  await model.whenAborted(1);
  await slack.until(
    () => (slack.answers(said).every(({ stream }) => stream !== 'streaming') ? true : null),
    'an end of the stream',
  );
  const answers = slack.answers(said);
  expect(answers.map(({ text }) => text).join('\n')).toMatch(/The first half\.[\s\S]*stopped/i);
  const isGone = () =>
    slack.answers(said).every(({ buttons }) => buttons.every(({ text }) => !/stop/i.test(text))) ? true : null;
  await slack.until(isGone, 'an end of the stop button');
});

test('an answer can be rated, and who did is recorded', async () => {
  await using service = await openSlackService();
  const { slack, app } = service;
  const olivia = await service.olivia();
  const said = slack.direct({ user: olivia, text: 'hello' });
  const answer = await service.answered(said, 'Hello from the persona.');
  const rated = await slack.until(
    () => slack.answers(said).find(({ buttons }) => buttons.some(({ type }) => type === 'feedback_buttons')),
    'buttons to rate with',
  );
  expect(rated.thread).toBe(answer.thread);
  const [good] = rated.buttons.filter(({ type }) => type === 'feedback_buttons');
  const pressed = await slack.press(rated, good?.actionId ?? '', olivia);
  expect(pressed.acknowledged).toBe(true);
  await slack.deliveries.settled();
  await expect
    .poll(async () => {
      const { body } = await app.get('/api/v1/audit-events?action=answer.rated');
      return (body as { items: object[] }).items;
    })
    .toMatchObject([{ action: 'answer.rated', channel: 'slack', runId: expect.any(String) }]);
});

test('a tool that fails shows so on its card', async () => {
  const record = {
    team_id: watchedIds.team,
    database_id: watchedIds.database,
    table_id: watchedIds.table,
    record_id: '99',
  };
  await using service = await openSlackService({
    personas: { tester: slackPersona('approvals: { ninox_delete_record: deny }') },
    decide: callsThenText([{ name: 'ninox_delete_record', args: record }], 'I may not do that.'),
  });
  const said = service.slack.direct({ user: await service.olivia(), text: 'Delete 99' });
  const answer = await service.answered(said, 'I may not do that.');
  expect(answer.tasks).toMatchObject([{ status: 'error' }]);
  expect(service.ninox.changes).toEqual([]);
});

test('Slack’s own stop button ends the run as well, and what it had not shown is not said any more', async () => {
  const never = new Promise<never>(() => undefined);
  await using service = await openSlackService({
    decide: ({ number, userText }) =>
      number === 1 ? { deltas: ['The first half. ', 'never'], gates: [{ at: 1, until: never }] } : echo({ userText }),
  });
  const { slack, model } = service;
  const olivia = await service.olivia();
  const said = slack.direct({ user: olivia, text: 'Tell me' });
  await slack.until(() => slack.answers(said).find(({ text }) => text.includes('The first half.')), 'the first half');
  await slack.stopSession(olivia, said.channel, said.thread);
  await model.whenAborted(1);
  const next = slack.direct({ user: olivia, text: 'next', thread: said.thread });
  await service.answered(next, 'You said: next');
  const whole = slack
    .answers(said)
    .map(({ text }) => text)
    .join('\n');
  expect(whole.split('The first half.')).toHaveLength(2);
});
