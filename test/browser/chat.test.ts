import { afterAll, beforeAll, expect, test } from 'vitest';
import { answered, composer, createVisitors, messagesOf, say, snap, toolCards } from '../support/page.ts';
import { startTestApp, type TestApp } from '../support/start-app.ts';

const visitors = createVisitors();
let app: TestApp & AsyncDisposable;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app[Symbol.asyncDispose]());

test('a newcomer chooses a persona, begins with a starter, and reads a streamed answer with its tool calls', async () => {
  const page = await visitors.open(app.address);
  await page.getByRole('heading', { name: 'Who should do it?' }).waitFor();
  const notice = page.getByRole('complementary', { name: 'Stand-ins in use' });
  expect(await notice.textContent()).toMatch(/Sample Ninox data[\s\S]*Offline demo model/);
  await notice.getByRole('button', { name: 'What is this?' }).click();
  expect(await page.getByRole('dialog', { name: 'About the stand-ins' }).textContent()).toMatch(
    /NINOX_API_KEY[\s\S]*OPENAI_API_KEY or ANTHROPIC_API_KEY or GOOGLE_GENERATIVE_AI_API_KEY/,
  );
  await page.keyboard.press('Escape');
  await snap(page, 'chat-new');

  await page.getByRole('radio', { name: 'Ninox assistant' }).check();
  expect(new URL(page.url()).searchParams.get('persona')).toBe('ninox-assistant');
  await page.getByRole('button', { name: 'Which databases does each team have?' }).click();
  await page.waitForURL('**/c/*');
  await answered(page);

  const [answer] = await messagesOf(page, 'Ninox assistant').all();
  expect(await messagesOf(page, 'You').allInnerTexts()).toEqual(['Which databases does each team have?']);
  expect(await answer?.locator('table tbody tr').count()).toBe(8);
  expect(await toolCards(page).allInnerTexts()).toHaveLength(4);

  const card = toolCards(page).filter({ hasText: 'Get the databases' }).first();
  await card.click();
  const opened = card.locator('..');
  expect(await opened.getByRole('figure', { name: 'Arguments' }).textContent()).toContain('hV3kPq8RnZt2WxC6m');
  expect(await opened.getByRole('figure', { name: 'Result' }).textContent()).toContain('"name": "CRM"');
  expect(await opened.getByText(/^Took \d+/).textContent()).toMatch(/^Took [\d.]+ m?s$/);
  await snap(page, 'chat-answer');
  await opened.getByRole('link', { name: 'See it in Activity' }).click();
  await page.getByRole('list', { name: 'Audit events' }).getByRole('link').first().waitFor();
  expect(new URL(page.url()).searchParams.get('conversation')).not.toBeNull();
});

test('an old conversation is found in the list and can be continued', async () => {
  const page = await visitors.open(app.address, '/?persona=ninox-assistant');
  await say(page, 'Which teams can you see?');
  await answered(page);
  await page.getByRole('link', { name: 'New conversation' }).click();
  await page.getByRole('heading', { name: 'Who should do it?' }).waitFor();
  const entry = page.getByRole('link', { name: /^Which teams can you see\?/ });
  await entry.click();
  await messagesOf(page, 'Ninox assistant').first().waitFor();
  expect(await messagesOf(page, 'You').allInnerTexts()).toEqual(['Which teams can you see?']);
  await say(page, 'And the databases of Workshop?');
  await messagesOf(page, 'Ninox assistant').nth(1).getByRole('cell', { name: 'Machines' }).waitFor();
  await answered(page);
  expect(await messagesOf(page, 'You').count()).toBe(2);
});

test('a conversation that is not there is said to be so', async () => {
  const page = await visitors.open(app.address, '/c/nowhere', { expected: [/404/] });
  await page.getByRole('heading', { name: 'There is no such conversation' }).waitFor();
  await page.goto(`${app.address}/no-such-page`);
  await page.getByRole('heading', { name: 'There is no page at this address' }).waitFor();
});

test('what was typed survives a reload, and an empty message cannot be sent', async () => {
  const page = await visitors.open(app.address, '/?persona=ninox-assistant');
  const send = page.getByRole('button', { name: 'Send', exact: true });
  expect(await send.isDisabled()).toBe(true);
  await composer(page).fill('half a thou');
  await page.reload();
  expect(await composer(page).inputValue()).toBe('half a thou');
  await composer(page).fill('x'.repeat(16_001));
  expect(await send.isDisabled()).toBe(true);
  await page.getByText('1 characters too many', { exact: false }).waitFor();
});
