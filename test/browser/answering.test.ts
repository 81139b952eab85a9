import { expect, test } from 'vitest';
import type { Decide } from '../support/openai-script.ts';
import { answered, composer, createVisitors, messagesOf, say, snap, toolCards } from '../support/page.ts';
import { createGate, type ScriptedApp, startScriptedApp } from '../support/scripted-app.ts';

const visitors = createVisitors();
const start = async (decide: Decide): Promise<ScriptedApp> => visitors.use(await startScriptedApp(decide));

const listTeams = { name: 'ninox_list_teams', args: {} };
const conversationIn = (url: string) => new URL(url).pathname;

/** Calls a tool, writes the first two words, and the rest only once the gate is open. */
function gatedAnswer() {
  const gate = createGate();
  const decide: Decide = ({ toolResults }) =>
    toolResults.length === 0
      ? { calls: [listTeams] }
      : { text: 'alpha beta gamma delta', gates: [{ at: 2, until: gate.until }] };
  return { gate, decide };
}

test('stopping keeps what was written, says so, and lets the person go on', async () => {
  const gate = createGate();
  const { app, model } = await start(({ userText }) =>
    userText === 'Count'
      ? { text: 'one two three four', gates: [{ at: 2, until: gate.until }] }
      : { text: 'Here again.' },
  );
  const page = await visitors.open(app.address);
  await say(page, 'Count');
  await messagesOf(page, 'Tester').getByText('one two').waitFor();
  await composer(page).fill('typed meanwhile');
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await messagesOf(page, 'Tester').getByText('Stopped', { exact: true }).waitFor();
  await model.whenAborted(1);
  expect(await messagesOf(page, 'Tester').textContent()).toMatch(/^one two/);
  expect(await composer(page).inputValue()).toBe('typed meanwhile');
  await snap(page, 'chat-stopped');
  await say(page, 'Again');
  await messagesOf(page, 'Tester').getByText('Here again.').waitFor();
});

test('a reload in the middle of an answer follows it to its end, everything exactly once', async () => {
  const { gate, decide } = gatedAnswer();
  const { app, model } = await start(decide);
  const page = await visitors.open(app.address);
  await say(page, 'Go');
  await messagesOf(page, 'Tester').getByText('alpha beta').waitFor();
  await page.reload();
  await messagesOf(page, 'Tester').getByText('alpha beta').waitFor();
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
  gate.open();
  await messagesOf(page, 'Tester').getByText('alpha beta gamma delta', { exact: true }).waitFor();
  await answered(page);
  expect((await messagesOf(page, 'Tester').textContent())?.match(/alpha/g)).toHaveLength(1);
  expect(await toolCards(page).count()).toBe(1);
  expect(await messagesOf(page, 'You').count()).toBe(1);
  expect(model.requests).toHaveLength(2);
  await page.reload();
  await messagesOf(page, 'Tester').getByText('alpha beta gamma delta', { exact: true }).waitFor();
  expect(await toolCards(page).count()).toBe(1);
});

test('closing the tab does not stop the persona', async () => {
  const { gate, decide } = gatedAnswer();
  const { app, model } = await start(decide);
  const first = await visitors.open(app.address);
  await say(first, 'Go');
  await messagesOf(first, 'Tester').getByText('alpha beta').waitFor();
  await first.close();
  const second = await visitors.open(app.address);
  const entry = second.getByRole('link', { name: /^Go\b/ });
  await entry.getByText('answering').waitFor();
  gate.open();
  await entry.click();
  await messagesOf(second, 'Tester').getByText('alpha beta gamma delta', { exact: true }).waitFor();
  await answered(second);
  expect(model.aborted).toBe(0);
});

test('two tabs on one conversation: the second is told to wait, loses nothing, and sees the answer grow', async () => {
  const gate = createGate();
  const { app } = await start(({ userText }) =>
    userText === 'Long one'
      ? { text: 'slow words here', gates: [{ at: 1, until: gate.until }] }
      : { text: `Yes: ${userText}` },
  );
  const first = await visitors.open(app.address);
  await say(first, 'Hello');
  await messagesOf(first, 'Tester').getByText('Yes: Hello').waitFor();
  await answered(first);
  const second = await visitors.open(app.address, conversationIn(first.url()), { expected: [/409/] });
  await messagesOf(second, 'Tester').getByText('Yes: Hello').waitFor();

  await say(first, 'Long one');
  await messagesOf(first, 'Tester').getByText('slow').waitFor();
  await say(second, 'My other question');
  const alert = second.getByRole('alert');
  await alert.getByText('still answering', { exact: false }).waitFor();
  expect(await composer(second).inputValue()).toBe('My other question');
  await messagesOf(second, 'You').getByText('Long one').waitFor();
  await snap(second, 'chat-busy');
  gate.open();
  for (const page of [first, second])
    await messagesOf(page, 'Tester').getByText('slow words here', { exact: true }).waitFor();
  await alert.waitFor({ state: 'detached' });
  await second.getByRole('button', { name: 'Send', exact: true }).click();
  await messagesOf(second, 'Tester').getByText('Yes: My other question').waitFor();
  expect(await messagesOf(second, 'You').allInnerTexts()).toEqual(['Hello', 'Long one', 'My other question']);
});

test('a fault that sending again cannot cure is told in plain words, and sending again is not offered', async () => {
  const { app } = await start(({ number }) =>
    number === 1 ? { error: { status: 401, message: 'Incorrect API key sk-secret' } } : { text: 'Back again.' },
  );
  const page = await visitors.open(app.address);
  await say(page, 'Hello');
  const notice = messagesOf(page, 'Tester').getByText('did not accept the service’s key', { exact: false });
  await notice.waitFor();
  expect(await page.locator('body').textContent()).not.toContain('sk-secret');
  await snap(page, 'chat-model-fault');
  expect(await page.getByRole('button', { name: 'Edit and send again' }).count()).toBe(0);
  expect(await messagesOf(page, 'Tester').textContent()).not.toMatch(/send your message again/i);
  await say(page, 'Hello');
  await messagesOf(page, 'Tester').getByText('Back again.').waitFor();
});

test('an answer that breaks off is said to be interrupted, with what there is of it, and can be asked for again', async () => {
  const { app } = await start(({ number }) =>
    number === 1 ? { text: 'the first half', fault: { kind: 'end', at: 2 } } : { text: 'Now the whole.' },
  );
  const page = await visitors.open(app.address);
  await say(page, 'Hello');
  await messagesOf(page, 'Tester').getByText('Interrupted', { exact: true }).waitFor();
  expect(await messagesOf(page, 'Tester').textContent()).toMatch(/^the first/);
  await page.getByRole('button', { name: 'Edit and send again' }).click();
  expect(await composer(page).inputValue()).toBe('Hello');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await messagesOf(page, 'Tester').getByText('Now the whole.').waitFor();
});
