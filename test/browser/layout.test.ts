import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chat } from '../support/chat.ts';
import {
  answered,
  composer,
  createVisitors,
  isTooWide,
  messagesOf,
  phone,
  snap,
  tabTo,
  toolCards,
} from '../support/page.ts';
import { startTestApp, type TestApp } from '../support/start-app.ts';

const visitors = createVisitors();
let app: TestApp & AsyncDisposable;
let conversation: string;
beforeAll(async () => {
  app = await startTestApp();
  const { conversationId } = await chat(app, 'Which databases does each team have?', { personaId: 'ninox-assistant' });
  conversation = `/c/${conversationId}`;
});
afterAll(() => app[Symbol.asyncDispose]());

test.each<[string, (page: Page) => Promise<void>]>([
  ['/', (page) => page.getByRole('radio').first().waitFor()],
  ['/personas', (page) => page.getByRole('article').first().waitFor()],
  ['/activity', (page) => page.getByRole('list', { name: 'Audit events' }).waitFor()],
  ['/widgets', (page) => page.getByRole('heading', { name: 'There is no widget yet' }).waitFor()],
  ['/approvals', (page) => page.getByRole('heading', { name: 'Nothing waits for a decision' }).waitFor()],
])('the page %s fits a phone', async (where, ready) => {
  const page = await visitors.open(app.address, where, phone);
  await ready(page);
  expect(await isTooWide(page)).toBe(false);
  expect(await page.getByRole('navigation', { name: 'Main' }).getByRole('link').allInnerTexts()).toEqual([
    'Chat',
    'Approvals',
    'Inbox',
    'Jobs',
    'Activity',
    'Personas',
    'Integrations',
    'Widgets',
    'Settings',
  ]);
  await snap(page, `phone${where.replaceAll('/', '-')}`);
});

test.each(['/personas', '/personas/new', '/settings/account'])(
  'the page %s scrolls inside of its frame, which stays where it is',
  async (where) => {
    const page = await visitors.open(app.address, where);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('main').getByRole('button').last().waitFor();
    expect(
      await page.evaluate(() => {
        window.scrollTo(0, 10_000);
        return window.scrollY;
      }),
    ).toBe(0);
  },
);

test('on a phone a conversation with tables and opened cards fits, and the list is in a drawer', async () => {
  const page = await visitors.open(app.address, conversation, phone);
  await toolCards(page).last().click();
  await page.getByRole('figure', { name: 'Result' }).last().waitFor();
  expect(await isTooWide(page)).toBe(false);
  await snap(page, 'phone-conversation');
  await page.getByRole('button', { name: 'Conversations' }).click();
  const drawer = page.getByRole('dialog', { name: 'Conversations' });
  await snap(page, 'phone-drawer');
  await drawer.getByRole('link', { name: 'New conversation' }).click();
  await drawer.waitFor({ state: 'hidden' });
  await page.getByRole('heading', { name: 'Who should do it?' }).waitFor();
  await page.getByRole('button', { name: 'Conversations' }).click();
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'hidden' });
});

test('on a phone an event takes the whole screen and leads back', async () => {
  const page = await visitors.open(app.address, '/activity', phone);
  await page.getByRole('list', { name: 'Audit events' }).getByRole('link').first().click();
  await page.getByRole('figure', { name: 'Prompt' }).waitFor();
  expect(await isTooWide(page)).toBe(false);
  await snap(page, 'phone-event');
  await page.getByRole('link', { name: 'Back to Activity' }).click();
  await page.getByRole('list', { name: 'Audit events' }).waitFor();
});

test('the page is dark where the system is, and as chosen after that', async () => {
  const page = await visitors.open(app.address, conversation, { colorScheme: 'dark' });
  await messagesOf(page, 'Ninox assistant').waitFor();
  expect(await brightness(page)).toEqual({ ground: 'dark', ink: 'light' });
  await snap(page, 'dark-conversation');
  await openAccountMenu(page);
  await page.getByRole('button', { name: /^Theme: as the system/ }).click();
  await expect.poll(() => brightness(page)).toEqual({ ground: 'light', ink: 'dark' });
  await page.reload();
  await openAccountMenu(page);
  await page.getByRole('button', { name: /^Theme: light/ }).waitFor();
  expect(await brightness(page)).toEqual({ ground: 'light', ink: 'dark' });
  await page.goto(`${app.address}/activity`);
  await openAccountMenu(page);
  await page.getByRole('button', { name: /^Theme: light/ }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('list', { name: 'Audit events' }).getByRole('link').first().click();
  await page.getByRole('figure', { name: 'Prompt' }).waitFor();
  await snap(page, 'dark-activity');
});

test('everything is reached with the keyboard alone', async () => {
  const page = await visitors.open(app.address);
  await page.getByRole('radio').first().waitFor();
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content');
  await tabTo(page, page.getByRole('radio', { name: 'Database librarian' }));
  await page.keyboard.press('ArrowDown');
  expect(await page.getByRole('radio', { name: 'Ninox assistant' }).isChecked()).toBe(true);
  await tabTo(page, composer(page));
  await page.keyboard.type('Which teams');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('can you see?');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/c/*');
  await answered(page);
  expect(await messagesOf(page, 'You').textContent()).toBe('Which teams\ncan you see?');
  expect(await composer(page).evaluate((element) => element === document.activeElement), 'focus stays in the box').toBe(
    true,
  );
  const card = toolCards(page).first();
  for (
    let presses = 0;
    presses < 30 && !(await card.evaluate((element) => element === document.activeElement));
    presses += 1
  ) {
    await page.keyboard.press('Shift+Tab');
  }
  await page.keyboard.press('Enter');
  await page.getByRole('figure', { name: 'Result' }).waitFor();
  await tabTo(page, page.getByRole('link', { name: 'See it in Activity' }));
  await page.keyboard.press('Enter');
  await page.getByRole('list', { name: 'Audit events' }).waitFor();
});

const openAccountMenu = (page: Page) => page.getByRole('button', { name: /^Your account: / }).click();

/** Of the page's ground and its writing, as drawn. */
async function brightness(page: Page): Promise<Record<'ground' | 'ink', 'dark' | 'light'>> {
  return page.evaluate(() => {
    const style = getComputedStyle(document.body);
    const level = (color: string) => {
      const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
      return (red + green + blue) / 3 < 128 ? 'dark' : 'light';
    };
    return { ground: level(style.backgroundColor), ink: level(style.color) };
  });
}
