import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { fillIn, startFreshApp, switchTo } from '../support/accounts.ts';
import { answered, createVisitors, messagesOf, say, snap, toolCards } from '../support/page.ts';

const visitors = createVisitors();
const part = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const goOn = (page: Page) => page.getByRole('button', { name: 'Continue' }).click();
const place = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).first().click();
const rows = (page: Page) => page.getByRole('list', { name: 'Audit events' }).getByRole('listitem');
const event = (page: Page) => page.getByRole('region', { name: 'Event', exact: true });
const reason = 'The connection “Sample company” was revoked. Nothing was sent. Connect it again to go on.';

// A whole day of a newcomer takes longer than one step of it.
const longest = 90_000;

test('from the set-up link to a refused call: sign up, connect, attach, chat, look it up, revoke', {
  timeout: longest,
}, async () => {
  const service = visitors.use(await startFreshApp());
  const page = await visitors.open(service.address, service.setUpPath, { cookie: null });
  await signUp(page);
  await connectStandIn(page);
  await attachToPersona(page);
  await page.getByRole('link', { name: 'Chat with Workshop guide' }).click();
  await say(page, 'Which teams can you see?');
  await answered(page);
  expect(await toolCards(page).filter({ hasText: 'List Ninox teams' }).allTextContents()).toEqual([
    expect.stringContaining('Succeeded'),
  ]);
  const answer = await messagesOf(page, 'Workshop guide').first().textContent();
  expect(answer).toContain('Workshop');
  expect(answer, 'the limit of the connection holds').not.toContain('Example Interiors');
  await snap(page, 'story-answer');

  await place(page, 'Activity');
  await openRow(page, /List Ninox teams[\s\S]*Succeeded/);
  expect(await event(page).getByRole('figure', { name: 'Prompt' }).textContent()).toContain('Which teams can you see?');
  expect(await event(page).getByRole('figure', { name: 'Response' }).textContent()).toContain('"name": "Workshop"');

  await revoke(page);
  await page.getByRole('link', { name: /^Which teams can you see\?/ }).click();
  await messagesOf(page, 'Workshop guide').first().waitFor();
  await say(page, 'Which teams can you see now?');
  const refused = toolCards(page).filter({ hasText: 'Denied' });
  await refused.waitFor();
  expect(await refused.locator('xpath=../..').textContent()).toContain(reason);
  await answered(page);
  expect(await messagesOf(page, 'Workshop guide').nth(1).textContent()).not.toContain('"Workshop"');
  await snap(page, 'story-refused');

  await place(page, 'Activity');
  await openRow(page, /List Ninox teams[\s\S]*Denied/);
  await event(page).getByText(reason).waitFor();
  expect(await event(page).getByRole('figure', { name: 'Prompt' }).textContent()).toContain('you see now?');
  await openRow(page, /Connection revoked: Sample company[\s\S]*Done/);
  await event(page).getByText('You revoked the connection Sample company.', { exact: true }).waitFor();
  await snap(page, 'story-activity');
});

async function signUp(page: Page): Promise<void> {
  await fillIn(page, {
    'Your name': 'Ada',
    'E-mail': 'ada@example.com',
    Password: 'a long enough password',
    'Your organization’s name (optional)': 'Holzwerk',
  });
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Welcome' }).getByText('Your own organization, Holzwerk').waitFor();
  await switchTo(page, 'Holzwerk');
  await page.getByRole('button', { name: 'Organization: Holzwerk. Change' }).waitFor();
}

async function connectStandIn(page: Page): Promise<void> {
  await place(page, 'Integrations');
  await page.getByRole('heading', { name: 'Nothing is connected yet' }).waitFor();
  await page.getByRole('link', { name: 'Connect Ninox' }).click();
  await page.getByRole('radio', { name: 'Local stand-in' }).check();
  await goOn(page);
  await page.getByRole('button', { name: 'Test the connection' }).click();
  await page.getByText('The key works. It can see 3 teams.').waitFor();
  await goOn(page);
  await page.getByRole('textbox', { name: 'Name' }).fill('Sample company');
  await goOn(page);
  await page.getByRole('heading', { name: 'What may be done with it?' }).waitFor();
  await goOn(page);
  await page.getByRole('radio', { name: 'Only these teams' }).check();
  await page.getByRole('checkbox', { name: /Workshop/ }).check();
  await page.getByRole('button', { name: 'Connect Ninox' }).click();
  await page.getByRole('heading', { name: '“Sample company” is connected' }).waitFor();
}

async function attachToPersona(page: Page): Promise<void> {
  await page.getByRole('link', { name: /Attach it to a persona/ }).click();
  const chosen = part(page, 'Connection').getByRole('combobox', { name: 'Ninox' });
  expect(await chosen.locator('option:checked').textContent()).toBe('Sample company');
  await fillIn(page, { Name: 'Workshop guide', Description: 'Knows the workshop.', Instructions: 'Help people.' });
  await part(page, 'Permissions').getByRole('checkbox', { name: 'See teams' }).check();
  await page.getByRole('button', { name: 'Create persona' }).click();
  await page.getByRole('heading', { name: 'Workshop guide' }).waitFor();
  await page.getByText('Ninox: “Sample company”').waitFor();
}

async function revoke(page: Page): Promise<void> {
  await place(page, 'Integrations');
  await page
    .getByRole('list', { name: 'Connections' })
    .getByRole('link', { name: /Sample company/ })
    .click();
  await page.getByRole('button', { name: 'Revoke…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Revoke “Sample company”?' });
  const losing = dialog.getByRole('list', { name: 'These can no longer use it and have no other' });
  await losing.getByText('Workshop guide').waitFor();
  await snap(page, 'story-revoke');
  await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
  await page.getByText('cannot be used any more', { exact: false }).waitFor();
}

async function openRow(page: Page, words: RegExp): Promise<void> {
  await rows(page).filter({ hasText: words }).first().getByRole('link').click();
  await event(page).waitFor();
}
