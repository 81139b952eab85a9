import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { createGate } from '../support/scripted-app.ts';
import type { Said } from '../support/slack-server.ts';
import { echo, guestPersona, openSlackService } from '../support/slack-service.ts';

test('retries and duplicates of an event give one run', async () => {
  await using service = await openSlackService({ decide: echo });
  const { slack, model } = service;
  const olivia = await service.olivia();
  const said = slack.direct({ user: olivia, text: 'hello' });
  const [delivery] = await said.told;
  if (delivery === undefined) throw new Error('Nothing was told.');
  // While it is worked, and long after.
  const early = await Promise.all(Array.from({ length: 5 }, () => slack.deliveries.repeat(delivery)));
  await service.answered(said, 'You said: hello');
  const late = await slack.deliveries.repeat(delivery);
  expect([...early, late].map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 200));
  await service.answered(slack.direct({ user: olivia, text: 'next' }), 'You said: next');
  expect(slack.answers(said).filter(({ text }) => text.includes('You said: hello'))).toHaveLength(1);
  expect(model.requests).toHaveLength(2);
});

test('1,000 events of which a third are duplicates: exactly one answer to each', async () => {
  await using service = await openSlackService({
    personas: { tester: guestPersona() },
    decide: ({ userText }) => ({ deltas: [echo({ userText }).text] }),
    // How soon it is acknowledged is measured elsewhere: here all of Slack, the model and the service share one thread.
    slack: { echoes: false, timeoutMs: 30_000 },
  });
  const { slack, model } = service;
  const people = Array.from({ length: 8 }, (_, at) => slack.addPerson(`Person${at}`));
  const repeats: Promise<unknown>[] = [];
  const tell = async (number: number): Promise<Said> => {
    const user = people[number % people.length];
    if (user === undefined) throw new Error('nobody');
    const said = slack.direct({ user, text: `message ${number}.` });
    const [delivery] = await said.told;
    if (delivery === undefined) throw new Error('Nothing was told.');
    expect(delivery.acknowledged).toBe(true);
    if (number % 2 === 0) repeats.push(slack.deliveries.repeat(delivery));
    return said;
  };
  // 667 messages, of which every second is told twice: 1,000 events.
  const numbers = Array.from({ length: 667 }, (_, at) => at);
  const all = new Map<number, Said>();
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
        all.set(number, await tell(number));
      }
    }),
  );
  await Promise.all(repeats);
  expect(repeats).toHaveLength(334);
  const isAnswered = (said: Said, number: number) =>
    slack
      .answers(said)
      .some(({ text, stream }) => stream !== 'streaming' && text.includes(`You said: message ${number}.`));
  let waitingFor = 0;
  await slack.until(
    () => {
      // Each is looked at once it is its turn: looking at all of them at every change would take longer than the work.
      while (waitingFor < 667) {
        const said = all.get(waitingFor);
        if (said === undefined || !isAnswered(said, waitingFor)) return null;
        waitingFor += 1;
      }
      return true;
    },
    'all answers',
    120_000,
  );
  await slack.deliveries.settled();
  expect(model.requests).toHaveLength(667);
  const answers = slack.world.seen().filter(({ fromApp, text }) => fromApp && text.includes('You said: message'));
  expect(answers).toHaveLength(667);
  expect(new Set(answers.map(({ thread }) => thread)).size).toBe(667);
}, 180_000);

test('acknowledgements do not wait for the model', async () => {
  const gate = createGate();
  await using service = await openSlackService({
    personas: { tester: guestPersona() },
    decide: ({ userText }) => ({ ...echo({ userText }), gates: [{ at: 'start', until: gate.until }] }),
    slack: { timeoutMs: 15_000 },
  });
  const { slack } = service;
  const ann = slack.addPerson('Ann');
  const all = Array.from({ length: 20 }, (_, at) => slack.direct({ user: ann, text: `message ${at}.` }));
  const told = (await Promise.all(all.map(({ told }) => told))).flat();
  // None of them was sent a second time, and no answer can have come yet.
  expect(told.map(({ acknowledged, attempts }) => [acknowledged, attempts.length])).toEqual(all.map(() => [true, 1]));
  expect(slack.world.seen().filter(({ text }) => text.includes('You said'))).toEqual([]);
  gate.open();
  for (const [at, said] of all.entries()) await service.answered(said, `You said: message ${at}.`);
});

test('what is not signed by Slack, or was signed too long ago, is refused and does nothing', async () => {
  await using service = await openSlackService();
  const { slack, model } = service;
  const olivia = await service.olivia();
  const said = slack.direct({ user: olivia, text: 'hello' });
  const [delivery] = await said.told;
  await service.answered(said, 'Hello from the persona.');
  const body = JSON.stringify({ ...delivery?.payload, event_id: 'Ev0FORGED' });
  const now = Math.floor(Date.now() / 1000);
  const sign = (secret: string, seconds: number, of = body) =>
    `v0=${createHmac('sha256', secret).update(`v0:${seconds}:${of}`).digest('hex')}`;
  const { signingSecret } = slack.app;
  const forged: (readonly [string, Record<string, string>])[] = [
    ['no signature', {}],
    ['another secret', { 'x-slack-request-timestamp': `${now}`, 'x-slack-signature': sign('f'.repeat(32), now) }],
    [
      'another body',
      { 'x-slack-request-timestamp': `${now}`, 'x-slack-signature': sign(signingSecret, now, `${body} `) },
    ],
    ['another time', { 'x-slack-request-timestamp': `${now}`, 'x-slack-signature': sign(signingSecret, now - 1) }],
    [
      'ten minutes ago',
      { 'x-slack-request-timestamp': `${now - 600}`, 'x-slack-signature': sign(signingSecret, now - 600) },
    ],
  ];
  for (const [what, headers] of forged) {
    const url = slack.app.eventsUrl ?? '';
    const answer = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    expect([what, answer.status]).toEqual([what, 401]);
  }
  // What is refused leaves nothing behind: the next message is the next run.
  await service.answered(slack.direct({ user: olivia, text: 'again' }), 'Hello from the persona.');
  expect(model.requests).toHaveLength(2);
});

test('an event of a workspace nobody has connected is acknowledged and left', async () => {
  await using service = await openSlackService();
  const { slack, model } = service;
  const foreign = slack.addTeam('T0OTHER', 'Other');
  slack.install(foreign);
  const said = slack.direct({ user: slack.addPerson('Eve', foreign), text: 'hello' });
  expect((await said.told).map(({ acknowledged }) => acknowledged)).toEqual([true]);
  await service.answered(slack.direct({ user: await service.olivia(), text: 'hello' }), 'Hello from the persona.');
  expect(slack.answers(said)).toEqual([]);
  expect(model.requests).toHaveLength(1);
});
