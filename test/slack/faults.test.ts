import { expect, test } from 'vitest';
import { createGate } from '../support/scripted-app.ts';
import type { Intercept } from '../support/slack-server.ts';
import { echo, openSlackService } from '../support/slack-service.ts';

/** Does this to the first so many calls of a method, and lets the others through. */
function firstly(method: string, times: number, what: NonNullable<ReturnType<Intercept>>): Intercept {
  let left = times;
  return (call) => {
    if (call.method !== method || left === 0) return undefined;
    left -= 1;
    return what;
  };
}

const writing = ['chat.startStream', 'chat.appendStream', 'chat.stopStream'] as const;

test.each(writing)('a rate limit on %s is waited for, and the answer is whole', async (method) => {
  await using service = await openSlackService({ decide: () => ({ deltas: ['One. ', 'Two. ', 'Three.'] }) });
  const { slack } = service;
  const olivia = await service.olivia();
  slack.intercept(firstly(method, 1, { retryAfter: 1 }));
  const said = slack.direct({ user: olivia, text: 'hello' });
  await service.answered(said, 'One. Two. Three.');
  expect(slack.answers(said).filter(({ text }) => text.includes('Three.'))).toHaveLength(1);
});

test.each([
  ['an error of Slack’s', { error: 'internal_error' }],
  ['a status of 503', { status: 503 }],
  ['a broken connection', { broken: 'before' }],
] as const)('%s in the middle of an answer loses nothing of it', async (_what, fault) => {
  await using service = await openSlackService({ decide: () => ({ deltas: ['One. ', 'Two. ', 'Three.'] }) });
  const { slack } = service;
  const olivia = await service.olivia();
  let broken = 0;
  slack.intercept(({ method }) => {
    if (!method.startsWith('chat.') || method === 'chat.startStream' || broken > 0) return undefined;
    broken += 1;
    return fault;
  });
  const said = slack.direct({ user: olivia, text: 'hello' });
  await service.answered(said, 'Three.');
  const whole = slack
    .answers(said)
    .map(({ text }) => text)
    .join('\n');
  for (const word of ['One.', 'Two.', 'Three.']) expect(whole).toContain(word);
});

test('an answer of Slack’s that got lost does not make the persona say it twice', async () => {
  await using service = await openSlackService();
  const { slack } = service;
  const olivia = await service.olivia();
  slack.intercept(firstly('chat.stopStream', 1, { broken: 'after' }));
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
