import { expect, test } from 'vitest';
import { callsThenText, type Decide } from '../support/openai-script.ts';
import { createGate } from '../support/scripted-app.ts';
import { type ServiceProcess, startScriptedModel, startService } from '../support/service-process.ts';
import { startSlackServer } from '../support/slack-server.ts';
import { connectWorkspace, echo, guestPersona, slackVariables, talk } from '../support/slack-service.ts';
import { startWatchedNinox, watchedIds } from '../support/watched-ninox.ts';

const personas = { tester: guestPersona() };
const record = {
  team_id: watchedIds.team,
  database_id: watchedIds.database,
  table_id: watchedIds.table,
  record_id: '1',
};
const deletes = callsThenText([{ name: 'ninox_delete_record', args: record }], 'It is gone.');

/** The service as a process, which can be killed and started again on what it has left. */
async function openProcess(decide: Decide) {
  await using opened = new AsyncDisposableStack();
  // Slack's own patience between retries is minutes; here they come soon after the service is back.
  const slack = opened.use(await startSlackServer({ retryAfterMs: [0, 1_000, 4_000] }));
  const ninox = opened.use(await startWatchedNinox(5));
  const { model, variables: modelVariables } = await startScriptedModel(decide);
  const variables = {
    ...modelVariables,
    ...slackVariables(slack),
    NINOX_API_KEY: ninox.key,
    NINOX_BASE_URL: ninox.baseUrl,
  };
  const first = await startService({ personas, variables });
  await connectWorkspace(slack, first);
  const all = opened.move();
  const again = async (service: ServiceProcess): Promise<ServiceProcess> => {
    const next = await startService({ directory: service.directory, personas, variables });
    slack.pointTo(next.address);
    return next;
  };
  return {
    ...talk({ slack, model, ninox, app: first }),
    variables,
    first,
    /** Another one beside those that run. */
    beside: again,
    async crash(service: ServiceProcess): Promise<ServiceProcess> {
      service.signal('SIGKILL');
      expect(await service.ended).toMatchObject({ signal: 'SIGKILL' });
      return again(service);
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

test('kill -9 after the acknowledgement: what was acknowledged is answered after the restart, once', async () => {
  const never = new Promise<never>(() => undefined);
  await using service = await openProcess(({ userText, number }) => ({
    ...echo({ userText }),
    ...(number <= 1 ? { gates: [{ at: 'start', until: never }] } : {}),
  }));
  const { slack, model } = service;
  const olivia = await service.olivia();
  const sales = slack.addChannel('sales', [olivia]);
  const first = slack.mention({ user: olivia, channel: sales, text: 'one' });
  expect((await first.told).every(({ acknowledged }) => acknowledged)).toBe(true);
  await model.whenRequested(1);
  // Queued behind the first, and elsewhere.
  const second = slack.say({ user: olivia, channel: sales, text: 'two', thread: first.thread });
  const third = slack.direct({ user: olivia, text: 'three' });
  for (const { told } of [second, third]) expect((await told).every(({ acknowledged }) => acknowledged)).toBe(true);
  const restarted = await service.crash(service.first);
  expect(restarted.directory).toBe(service.first.directory);
  await service.answered(first, 'You said: two');
  await service.answered(third, 'You said: three');
  const texts = slack.answers(first).map(({ text }) => text);
  // What was under way is either answered after all or told as interrupted; nobody is left waiting.
  expect(texts.join('\n')).toMatch(/You said: one|interrupted|again|stopped/i);
  for (const words of ['You said: one', 'You said: two']) {
    expect(texts.filter((text) => text.includes(words)).length).toBeLessThanOrEqual(1);
  }
  expect(slack.answers(third).filter(({ text }) => text.includes('You said: three'))).toHaveLength(1);
  await slack.until(
    () => (slack.answers({ channel: sales.id }).every(({ stream }) => stream !== 'streaming') ? true : null),
    'an end of every stream',
  );
}, 60_000);

test('kill -9 while an event is in hand: it is worked after the restart, once', async () => {
  await using service = await openProcess(echo);
  const { slack, model } = service;
  const olivia = await service.olivia();
  const ann = slack.addPerson('Ann');
  const gate = createGate();
  // It is in hand as long as Slack does not tell who has written it.
  slack.intercept(({ method, args }) => {
    return method === 'users.info' && args.user === ann.id ? { until: gate.until } : undefined;
  });
  const said = slack.direct({ user: ann, text: 'hello' });
  expect((await said.told).every(({ acknowledged }) => acknowledged)).toBe(true);
  await slack.until(
    () => slack.callsOf('users.info').find(({ args }) => args.user === ann.id),
    'the question who that is',
  );
  await service.crash(service.first);
  slack.intercept(() => undefined);
  gate.open();
  await service.answered(said, 'You said: hello', 30_000);
  await service.answered(slack.direct({ user: olivia, text: 'next' }), 'You said: next');
  expect(slack.answers(said).filter(({ text }) => text.includes('You said: hello'))).toHaveLength(1);
  expect(model.requests).toHaveLength(2);
}, 60_000);

test('kill -9 in the middle of a streamed answer leaves no message that seems to go on', async () => {
  const never = new Promise<never>(() => undefined);
  const gate = createGate();
  const deltas = ['The first half. ', 'And some more. ', 'never'];
  await using service = await openProcess(({ number, userText }) =>
    number === 1
      ? {
          deltas,
          gates: [
            { at: 1, until: gate.until },
            { at: 2, until: never },
          ],
        }
      : echo({ userText }),
  );
  const { slack } = service;
  const olivia = await service.olivia();
  const said = slack.direct({ user: olivia, text: 'Tell me' });
  const shows = (words: string) =>
    slack.until(() => slack.answers(said).find(({ text }) => text.includes(words)), words);
  await shows('The first half.');
  gate.open();
  await shows('And some more.');
  await service.crash(service.first);
  await slack.until(
    () => (slack.answers(said).every(({ stream }) => stream !== 'streaming') ? true : null),
    'an end of the stream',
    30_000,
  );
  const texts = () => slack.answers(said).map(({ text }) => text);
  await slack.until(() => texts().find((text) => /interrupted|stopped|again/i.test(text)), 'what became of it');
  expect(texts().join('\n').split('The first half.')).toHaveLength(2);
  await service.answered(slack.direct({ user: olivia, text: 'next', thread: said.thread }), 'You said: next');
}, 60_000);

test('an approval is decided after a restart, in Slack, and the answer comes in its thread', async () => {
  await using service = await openProcess(deletes);
  const { slack, ninox } = service;
  const olivia = await service.olivia();
  const sales = slack.addChannel('sales', [olivia]);
  const said = slack.mention({ user: olivia, channel: sales, text: 'Delete record 1' });
  const card = await slack.until(
    () => slack.answers(said).find(({ buttons }) => buttons.some(({ text }) => /approve/i.test(text))),
    'an approval card',
  );
  await service.crash(service.first);
  slack.expireStreams();
  expect((await slack.press(card, /approve/i, olivia)).acknowledged).toBe(true);
  await service.answered(said, 'It is gone.', 30_000);
  expect(ninox.deletionsOf(1)).toHaveLength(1);
  expect(slack.answers(said).filter(({ text }) => text.includes('It is gone.'))).toHaveLength(1);
}, 60_000);

test('two processes on one database: each event is worked by one of them, in order, also when one is killed', async () => {
  const gate = createGate();
  await using service = await openProcess(({ userText }) => ({
    ...echo({ userText }),
    gates: [{ at: 'start', until: gate.until }],
  }));
  const { slack, model, first } = service;
  const olivia = await service.olivia();
  const sales = slack.addChannel('sales', [olivia]);
  const second = await service.beside(first);
  const threads = Array.from({ length: 6 }, (_, at) => {
    slack.pointTo(at % 2 === 0 ? first.address : second.address);
    return slack.mention({ user: olivia, channel: sales, text: `message ${at}.` });
  });
  for (const { told } of threads) await told;
  // Follow-ups and repetitions arrive at the other process.
  const [thread] = threads;
  if (thread === undefined) throw new Error('no thread');
  slack.pointTo(second.address);
  for (const delivery of await thread.told) await slack.deliveries.repeat(delivery);
  await slack.say({ user: olivia, channel: sales, text: 'a follow-up', thread: thread.thread }).told;
  gate.open();
  for (const [at, said] of threads.entries()) await service.answered(said, `You said: message ${at}.`);
  await service.answered(thread, 'You said: a follow-up');
  expect(slack.answers(thread).flatMap(({ text }) => /You said: ([\w -]+)/.exec(text)?.[1] ?? [])).toEqual([
    'message 0',
    'a follow-up',
  ]);
  expect(model.requests).toHaveLength(7);

  // Whatever it had accepted, the other one takes over.
  slack.pointTo(first.address);
  const last = slack.direct({ user: olivia, text: 'one more' });
  await last.told;
  first.signal('SIGKILL');
  await first.ended;
  slack.pointTo(second.address);
  await slack.until(
    () =>
      slack
        .answers(last)
        .find(({ text, stream }) => stream !== 'streaming' && /one more|interrupted|again/i.test(text)),
    'an answer or a notice',
    90_000,
  );
}, 180_000);
