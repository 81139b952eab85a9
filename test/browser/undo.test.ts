import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answered, createVisitors, isTooWide, phone, say, snap, toolCards } from '../support/page.ts';
import { startTestApp, type TestApp } from '../support/start-app.ts';

const visitors = createVisitors();
let app: TestApp & AsyncDisposable;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app[Symbol.asyncDispose]());

const rows = (page: Page) => page.getByRole('list', { name: 'Audit events' }).getByRole('listitem');
const steps = (page: Page) => page.getByRole('list', { name: 'Step by step' }).getByRole('listitem');

/** Has a record deleted, and approves it. */
async function deleted(record: number): Promise<Page> {
  const page = await visitors.open(app.address, '/?persona=record-janitor');
  await say(page, `Delete record ${record} in table A of the CRM database.`);
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await answered(page);
  await toolCards(page).filter({ hasText: 'Succeeded' }).filter({ hasText: 'Delete' }).waitFor();
  return page;
}

test('a deletion is taken back from the chat, and what could not be brought back is told', async () => {
  const page = await deleted(17);
  const undo = page.getByRole('button', { name: 'Undo…' });
  await undo.focus();
  await page.getByText(/^Possible until /).waitFor();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Take it back?' });
  expect(await dialog.getByRole('listitem').count()).toBeGreaterThan(2);
  await snap(page, 'undo-asked');
  await dialog.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByRole('list', { name: 'Not restored' }).waitFor();
  expect(await page.getByRole('list', { name: 'Where it is now' }).textContent()).toMatch(/Companies/);
  await undo.waitFor({ state: 'detached' });
  await snap(page, 'undo-done');
  await page.reload();
  await page.getByText('Taken back afterwards').waitFor();
  expect(await undo.count()).toBe(0);
});

test('the life of a call is told step by step, and it is taken back from there', async () => {
  await deleted(21);
  const page = await visitors.open(app.address, '/activity?outcome=succeeded&tool=ninox_delete_record');
  await rows(page).first().getByRole('link').click();
  await steps(page).first().waitFor();
  await page.getByText(/^Possible until /).waitFor();
  expect((await steps(page).allTextContents()).map((text) => text.replace(/\d\d:\d\d:\d\d$/, ''))).toEqual([
    'Planned: looked up what would happen',
    'Approval asked',
    'Approved by you',
    'Intended: recorded before it was sent',
    'Sent',
    'Succeeded',
  ]);
  await snap(page, 'activity-life');
  await page.getByRole('button', { name: 'Undo…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByRole('list', { name: 'Not restored' }).waitFor();
  await steps(page).filter({ hasText: 'Taken back by you' }).waitFor();
  await snap(page, 'activity-undone');
  await page.getByLabel('Outcome or action').selectOption({ label: 'Taken back' });
  await expect.poll(() => rows(page).first().textContent()).toMatch(/Undo: Delete a Ninox record[\s\S]*Succeeded/);
});

test('what cannot be taken back any more says why, on a phone too', async () => {
  const page = await deleted(9);
  const { pathname } = new URL(page.url());
  await page.getByRole('button', { name: 'Undo…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByRole('list', { name: 'Not restored' }).waitFor();
  const small = await visitors.open(app.address, pathname, { ...phone, colorScheme: 'dark' });
  await small.getByText('Taken back afterwards').waitFor();
  expect(await isTooWide(small)).toBe(false);
  await snap(small, 'phone-undone');
});
