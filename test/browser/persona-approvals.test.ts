import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { join } from '../support/join.ts';
import { createVisitors, snap } from '../support/page.ts';
import { startTestApp, type TestApp } from '../support/start-app.ts';

const visitors = createVisitors();
let app: TestApp & AsyncDisposable;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.[Symbol.asyncDispose]());

const save = (page: Page) => page.getByRole('button', { name: 'Save changes' }).click();
const part = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const tab = (page: Page, name: string) =>
  page
    .getByRole('navigation', { name: /^About / })
    .getByRole('link', { name })
    .click();

/** The path of a persona made without the pages. */
async function make(name: string): Promise<string> {
  const definition = {
    name,
    description: 'For tests.',
    instructions: 'Be brief.',
    scopes: ['ninox:teams:read', 'ninox:databases:read', 'ninox:records:delete'],
  };
  const { status, body } = await app.send('POST', '/api/v1/personas', { definition });
  if (status !== 201) throw new Error(`not made: ${status} ${JSON.stringify(body)}`);
  return `/personas/${(body as { persona: { id: string } }).persona.id}`;
}

test('who decides, limits and safeguards are chosen by name, told in words, and kept in the history', async () => {
  const { id: benId } = await join(app, 'Ben');
  await join(app, 'Otto', 'auditor');
  const path = await make('Guarded');
  const page = await visitors.open(app.address, `${path}/edit`, { expected: [/status of 400/] });
  const approval = part(page, 'Approval');
  const tool = approval.getByRole('listitem').filter({ hasText: 'Delete a Ninox record' });
  const reading = approval.getByRole('listitem').filter({ hasText: 'List Ninox teams' });
  expect(await reading.getByRole('radio', { name: /Ask above/ }).count(), 'reading counts no records').toBe(0);
  await tool.getByRole('radio', { name: 'Ask above a number of records' }).check();
  await tool.getByRole('textbox', { name: 'Records in one answer without asking' }).fill('many');
  await tool.getByText('Who decides, and how many at most').click();
  await tool.getByRole('radio', { name: /^Only members I choose/ }).check();
  expect(await tool.getByRole('checkbox', { name: /^Otto/ }).isDisabled(), 'an auditor decides nothing').toBe(true);
  await save(page);
  await tool.getByText('Enter a whole number from 1 to 9999.').waitFor();
  await tool.getByText('Choose at least one member.').waitFor();
  await tool.getByRole('textbox', { name: 'Records in one answer without asking' }).fill('3');
  await tool.getByRole('checkbox', { name: /^Ben, member/ }).check();
  await tool.getByRole('checkbox', { name: /four eyes/ }).check();
  await tool.getByText('Ben is the only one who decides, so nobody can approve what Ben asks for.').waitFor();
  await tool.getByRole('textbox', { name: 'Hours to decide' }).fill('8');
  await tool.getByRole('textbox', { name: 'In a day' }).fill('20');
  await snap(page, 'persona-approval');
  const safeguards = part(page, 'Safeguards');
  await safeguards.getByText('Text from outside, and undo').click();
  await safeguards.getByRole('radio', { name: /^Change nothing about the approvals/ }).check();
  await safeguards.getByText('Workshop', { exact: true }).click();
  await safeguards.getByText('Machines', { exact: true }).click();
  await safeguards
    .getByRole('checkbox', { name: /^Machines/ })
    .first()
    .check();
  await safeguards.getByRole('checkbox', { name: /^An undo needs an approval/ }).check();
  await snap(page, 'persona-safeguards');
  await page.getByRole('textbox', { name: 'Tokens' }).fill('50000');
  const summary = page.getByRole('complementary', { name: 'As it stands, it may' });
  const words =
    /up to 3 records in one answer.*Only Ben decides, but never on.*within 8 hours\.At most 20 records a day\./;
  expect(await summary.textContent()).toMatch(words);
  await save(page);
  await page.getByRole('heading', { name: 'Guarded' }).waitFor();
  expect(await part(page, 'May use').textContent()).toMatch(words);
  expect(await part(page, 'Approvals').textContent()).toMatch(
    /Strangers can write to 1 table\. An undo needs an approval\./,
  );
  await expect.poll(() => part(page, 'Approvals').textContent()).toMatch(/Those tables: Machines › \w+/);
  await tab(page, 'X-ray');
  const xRay = part(page, 'Its tools').getByRole('listitem').filter({ hasText: 'Delete a Ninox record' });
  await xRay.getByText('Of what you ask for, Ben can approve it, within 8 hours; not you yourself.').waitFor();
  await tab(page, 'History');
  const row = page.getByRole('list', { name: 'Revisions' }).getByRole('listitem').first();
  expect(await row.textContent()).toContain('Who decides: Delete a Ninox record, How many at most');
  await snap(page, 'persona-approval-history');

  await app.send('DELETE', `/api/v1/members/${benId}`);
  await page.goto(`${app.address}${path}/x-ray`);
  await xRay.getByText('Nobody can approve what you ask for. Everybody chosen', { exact: false }).waitFor();
  await page.getByText('Nobody can approve “Delete a Ninox record”', { exact: false }).waitFor();
  await page.goto(`${app.address}${path}/edit`);
  await tool.getByText('Nobody can approve: everybody chosen has left', { exact: false }).waitFor();
  await tool.getByText('Who decides, and how many at most').click();
  await tool.getByRole('checkbox', { name: /^Somebody who has left/ }).click();
  await tool.getByRole('radio', { name: /^Whoever asked/ }).check();
  expect(await tool.getByText('everybody chosen has left', { exact: false }).count()).toBe(0);
  await tool.getByText('You are the only owner or admin, so nobody can approve what you ask for.').waitFor();
  await tool.getByRole('checkbox', { name: /four eyes/ }).uncheck();
  await save(page);
  await page.getByRole('heading', { name: 'Guarded' }).waitFor();
  expect(await page.getByText('Nobody can approve', { exact: false }).count()).toBe(0);
});

test('the approval settings are reached and opened by keyboard', async () => {
  const path = await make('By keyboard');
  const page = await visitors.open(app.address, `${path}/edit`);
  const tool = part(page, 'Approval').getByRole('listitem').filter({ hasText: 'Delete a Ninox record' });
  await tool.getByRole('radio', { name: /^Ask first/ }).focus();
  await page.keyboard.press('ArrowDown');
  expect(await tool.getByRole('radio', { name: /^Ask above/ }).isChecked()).toBe(true);
  await page.keyboard.press('Tab');
  await page.keyboard.type('0');
  expect(await tool.getByRole('textbox', { name: 'Records in one answer without asking' }).inputValue()).toBe('0');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await tool.getByText('Who decides', { exact: true }).waitFor();
  await page.keyboard.press('Tab');
  expect(
    await tool.getByRole('radio', { name: /^Whoever asked/ }).evaluate((it) => it === document.activeElement),
  ).toBe(true);
});
