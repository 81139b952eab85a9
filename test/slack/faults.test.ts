import { describe, expect, test } from 'vitest';
import type { Decide } from '../support/openai-script.ts';
import { createGate } from '../support/scripted-app.ts';
import type { Intercept, SlackServer } from '../support/slack-server.ts';
import { echo, openSlackService } from '../support/slack-service.ts';

type Fault = NonNullable<ReturnType<Intercept>>;

/** Does this to the first call of a method that comes, and lets the others through. */
function firstly(slack: SlackServer, method: string, what: Fault) {
  let isDone = false;
  slack.intercept((call) => {
    if (call.method !== method || isDone) return undefined;
    isDone = true;
    return what;
  });
  return { isDone: () => isDone };
}

/** An answer that comes in two parts, so that it is begun, gone on with and stopped. */
async function openTwoParts() {
  const gate = createGate();
  const decide: Decide = () => ({ deltas: ['One. ', 'Two. ', 'Three.'], gates: [{ at: 1, until: gate.until }] });
  const service = await openSlackService({ decide });
  const { slack } = service;
  const olivia = await service.olivia();
  return {
    ...service,
    /** Asks, and lets the model go on once its first words are there. */
    async ask() {
      const said = slack.direct({ user: olivia, text: 'hello' });
      await slack.until(() => slack.answers(said).find(({ text }) => text.includes('One.')), 'the first words');
      gate.open();
      await service.answered(said, 'Three.');
      return slack
        .answers(said)
        .filter(({ stream, text }) => stream !== null || text.includes('Three.'))
        .map(({ text }) => text)
        .join('\n');
    },
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}

const writing = ['chat.startStream', 'chat.appendStream', 'chat.stopStream'] as const;
const faults: readonly (readonly [string, Fault])[] = [
  ['a rate limit', { retryAfter: 1 }],
  ['an error of Slack’s', { error: 'internal_error' }],
  ['a status of 503', { status: 503 }],
  ['a connection that breaks before', { broken: 'before' }],
  ['a connection that breaks after', { broken: 'after' }],
];

describe.each(faults)('%s', (_what, fault) => {
  test.each(writing)('on %s loses nothing of an answer, and says nothing of it twice', async (method) => {
    await using service = await openTwoParts();
    const injected = firstly(service.slack, method, fault);
    const whole = await service.ask();
    expect(injected.isDone()).toBe(true);
    for (const word of ['One.', 'Two.', 'Three.']) expect([word, whole.split(word).length]).toEqual([word, 2]);
    await service.slack.until(
      () => (service.slack.world.seen().every(({ stream }) => stream !== 'streaming') ? true : null),
      'an end of every stream',
    );
  });
});

test('an answer of Slack’s that got lost does not make the persona say it twice', async () => {
  await using service = await openSlackService();
  const { slack } = service;
  const olivia = await service.olivia();
  firstly(slack, 'chat.stopStream', { broken: 'after' });
  const said = slack.direct({ user: olivia, text: 'hello' });
  await service.answered(said, 'Hello from the persona.');
  const next = slack.direct({ user: olivia, text: 'next', thread: said.thread });
  await slack.until(
    () =>
      slack.answers(next).filter(({ text, stream }) => stream !== 'streaming' && text.includes('Hello')).length >= 2
        ? true
        : null,
    'a second answer',
  );
  expect(slack.answers(next).filter(({ text }) => text.includes('Hello from the persona.'))).toHaveLength(2);
});

test('a stream that Slack has given up on in the middle is gone on with otherwise', async () => {
  const gate = createGate();
  await using service = await openSlackService({
    decide: () => ({ deltas: ['The first half. ', 'The second.'], gates: [{ at: 1, until: gate.until }] }),
  });
  const { slack } = service;
  const olivia = await service.olivia();
  const said = slack.direct({ user: olivia, text: 'hello' });
  await slack.until(() => slack.answers(said).find(({ text }) => text.includes('The first half.')), 'the first half');
  slack.expireStreams();
  gate.open();
  await service.answered(said, 'The second.');
  const whole = slack
    .answers(said)
    .map(({ text }) => text)
    .join('\n');
  expect(whole.split('The first half.')).toHaveLength(2);
  expect(whole.split('The second.')).toHaveLength(2);
});

test('where Slack does not take an answer at all the next one is not held up', async () => {
  await using service = await openSlackService({ decide: echo });
  const { slack } = service;
  const olivia = await service.olivia();
  const [closed, open] = [slack.addChannel('closed', [olivia]), slack.addChannel('open', [olivia])];
  slack.intercept(({ method, args }) =>
    method.startsWith('chat.') && args.channel === closed.id ? { error: 'is_archived' } : undefined,
  );
  await slack.mention({ user: olivia, channel: closed, text: 'one' }).told;
  await service.answered(slack.mention({ user: olivia, channel: open, text: 'two' }), 'You said: two');
  slack.intercept(() => undefined);
  await service.answered(slack.mention({ user: olivia, channel: closed, text: 'three' }), 'You said: three');
});

test('a model that fails is told of in the thread, in plain words', async () => {
  await using service = await openSlackService({
    decide: () => ({ error: { status: 400, message: 'sk-scripted is bad' } }),
  });
  const { slack } = service;
  const said = slack.direct({ user: await service.olivia(), text: 'hello' });
  const answer = await slack.until(
    () => slack.answers(said).find(({ text, stream }) => stream !== 'streaming' && text !== ''),
    'a notice',
  );
  expect(answer.text).not.toContain('sk-scripted');
  expect(answer.text).toMatch(/model/i);
});
